"""A day of the counter: questions in every stage, a complaint of the agency's own, people who wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demo.people import Cast
from app.services import attendances, calculations, tickets
from app.services.attendances import Person
from models.rules.attendance import Channel, Kind
from models.rules.tickets import Line

GIFT = "Ganhei um presente que não serviu. A loja pode cobrar uma taxa para trocar?"
GIFT_ANSWER = (
    "Se o produto tem defeito, a troca é um direito e nada pode ser cobrado (CDC, art. 18). Se só não "
    "serviu, vale o que a loja prometeu na venda: peça a regra por escrito e guarde a etiqueta."
)
WAGES = "Meu patrão não pagou o décimo terceiro do ano passado. O Procon pode cobrar dele?"
WAGES_ANSWER = "Décimo terceiro é direito do trabalho, e não relação de consumo (CDC, art. 2º)."
INSURANCE = "Pago há três meses um seguro de cartão que nunca pedi. Quanto o banco tem de devolver?"
WARRANTY = "A geladeira parou um mês depois do fim da garantia da loja. Ainda posso reclamar?"
PUMP = (
    "Na Avenida Centenário, a placa de preço da gasolina na rua mostra um valor e a bomba cobra outro, visto "
    "por um fiscal em serviço."
)
LINES = (Line.NORMAL, Line.PRIORITY, Line.NORMAL, Line.OVER_80, Line.PRIORITY)


async def fill_counter(cast: Cast, now: datetime) -> None:
    """Ana's question answered and rated, others in other hands, and today's tickets."""
    day = now.date()
    marina = cast.viewers["marina"]
    early = now - timedelta(hours=3)
    asked = await attendances.ask(cast.viewers["ana"], GIFT, now=early)
    await attendances.take(asked, marina, now=early + timedelta(minutes=20))
    await attendances.answer(asked, marina, GIFT_ANSWER, now=early + timedelta(minutes=35))
    await attendances.rate(asked, cast.viewers["ana"], "5", "Clara e rápida.", now=now - timedelta(hours=2))

    asked = await attendances.ask(cast.viewers["bruno"], WAGES, now=early)
    await attendances.take(asked, marina, now=early + timedelta(minutes=40))
    await attendances.forward(asked, marina, "trabalho", WAGES_ANSWER, now=early + timedelta(minutes=45))

    asked = await attendances.begin(marina, Person("José Ribeiro", "", Channel.COUNTER), INSURANCE, now=early)
    paid = [day - timedelta(days=30 * months) for months in (4, 3, 2)]
    found = await calculations.undue(
        {
            "title": "Seguro de cartão não contratado",
            "charges": "\n".join(f"{when:%d/%m/%Y} 24,90" for when in paid),
            "doubled": "1",
            "until": day.isoformat(),
        }
    )
    words = calculations.told(found)
    await attendances.answer(asked, marina, words, now=early + timedelta(hours=1), kind=Kind.CALCULATION)

    await attendances.ask(cast.viewers["carla"], WARRANTY, now=now - timedelta(minutes=50))
    await attendances.ex_officio(marina, "Posto Avenida", PUMP, now=now - timedelta(hours=1))
    for minutes, line in enumerate(LINES):
        at = now - timedelta(minutes=12 - 2 * minutes)
        await tickets.issue(line, today=day, now=at)
