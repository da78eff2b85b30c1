"""The term of a hearing: printed, sealed and put into its case by the ``seal_minutes`` job.

The PDF shows the very words that were signed, who was present and when, and each signature with its
evidence; the agency's seal then covers every byte (CPC art. 784 §4: the integrity is checked by the seal).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.adapters.documents import (
    Check,
    ClauseLine,
    InstalmentLine,
    Letterhead,
    MinutesData,
    ParagraphLine,
    Parties,
    Presence,
    SignatureLine,
)
from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, clauses, follow_up, letters, rooms
from app.services.press import Paper, Press
from app.services.wording import seat_role_label, signing_method
from models import (
    Case,
    CaseEvent,
    Clause,
    Document,
    DocumentKind,
    Hearing,
    Paragraph,
    Seat,
    Signature,
    User,
)
from models.rules.agreement import clause_text
from models.rules.errors import NotFound, Refused
from models.rules.hearing import INVITED, OVER, SeatRole
from models.rules.identity import masked_cpf
from models.rules.outcomes import FOLLOW_UP_TEXT, outcome_text
from models.rules.people import Viewer
from models.rules.public_code import new_code


async def seal_minutes(hearing_id: int, press: Press, *, now: datetime) -> None:
    """Print and seal the term of a closed hearing, for all sides; the second time does nothing.

    Open pages are told by the event "minutes_sealed"; everybody who had a place gets the PDF by letter.
    """
    hearing = await Hearing.get(id=hearing_id).select_related("case", "case__company", "case__consumer")
    if hearing.sealed_id is not None:
        return
    code = new_code()

    async def enter(paper: Paper) -> UUID | None:
        return await _enter(hearing_id, paper, code, now)

    await press.issue(await _printed(hearing, press, code, now), _("Termo de audiência"), enter)


async def _enter(hearing_id: int, paper: Paper, code: str, now: datetime) -> UUID | None:
    known = await Hearing.get(id=hearing_id)
    async with transaction():
        file = await casefile.opened(known.case_id, None)
        hearing = await Hearing.get(id=hearing_id)
        if hearing.sealed_id is not None:
            return None
        name = f"termo-{file.case.protocol}-{hearing.id}.pdf"
        document = await paper.enter(file.case.id, DocumentKind.MINUTES, name, code=code, now=now)
        await Hearing.filter(id=hearing_id).update(sealed_id=document.id)
        facts = {"hearing": hearing_id, "document": str(document.id), "code": code, "sha256": paper.sha256}
        await casefile.record(file, "minutes_sealed", now=now, facts=facts)
        await _send(file.case, hearing_id, document, now)
    return document.id


async def _send(case: Case, hearing_id: int, document: Document, now: datetime) -> None:
    text = await letters.standard(
        "hearing_sealed",
        {"protocol": case.protocol or "", "seal": document.code or ""},
        path=f"/casos/{case.id}",
        case=case.id,
        documents=(str(document.id),),
    )
    invited = await Seat.filter(hearing_id=hearing_id, role__in=list(INVITED)).values_list(
        "user_id", flat=True
    )
    people = await User.filter(seats__hearing_id=hearing_id).exclude(id__in=list(invited)).order_by("id")
    await letters.write(people, f"sealed:{hearing_id}", text, now=now)


async def draft(hearing_id: int, viewer: Viewer, agency: Letterhead, *, now: datetime) -> MinutesData:
    """The term as it would be with what is written now, marked as a draft, for who conducts the hearing.

    NotFound for others; Refused("hearing_over") once it is closed, as then there is the term itself.
    """
    hearing = await Hearing.get_or_none(id=hearing_id).select_related(
        "case", "case__company", "case__consumer"
    )
    if hearing is None or (await rooms.place(hearing, viewer))[1] is not SeatRole.MEDIATOR:
        raise NotFound
    if hearing.state in OVER:
        raise Refused("hearing_over")
    return await _minutes(hearing, agency, None, now)


async def _printed(hearing: Hearing, press: Press, code: str, now: datetime) -> MinutesData:
    assert hearing.outcome is not None  # noqa: S101  the job is queued when the hearing closes
    return await _minutes(hearing, press.agency, press.check(code), now)


async def _minutes(hearing: Hearing, agency: Letterhead, check: Check | None, now: datetime) -> MinutesData:
    case = hearing.case
    closed_at = hearing.closed_at or now
    return MinutesData(
        agency=agency,
        protocol=case.protocol or "",
        issued_at=now,
        parties=parties_of(case),
        mediator_name=(await User.get(id=hearing.mediator_id)).name,
        starts_at=hearing.starts_at,
        opened_at=hearing.opened_at or (min(hearing.starts_at, closed_at) if check else None),
        closed_at=closed_at if check else None,
        outcome=outcome_text(hearing.outcome, hearing.cause) if hearing.outcome else _("ainda não escolhido"),
        present=await presences(hearing, closed_at),
        record=hearing.record,
        paragraphs=await _paragraphs(hearing.id),
        follow_up=FOLLOW_UP_TEXT[await follow_up.of_hearing(hearing)] if hearing.outcome else "",
        clauses=tuple(clause_lines(await clauses.live(hearing.id))),
        signatures=await hearing_signatures(hearing),
        signed_text_sha256=hearing.text_hash,
        check=check,
    )


def parties_of(case: Case) -> Parties:
    """The parties as documents for both sides name them; ``case`` with its consumer and company."""
    company, cpf = case.company, case.consumer.cpf or ""
    return Parties(
        consumer_name=case.consumer.name,
        consumer_document=masked_cpf(cpf) if cpf else "",
        company_name=company.legal_name if company else case.company_name,
        company_document=company.cnpj if company else case.company_cnpj,
    )


def clause_lines(live: Iterable[Clause]) -> Iterable[ClauseLine]:
    """The clauses of an agreement as documents print them, numbered from 1."""
    for number, clause in enumerate(live, start=1):
        terms = clauses.terms(clause, number)
        payments = tuple(
            InstalmentLine(number=one.number, due_on=one.due_on, amount_cents=one.amount_cents)
            for one in terms.payments
        )
        yield ClauseLine(number=number, text=clause_text(terms), instalments=payments)


async def _paragraphs(hearing_id: int) -> tuple[ParagraphLine, ...]:
    found = await (
        Paragraph.filter(hearing_id=hearing_id).order_by("position", "id").select_related("author", "editor")
    )
    return tuple(
        ParagraphLine(
            text=row.text,
            author=row.author.name,
            written_at=row.at,
            editor=row.editor.name if row.editor_id != row.author_id else "",
            edited_at=row.edited_at,
        )
        for row in found
    )


async def hearing_signatures(hearing: Hearing) -> tuple[SignatureLine, ...]:
    """The signatures on a hearing's text, with their evidence."""
    found = await (
        Signature.filter(hearing_id=hearing.id, text_hash=hearing.text_hash)
        .order_by("id")
        .select_related("user")
    )
    return tuple(
        SignatureLine(
            name=one.user.name,
            role=seat_role_label(one.role),
            signed_at=one.at,
            method=signing_method(one.method),
            address=one.address,
            device=one.device,
        )
        for one in found
    )


async def presences(hearing: Hearing, closed_at: datetime) -> tuple[Presence, ...]:
    """Who was in the room, from the record: let in when, gone when (None: there until the end)."""
    entered, left = await _comings_and_goings(hearing, closed_at)
    seats = await Seat.filter(hearing_id=hearing.id).order_by("id").select_related("user")
    return tuple(
        Presence(
            name=seat.user.name,
            role=seat_role_label(seat.role),
            entered_at=entered[seat.id],
            left_at=left.get(seat.id),
        )
        for seat in seats
        if seat.id in entered
    )


async def _comings_and_goings(
    hearing: Hearing, closed_at: datetime
) -> tuple[dict[int, datetime], dict[int, datetime]]:
    entered: dict[int, datetime] = {}
    left: dict[int, datetime] = {}
    events = (
        await CaseEvent.filter(case_id=hearing.case_id, at__lte=closed_at)
        .filter(name__in=["seat_entered", "participant_admitted", "participant_returned", "seat_left"])
        .order_by("seq")
    )
    for event in events:
        if event.facts.get("hearing") != hearing.id:
            continue
        seat = event.facts["seat"]
        admitted = event.name == "participant_admitted"
        if admitted or (event.name == "seat_entered" and event.facts["role"] == SeatRole.MEDIATOR):
            entered.setdefault(seat, event.at)
        if admitted or event.name == "seat_entered":
            left.pop(seat, None)
        elif seat in entered:
            left[seat] = event.at
    return entered, left
