"""The execution kit of an agreement that was not kept: one sealed PDF for who claims it in court (ADR 0074).

Made by the ``seal_kit`` job after each breach: the agreement, the signatures with their evidence, how each
obligation stands, what is due, and the extract of the case's record. It is its creditor's and the agency's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.adapters.documents import Parties, SignatureLine
from app.adapters.kit_document import ChainLine, FineLine, KitData, ObligationLine, PaymentLine
from app.db import transaction
from app.i18n import N_
from app.i18n import gettext as _
from app.profile import ExecutionRules
from app.services import casefile, clauses, indices
from app.services.event_words import event_text
from app.services.indices import SeriesView
from app.services.negotiation import tell
from app.services.press import Paper, Press
from app.services.sealing import clause_lines, hearing_signatures, parties_of
from app.services.settlements import signature_lines
from app.services.wording import side_label
from models import Case, CaseEvent, Clause, Document, DocumentKind, Hearing, Obligation, Offer, User
from models.rules.agreement import Penalty, money
from models.rules.calculation import FixedInterest, Monthly, Result, Rules, SeriesInterest
from models.rules.errors import NotFound
from models.rules.execution import Claim, Fine, Owed, claim
from models.rules.fulfilment import CREDITOR, DEBTOR, ObligationState
from models.rules.identity import written_cpf
from models.rules.news import News
from models.rules.people import Side
from models.rules.public_code import new_code

TOLD = frozenset(
    {
        *("complaint_sent", "company_notified", "complaint_opened", "notice_opened", "company_answered"),
        *("offer_made", "offer_countered", "offer_accepted", "settlement_sealed"),
        *("text_frozen", "text_signed", "hearing_closed", "minutes_sealed"),
        *("fulfilment_asked", "proof_filed", "obligation_kept", "obligation_silent", "agreement_broken"),
    }
)
"""Events of which the extract tells."""
_STATES = {
    ObligationState.PENDING: N_("ainda por vencer ou confirmar"),
    ObligationState.KEPT: N_("cumprida"),
    ObligationState.BROKEN: N_("não cumprida"),
    ObligationState.SILENT: N_("sem resposta de quem recebe"),
}


@dataclass(frozen=True)
class Reckoning:
    """How what is due is reckoned here, and the zone of its days."""

    rules: ExecutionRules
    zone: ZoneInfo


@dataclass(frozen=True)
class _Agreement:
    """The agreement as the kit tells of it, wherever it was made."""

    origin: str
    agreed_at: datetime
    text_sha256: str
    clauses: tuple[Clause, ...]
    signatures: tuple[SignatureLine, ...]
    sealed: Document | None

    @property
    def numbers(self) -> Mapping[int, int]:
        """The number that each clause has in the text, by its id."""
        return {clause.id: number for number, clause in enumerate(self.clauses, start=1)}


@dataclass(frozen=True)
class _Indices:
    """The series that are there, and how it is said."""

    rules: Rules
    method: tuple[str, ...]


async def seal_kit(case_id: int, breach: int, press: Press, how: Reckoning, *, now: datetime) -> None:
    """Print and seal the kit of the breach that the event ``breach`` told of; once."""
    case = await Case.get(id=case_id).select_related("company", "consumer")
    told = await CaseEvent.get(case_id=case_id, seq=breach)
    if await _is_sealed(case_id, breach):
        return
    code = new_code()
    broken = await Obligation.get(id=told.facts["obligation"]).select_related("clause")
    kit = await _kit(case, broken, told, press, how, code, now)

    async def enter(paper: Paper) -> UUID | None:
        return await _enter(case_id, breach, broken, paper, code, now)

    await press.issue(kit, _("Documentos para a cobrança do acordo"), enter)


async def _is_sealed(case_id: int, breach: int) -> bool:
    events = await CaseEvent.filter(case_id=case_id, name="kit_sealed").values("facts")
    return any(event["facts"].get("breach") == breach for event in events)


async def _enter(
    case_id: int, breach: int, broken: Obligation, paper: Paper, code: str, now: datetime
) -> UUID | None:
    creditor = CREDITOR[broken.debtor]
    async with transaction():
        file = await casefile.opened(case_id, None)
        if await _is_sealed(case_id, breach):
            return None
        name = f"cobranca-do-acordo-{file.case.protocol}-{breach}.pdf"
        sides = (creditor, Side.STAFF)
        document = await paper.enter(case_id, DocumentKind.KIT, name, code=code, now=now, sides=sides)
        facts = {"breach": breach, "document": str(document.id), "code": code, "sha256": paper.sha256}
        await casefile.record(file, "kit_sealed", now=now, facts=facts, sides=sides)
        await tell(file, creditor, "execution_kit", now, news=News.PROGRESS)
    return document.id


async def _kit(
    case: Case, broken: Obligation, told: CaseEvent, press: Press, how: Reckoning, code: str, now: datetime
) -> KitData:
    agreement = await _agreement(broken)
    rows = await _same_agreement(broken)
    today = now.astimezone(how.zone).date()
    reckoned = await _indices(how.rules, today)
    found = claim(
        [_owed(row, agreement.numbers[row.clause_id]) for row in rows if row.debtor is broken.debtor],
        told.at.astimezone(how.zone).date(),
        reckoned.rules,
    )
    events = await CaseEvent.filter(case_id=case.id).order_by("seq")
    creditor = CREDITOR[broken.debtor]
    return KitData(
        agency=press.agency,
        protocol=case.protocol or "",
        issued_at=now,
        parties=await _parties(case),
        creditor=_("O consumidor") if creditor is Side.CONSUMER else _("A empresa"),
        debtor=_("a empresa") if DEBTOR[broken.debtor] is Side.COMPANY else _("o consumidor"),
        origin=agreement.origin,
        agreed_at=agreement.agreed_at,
        sealed_code=(agreement.sealed.code or "") if agreement.sealed else "",
        sealed_sha256=agreement.sealed.sha256 if agreement.sealed else "",
        clauses=tuple(clause_lines(agreement.clauses)),
        signatures=agreement.signatures,
        text_sha256=agreement.text_sha256,
        obligations=tuple(_line(row) for row in rows),
        deeds=found.deeds,
        until=today,
        method=(*reckoned.method, *_missing(found.calculation)),
        payments=_payments(found),
        fines=tuple(FineLine(text=_fine(fine), cents=fine.cents) for fine in found.fines),
        total_cents=found.total_cents,
        chain=_extract(events, creditor),
        last_seq=events[-1].seq,
        last_hash=events[-1].hash,
        check=press.check(code),
    )


async def _parties(case: Case) -> Parties:
    """As in other documents, but the kit is not the other side's: the consumer's CPF stands in full."""
    known = parties_of(case)
    cpf = (await User.get(id=case.consumer_id)).cpf or ""
    return Parties(
        consumer_name=known.consumer_name,
        consumer_document=written_cpf(cpf),
        company_name=known.company_name,
        company_document=known.company_document,
    )


async def _agreement(broken: Obligation) -> _Agreement:
    if broken.clause.offer_id is not None:
        return await _by_offer(broken.clause.offer_id)
    if broken.clause.hearing_id is None:
        raise NotFound
    return await _by_hearing(broken.clause.hearing_id)


async def _by_offer(offer_id: int) -> _Agreement:
    offer = await Offer.get(id=offer_id)
    accepted = await CaseEvent.filter(case_id=offer.case_id, name="offer_accepted").order_by("-seq").first()
    sealed = Document.filter(case_id=offer.case_id, kind=DocumentKind.SETTLEMENT).order_by("-at")
    return _Agreement(
        origin=_("Proposta aceita, versão %(version)s, de: %(who)s")
        % {"version": offer.version, "who": side_label(offer.side)},
        agreed_at=accepted.at if accepted else offer.at,
        text_sha256=offer.text_hash,
        clauses=tuple(await clauses.of_offer(offer_id)),
        signatures=await signature_lines(offer_id),
        sealed=await sealed.first(),
    )


async def _by_hearing(hearing_id: int) -> _Agreement:
    hearing = await Hearing.get(id=hearing_id)
    return _Agreement(
        origin=_("Audiência de conciliação"),
        agreed_at=hearing.closed_at or hearing.starts_at,
        text_sha256=hearing.text_hash,
        clauses=tuple(await clauses.live(hearing_id)),
        signatures=await hearing_signatures(hearing),
        sealed=await Document.get_or_none(id=hearing.sealed_id) if hearing.sealed_id else None,
    )


async def _same_agreement(broken: Obligation) -> list[Obligation]:
    clause = broken.clause
    same = (
        {"clause__offer_id": clause.offer_id}
        if clause.offer_id
        else {"clause__hearing_id": clause.hearing_id}
    )
    return await Obligation.filter(**same).order_by("id").select_related("clause")


def _owed(row: Obligation, number: int) -> Owed:
    clause = row.clause
    penalty = Penalty(clause.fine_percent, clause.fine_cents, clause.accelerates)
    return Owed(number, row.text, row.amount_cents, row.due_on, row.state, penalty)


def _line(row: Obligation) -> ObligationLine:
    return ObligationLine(
        text=row.text,
        due_on=row.due_on,
        amount_cents=row.amount_cents,
        state=_(_STATES[row.state]),
        said_at=row.decided_at,
        note=row.note,
    )


def _payments(found: Claim) -> tuple[PaymentLine, ...]:
    return tuple(
        PaymentLine(
            text=_("Cláusula %(number)s") % {"number": due.clause},
            since=due.since,
            cents=due.cents,
            factor=line.factor,
            corrected_cents=line.corrected_cents,
            interest_cents=line.interest_cents,
            total_cents=line.total_cents,
            accelerated=due.accelerated,
        )
        for due, line in zip(found.payments, found.calculation.lines, strict=True)
    )


def _fine(fine: Fine) -> str:
    if fine.percent is None:
        return _("Cláusula %(number)s: multa fixa") % {"number": fine.clause}
    return _("Cláusula %(number)s: %(percent)s%% de %(amount)s") % {
        "number": fine.clause,
        "percent": fine.percent,
        "amount": money(fine.of_cents),
    }


def _extract(events: Sequence[CaseEvent], creditor: Side) -> tuple[ChainLine, ...]:
    return tuple(
        ChainLine(seq=event.seq, at=event.at, text=event_text(event.name, event.facts), hash=event.hash)
        for event in events
        if event.name in TOLD and creditor in event.sides.split(",")
    )


async def _indices(rules: ExecutionRules, today: date) -> _Indices:
    """The profile's series as far as they are there, and what is said of it: what is missing is told."""
    correction, correcting = await _series(rules.correction)
    interest, bearing = await _series(rules.interest)
    said = [_("Fundamento: %(source)s.") % {"source": rules.source}]
    if correcting:
        said.append(
            _("Correção por %(name)s, do mês do vencimento ao anterior ao do cálculo. Fonte: %(source)s.")
            % {"name": correcting.name, "source": correcting.source}
        )
    else:
        said.append(_("Sem correção monetária: não há índice carregado neste órgão."))
    found: FixedInterest | SeriesInterest | None = None
    first = date.min
    if bearing:
        found = SeriesInterest(interest, first)
        said.append(_("Juros simples por %(name)s, desde o vencimento.") % {"name": bearing.name})
    elif rules.interest_percent:
        found = FixedInterest(rules.interest_percent, first)
        percent = {"percent": str(rules.interest_percent).replace(".", ",")}
        said.append(_("Juros simples de %(percent)s%% ao mês, por dia, desde o vencimento.") % percent)
    else:
        said.append(_("Sem juros: não há taxa carregada neste órgão."))
    said.append(_("Cada valor é arredondado ao centavo."))
    return _Indices(Rules(today, doubled=False, correction=correction, interest=found), tuple(said))


def _missing(found: Result) -> list[str]:
    """The months whose index is not loaded, which count as zero."""
    if not found.missing:
        return []
    months = ", ".join(f"{month:%m/%Y}" for month in found.missing)
    return [_("Meses sem valor carregado, contados como zero: %(months)s.") % {"months": months}]


async def _series(code: str) -> tuple[Monthly, SeriesView | None]:
    if not code:
        return {}, None
    try:
        view, months = await indices.monthly(code)
    except NotFound:
        return {}, None
    return months, view
