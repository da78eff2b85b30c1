"""The ways of the counter, walked: by telephone, by the CIP, to a hearing, without a case."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from app.demo.people import DOMAIN
from app.services import terms
from models import Attendance, Case, SolvedBy
from models.rules.case_machine import State
from tests.flows import chapters
from tests.flows.house import House, local_now, residence, signed_in
from tests.flows.page import Page
from tests.flows.people import Person, people

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ANA_CPF = "529.982.247-25"
QUESTION = "A loja pode cobrar para trocar um presente?"
ANA = f"ana@{DOMAIN}"


async def at_the_counter(marina: Person) -> int:
    """Marina registers Ana's complaint with Ana in front of her; the case."""
    page = await marina.open("/balcao/atendimento")
    page = await marina.send(page.form("/balcao/atendimento"), **_typed(page))
    assert page.path.startswith("/casos/"), page.faults()
    return int(page.path.split("/")[2])


def _typed(page: Page) -> dict[str, str | list[str]]:
    return {
        **chapters.complaint(page),
        "cpf": ANA_CPF,
        "identity_seen": "1",
        "name": "Ana Souza",
        **residence(),
        "wish_text": "",
    }


async def through_a_lost_line(house: House, marina: Person) -> int:
    """The server is gone when she sends; what the browser kept arrives afterwards, twice, as one case."""
    page = await marina.open("/balcao/atendimento")
    form, typed = page.form("/balcao/atendimento"), _typed(page)
    await house.kill()
    with pytest.raises(aiohttp.ClientError):
        await marina.send(form, **typed)
    await house.start()
    first, again = await marina.send(form, **typed), await marina.send(form, **typed)
    assert first.path == again.path, (first.faults(), again.faults())
    async with house.database():
        assert await Attendance.filter(case_id=int(first.path.split("/")[2])).count() == 1
    return int(first.path.split("/")[2])


async def calls(marina: Person, case: int, result: str) -> None:
    """A call to the company is put on the record."""
    await marina.fill(
        f"/casos/{case}",
        "/ligacoes",
        number="0800 123 4567",
        spoke_with="Eva, do SAC",
        said="Localizou o pedido e vai devolver o valor por PIX.",
        result=result,
    )


async def sends_the_cip(marina: Person, case: int) -> None:
    """The CIP goes to the company that the complaint names."""
    page = await marina.open(f"/casos/{case}/notificar")
    page = await marina.send(page.form("/notificar"))
    assert page.path == f"/casos/{case}", page.faults()


async def state_of(house: House, case: int) -> tuple[State, SolvedBy | None]:
    """Where the case is, and what solved it."""
    async with house.database():
        row = await Case.get(id=case)
        return row.state, row.solved_by


async def test_by_telephone_by_the_cip_and_to_a_hearing(house: House) -> None:
    async with AsyncExitStack() as stack:
        ana, marina, paulo, joao, post = await stack.enter_async_context(
            people(house.url, "ana", "marina", "paulo", "joao", "post")
        )
        for person, login in ((ana, "ana"), (marina, "marina"), (paulo, "paulo"), (joao, "joao")):
            await signed_in(person, login)

        # solved by the preliminary attendance
        case = await at_the_counter(marina)
        await calls(marina, case, "no_answer")
        assert not marina.page.offers("/resolvida")
        await calls(marina, case, "solved")
        await marina.fill(f"/casos/{case}", "/resolvida", solution="Devolve o valor por PIX até sexta-feira.")
        assert await state_of(house, case) == (State.ARCHIVED, SolvedBy.PRELIMINARY)
        await post.letter(ANA, "Resolvido por telefone")
        assert "Eva, do SAC" in (await ana.open(f"/casos/{case}")).words

        # solved by the CIP: sent, acknowledged, answered, confirmed
        case = await at_the_counter(marina)
        await calls(marina, case, "not_solved")
        await sends_the_cip(marina, case)
        assert (await state_of(house, case))[0] is State.NOTIFIED
        await paulo.open(f"/casos/{case}")
        assert (await state_of(house, case))[0] is State.ACKNOWLEDGED
        answer = "O valor foi devolvido hoje por PIX. Pedimos desculpas pelo atraso."
        await paulo.fill(f"/casos/{case}", "/resposta", answer=answer)
        page = await ana.open(f"/casos/{case}")
        assert "A resposta resolve?" in page.words
        await ana.send(page.form("/replica"), solved="yes")
        assert await state_of(house, case) == (State.ARCHIVED, SolvedBy.CIP)

        # the CIP is not answered: a hearing; the line was lost while the case was registered
        case = await through_a_lost_line(house, marina)
        await sends_the_cip(marina, case)
        late = local_now().date() + timedelta(days=30)
        async with house.database():
            assert await terms.pass_terms(datetime.now(UTC), late) == 0, "no term runs without awareness"
        await paulo.open(f"/casos/{case}")
        async with house.database():
            assert await terms.pass_terms(datetime.now(UTC), late) == 1
        assert (await state_of(house, case))[0] is State.UNANSWERED
        assert await chapters.schedules(joao, case)
        assert (await state_of(house, case))[0] is State.HEARING_SCHEDULED
        assert house.faults() == []


async def test_a_question_is_answered_and_rated_and_another_goes_elsewhere(house: House) -> None:
    async with people(house.url, "ana", "marina", "helena", "post") as (ana, marina, helena, post):
        for person, login in ((ana, "ana"), (marina, "marina"), (helena, "helena")):
            await signed_in(person, login)

        page = await ana.fill(
            "/atendimentos/novo", "/atendimentos", question="A loja pode cobrar para trocar um presente?"
        )
        path = page.path
        await marina.fill(path, "/assumir")
        answer = "Não pode cobrar pela troca de produto com defeito (CDC, art. 18)."
        await marina.fill(path, "/responder", answer=answer)
        await post.letter(ANA, "respondeu à sua consulta")
        assert answer in (await ana.open(path)).words
        refused = await ana.send(ana.page.form("/avaliar"), rating_text="Ajudou muito.")
        assert refused.status == 422
        assert "Ajudou muito." in refused.main.text
        page = await ana.send(refused.form("/avaliar"), rating="5", rating_text="Ajudou muito.")
        assert "Nota 5 de 5" in page.words

        question = "Meu patrão não pagou o décimo terceiro salário."
        path = (await ana.fill("/atendimentos/novo", "/atendimentos", question=question)).path
        await marina.fill(path, "/assumir")
        reason = "Salário é relação de trabalho, não de consumo."
        await marina.fill(path, "/encaminhar", body="trabalho", reason=reason)
        await post.letter(ANA, "é com outro órgão")
        page = await ana.open(path)
        assert "Alô Trabalho" in page.words
        assert (await ana.download(f"{path}/carta.pdf")).startswith(b"%PDF-")
        await ana.fill(path, "/revisao", review="Comprei dele também um produto com defeito.")
        assert not (await marina.open(path)).offers("/manter")
        kept = "O produto é outro caso: registre-o como reclamação."
        await helena.fill(path, "/manter", keep=kept)
        assert kept in (await ana.open(path)).words
        assert house.faults() == []
