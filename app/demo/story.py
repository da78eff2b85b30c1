"""Cases of the demonstration, told through the same services that people use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta

from app.demo.counter import fill_counter
from app.demo.papers import bill, identity_card, letter_receipt, receipt
from app.demo.people import Cast
from app.demo.wallet import fill_wallet, intake_of
from app.parts import Parts
from app.services import (
    calendars,
    complaints,
    deliveries,
    documents,
    drafts,
    negotiation,
    notices,
    offers,
    registrations,
    scheduling,
    slot_offers,
    terms,
    triage,
)
from app.services.booking import Booking
from app.services.clauses import Proposal
from app.services.deliveries import Step
from app.services.notices import Choice
from app.services.offer_signing import Confirmed
from app.services.offers import Draft
from app.services.signatures import EMAIL_CODE, Evidence
from app.services.terms import TermRules
from models import DocumentKind, Offer, Problem, User
from models.rules.agreement import ClauseKind, Penalty
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.hearing import SeatRole
from models.rules.people import Viewer
from models.rules.terms import Calendar

FRIDGE = (
    "Comprei um refrigerador pela internet em 3 de outubro, com entrega prometida em dez dias. "
    "O produto não chegou. Falei quatro vezes com o atendimento, que só repete que o pedido está "
    "em separação. A fatura do cartão já veio com duas parcelas."
)
PHONE = (
    "Desde setembro a conta do celular vem com um serviço de horóscopo que nunca contratei. "
    "Pedi o cancelamento por telefone, recebi protocolo, e a cobrança continua."
)
LOAN = (
    "Apareceu em meu benefício um empréstimo consignado que não fiz. O banco diz que há um contrato "
    "assinado por celular e não mostra o documento."
)

CELL_PHONE = (
    "Comprei um celular em uma loja do centro e ele parou de funcionar em uma semana. "
    "A loja se nega a trocar."
)
HEALTH_PLAN = "O plano de saúde negou um exame pedido pelo médico sem explicar o motivo por escrito."
BUS_TICKET = (
    "A passagem de ônibus comprada pelo aplicativo não foi reconhecida no embarque e tive de comprar outra."
)

PROBLEMS = {
    FRIDGE: "Produto não entregue, incompleto ou diferente do pedido",
    PHONE: "Cobrança de serviço não contratado",
    LOAN: "Empréstimo não contratado",
}


BROWSER = Evidence("192.0.2.10", "Demonstração")
"""From where the people of the demonstration act."""


class Narrator:
    """Tells cases; ``now`` is the moment of the telling, from which everything else is counted back."""

    def __init__(self, parts: Parts, cast: Cast, now: datetime) -> None:
        self._parts = parts
        self._cast = cast
        self._now = now

    async def tell_all(self) -> None:
        """Every case, oldest first; the last one has its hearing in a few minutes."""
        await self.settled("carla", PHONE, "Horizonte", days=40)
        await self.unanswered("carla", LOAN, "Vale Verde", days=24)
        await self.offered("diego", PHONE, "Horizonte", days=6)
        await self.to_notify("ana", LOAN, days=2)
        await self.writing("diego", days=1)
        await self.waiting("carla", hours=5)
        await self.queued("bruno", hours=2)
        await self.hearing_soon("ana", FRIDGE, "Estrela do Sul", days=16)
        await self.week_of_hearings()
        await fill_wallet(self._parts, self._cast, self._now)
        await fill_counter(self._cast, self._now.astimezone(self._parts.profile.agency.zone))

    async def queued(self, who: str, *, hours: int) -> int:
        """A registration in the triage's queue, from another city."""
        return await self._registered(who, CELL_PHONE, self._now - timedelta(hours=hours))

    async def waiting(self, who: str, *, hours: int) -> int:
        """A registration whose citizen was asked for a readable proof of residence."""
        at = self._now - timedelta(hours=hours)
        case = await self._registered(who, HEALTH_PLAN, at)
        profile = self._parts.profile
        await triage.start(case, self._staff("marina"), now=at + timedelta(minutes=20))
        await triage.ask(
            case,
            self._staff("marina"),
            ("residence",),
            "O comprovante está em nome de outra pessoa. Envie um em seu nome ou uma declaração de quem "
            "mora com você.",
            term=profile.terms["consumer_documents"],
            today=self._day(at),
            calendar=await self._calendar(),
            now=at + timedelta(minutes=30),
        )
        return case

    async def writing(self, who: str, *, days: int) -> int:
        """An accepted citizen in the middle of the complaint."""
        at = self._now - timedelta(days=days)
        case = await self._accepted(who, BUS_TICKET, at)
        await drafts.save(
            case,
            "complaint",
            self._cast.viewers[who],
            {"company_name": "Viação Serra Azul", "facts": "Comprei a passagem pelo aplicativo no dia"},
            0,
            at + timedelta(hours=1),
        )
        return case

    async def to_notify(self, who: str, facts: str, *, days: int) -> int:
        """A complaint that waits for the Procon to notify the company."""
        return await self._complained(who, facts, "Banco Vale Verde", self._now - timedelta(days=days))

    async def offered(self, who: str, facts: str, company: str, *, days: int) -> int:
        """A company that answered and made an offer."""
        at = self._now - timedelta(days=days)
        case = await self._notified(who, facts, company, at)
        await self._answered(case, company, 20_000, at + timedelta(days=2))
        return case

    async def unanswered(self, who: str, facts: str, company: str, *, days: int) -> int:
        """A company that let its term pass."""
        at = self._now - timedelta(days=days)
        case = await self._notified(who, facts, company, at)
        await self._served_by_letter(case, company, at)
        await terms.pass_terms(
            self._now - timedelta(days=days - 15), self._day(self._now) - timedelta(days=days - 15)
        )
        return case

    async def settled(self, who: str, facts: str, company: str, *, days: int) -> int:
        """An offer accepted without a hearing; its date has passed, and the consumer is being asked."""
        at = self._now - timedelta(days=days)
        case = await self._notified(who, facts, company, at)
        offer = await self._answered(case, company, 35_000, at + timedelta(days=3), due_in=-2)
        accepted = at + timedelta(days=4)
        await offers.accept(
            case,
            self._cast.viewers[who],
            offer,
            shown_hash=(await Offer.get(id=offer)).text_hash,
            confirmed=Confirmed(EMAIL_CODE, BROWSER),
            now=accepted,
            today=self._day(accepted),
            invite=self._parts.invite,
        )
        return case

    async def hearing_soon(self, who: str, facts: str, company: str, *, days: int) -> int:
        """A hearing that is about to begin, with a company that answered without an offer to accept."""
        at = self._now - timedelta(days=days)
        case = await self._notified(who, facts, company, at)
        await self._answered(case, company, 90_000, at + timedelta(days=3))
        rules = self._parts.profile.hearing
        zone = self._parts.profile.agency.zone
        start = self._now + timedelta(minutes=10)
        start -= timedelta(minutes=start.minute % 5, seconds=start.second, microseconds=start.microsecond)
        await scheduling.schedule(
            case,
            self._staff("joao"),
            Booking(
                start.astimezone(zone),
                rules.slot_minutes,
                self._staff("joao").user_id,
                short_notice=True,
                out_of_hours=True,
            ),
            now=self._now,
            hours=self._parts.hours(await self._calendar()),
            invite=self._parts.invite,
        )
        return case

    async def week_of_hearings(self) -> None:
        """Hearings of the coming days with both mediators, slots to pick from, and cases for a block."""
        calendar = await self._calendar()
        days = [self._day(self._now) + timedelta(days=n) for n in range(1, 20)]
        open_days = [day for day in days if not calendar.closed(day)]
        for who, facts, company, mediator, ahead, hour, minute in (
            ("carla", FRIDGE, "Estrela do Sul", "joao", 0, 9, 0),
            ("diego", LOAN, "Horizonte", "lucia", 0, 10, 0),
            ("diego", FRIDGE, "Estrela do Sul", "joao", 1, 14, 20),
            ("ana", PHONE, "Horizonte", "joao", 2, 10, 40),
            ("carla", PHONE, "Horizonte", "joao", 3, 15, 20),
        ):
            at = datetime.combine(open_days[ahead], time(hour, minute), self._parts.profile.agency.zone)
            await self.hearing_at(who, facts, company, mediator, at)
        offered = await self.unanswered("diego", LOAN, "Vale Verde", days=20)
        await slot_offers.offer(
            offered,
            self._staff("marina"),
            hold=False,
            now=self._now,
            hours=self._parts.hours(calendar),
            invite=self._parts.invite,
        )
        for who in ("carla", "diego"):
            at = self._now - timedelta(days=12)
            case = await self._notified(who, FRIDGE, "Estrela do Sul", at)
            await self._answered(case, "Estrela do Sul", 30_000, at + timedelta(days=3))

    async def hearing_at(self, who: str, facts: str, company: str, mediator: str, at: datetime) -> int:
        """A hearing of one of the coming days; the parties agreed to the short notice."""
        case = await self._notified(who, facts, company, self._now - timedelta(days=14))
        await self._answered(case, company, 50_000, self._now - timedelta(days=9))
        staff = self._staff(mediator)
        await scheduling.schedule(
            case,
            staff,
            Booking(at, self._parts.profile.hearing.slot_minutes, staff.user_id, short_notice=True),
            now=self._now,
            hours=self._parts.hours(await self._calendar()),
            invite=self._parts.invite,
        )
        return case

    async def _registered(self, who: str, conflict: str, at: datetime) -> int:
        viewer = self._cast.viewers[who]
        user = await User.get(id=viewer.user_id)
        case = await registrations.begin(viewer, at)
        address = registrations.written_address(user)
        await self._upload(
            case, viewer, DocumentKind.RESIDENCE, "conta-de-energia.pdf", bill(user.name, address), at
        )
        await self._upload(
            case,
            viewer,
            DocumentKind.IDENTITY,
            "identidade.jpg",
            identity_card(user.name, user.cpf or ""),
            at,
        )
        await registrations.submit(
            case,
            viewer,
            conflict,
            territory=self._parts.profile.territory,
            relation_here=True,
            now=at + timedelta(minutes=5),
        )
        return case

    async def _accepted(self, who: str, conflict: str, at: datetime) -> int:
        case = await self._registered(who, conflict, at)
        await triage.start(case, self._staff("marina"), now=at + timedelta(minutes=20))
        await triage.accept(case, self._staff("marina"), tuple(triage.CHECKS), now=at + timedelta(minutes=25))
        return case

    async def _complained(self, who: str, facts: str, company: str, at: datetime) -> int:
        case = await self._accepted(who, facts, at)
        viewer = self._cast.viewers[who]
        await self._upload(
            case,
            viewer,
            DocumentKind.EXHIBIT,
            "comprovante.png",
            receipt(company, "R$ 2.499,00"),
            at + timedelta(hours=1),
        )
        found = next(
            (c for c in self._cast.companies.values() if company in (c.trade_name, c.legal_name)), None
        )
        problem = await Problem.get(label=PROBLEMS[facts])
        await complaints.send(
            case,
            viewer,
            {
                "company_name": found.legal_name if found else company,
                "company_cnpj": found.cnpj if found else "",
                "problem": str(problem.id),
                "facts": facts,
                "occurred_on": (self._day(at) - timedelta(days=30)).isoformat(),
                "amount": "2.499,00",
                "wish": "refund",
                "wish_text": "",
            },
            today=self._day(at),
            now=at + timedelta(hours=2),
        )
        return case

    async def _notified(self, who: str, facts: str, company: str, at: datetime) -> int:
        case = await self._complained(who, facts, company, at)
        await notices.notify(
            case,
            self._staff("marina"),
            Choice(company_id=self._cast.companies[company].id),
            now=at + timedelta(hours=4),
            rules=await self._answer_term(at),
        )
        return case

    async def _served_by_letter(self, case: int, company: str, at: datetime) -> None:
        """A company without an account gets a letter, whose signed receipt begins its term."""
        marina, today = self._staff("marina"), self._day(at)
        letter = await deliveries.begin(
            case, marina, Channel.LETTER, "", today=today, now=at + timedelta(hours=5)
        )
        signed = at + timedelta(days=1)
        await self._upload(
            case, marina, DocumentKind.PROOF, "aviso-de-recebimento.png", letter_receipt(company), signed
        )
        await deliveries.write_down(
            letter,
            marina,
            Step(DeliveryStatus.DELIVERED, self._day(signed), tracking="BR123456785BR"),
            zone=self._parts.profile.agency.zone,
            rules=await self._answer_term(signed),
            now=signed,
        )

    async def _answer_term(self, at: datetime) -> TermRules:
        return await self._rules("company_answer", at)

    async def _rules(self, act: str, at: datetime) -> TermRules:
        return TermRules(self._parts.profile.terms[act], self._day(at), await self._calendar())

    async def _opened(self, case: int, company: str, at: datetime) -> Viewer:
        """The company opens the notice in the portal, from which its term runs; answers who opened it."""
        speaker = next(
            v for v in self._cast.viewers.values() if self._cast.companies[company].id in v.company_ids
        )
        await notices.opened_by(case, speaker, now=at, rules=await self._answer_term(at))
        return speaker

    async def _answered(self, case: int, company: str, cents: int, at: datetime, *, due_in: int = 20) -> int:
        speaker = await self._opened(case, company, at - timedelta(hours=20))
        said = "Localizamos o registro do cliente e queremos resolver a situação."
        await negotiation.answer(case, speaker, said, rules=await self._rules("consumer_reply", at), now=at)
        refund = Proposal(
            kind=ClauseKind.REFUND,
            debtor=SeatRole.COMPANY,
            text="Por PIX, na chave que o consumidor informar.",
            amount_cents=cents,
            instalments=1,
            due_on=self._day(self._now) + timedelta(days=due_in),
            penalty=Penalty(fine_percent=10),
        )
        return await offers.make(
            case,
            speaker,
            Draft((refund,), "", self._day(at) + timedelta(days=60)),
            seen=None,
            evidence=BROWSER,
            now=at + timedelta(hours=1),
            today=self._day(at),
        )

    async def _upload(
        self, case: int, viewer: Viewer, kind: DocumentKind, name: str, content: bytes, at: datetime
    ) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        await documents.receive(case, viewer, kind, name, chunks(), intake=intake_of(self._parts), now=at)

    def _staff(self, login: str) -> Viewer:
        return self._cast.viewers[login]

    async def _calendar(self) -> Calendar:
        return await calendars.current(self._parts.holidays, self._day(self._now))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._parts.profile.agency.zone).date()
