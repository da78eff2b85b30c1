"""The certificate of presence: computed, printed, sealed and put into its case by the ``seal_presence`` job.

Made when a hearing is closed, and before that for anybody with a place in it who asks, until that moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.adapters.presence_document import PresenceData, PresenceLine
from app.db import transaction
from app.i18n import gettext as _
from app.services import casefile, presence, queue, rooms
from app.services.conduct import PRESENCE_JOB
from app.services.presence_words import Row, Shown, shown
from app.services.press import Paper, Press
from app.services.sealing import parties_of
from models import Case, CaseEvent, DocumentKind, Hearing, Seat, User
from models.rules.errors import NotFound, Refused
from models.rules.hearing import HearingState, sign_in_open
from models.rules.outcomes import outcome_text
from models.rules.people import Viewer
from models.rules.public_code import new_code

_APART = timedelta(minutes=1)
"""Certificates of a hearing that goes on are made at most so often."""


async def order(hearing_id: int, *, now: datetime) -> None:
    """Queue the certificate of a hearing that is closed now, inside the caller's transaction."""
    await queue.enqueue(PRESENCE_JOB, f"{PRESENCE_JOB}:{hearing_id}", {"hearing": hearing_id}, now=now)


async def ask(hearing_id: int, viewer: Viewer, *, opens_minutes: int, now: datetime) -> None:
    """Queue a certificate for somebody with a place in the hearing; of a closed one there is one, made once.

    NotFound for others; Refused("door_closed") before there is anything to certify, Refused("hearing_over")
    of one that was cancelled.
    """
    known = await Hearing.get_or_none(id=hearing_id)
    if known is None:
        raise NotFound
    case, side = await casefile.view(known.case_id, viewer)
    rooms.role_in(known, side, viewer)
    if known.state is HearingState.CANCELLED:
        raise Refused("hearing_over")
    async with transaction():
        await casefile.opened(case.id, viewer)
        hearing = await Hearing.get(id=hearing_id)
        if hearing.state is HearingState.CLOSED:
            await order(hearing_id, now=now)
            return
        if not sign_in_open(hearing.starts_at, now, opens_minutes):
            raise Refused("door_closed")
        part = int(now.timestamp() // _APART.total_seconds())
        payload = {"hearing": hearing_id, "until": now.isoformat()}
        await queue.enqueue(PRESENCE_JOB, f"{PRESENCE_JOB}:{hearing_id}:{part}", payload, now=now)


async def seal_presence(
    hearing_id: int, press: Press, *, tolerance_minutes: int, until: datetime | None, now: datetime
) -> None:
    """Make the certificate of a closed hearing, once, or one ``until`` a moment while it goes on.

    Open pages are told by the event "presence_certified".
    """
    hearing = await Hearing.get(id=hearing_id).select_related("case", "case__company", "case__consumer")
    moment = hearing.closed_at or until or now
    if await made(hearing, moment):
        return
    found = await presence.of_hearing(hearing, tolerance_minutes=tolerance_minutes, now=moment)
    seats = await Seat.filter(hearing_id=hearing_id).values("id", name="user__name")
    words = shown(found, {row["id"]: row["name"] for row in seats}, press.agency.zone)
    code = new_code()

    async def enter(paper: Paper) -> UUID | None:
        return await _enter(hearing, words, moment, paper, code, now)

    document = await _printed(hearing, words, press, code, now)
    await press.issue(document, _("Certidão de presença"), enter)


async def made(hearing: Hearing, until: datetime) -> bool:
    """Whether there is a certificate of this hearing until this moment."""
    return any(facts["until"] == until.isoformat() for facts in await _certificates(hearing))


async def newest(hearing: Hearing) -> tuple[UUID, str] | None:
    """The document and the code of a hearing's last certificate."""
    facts = await _certificates(hearing)
    return (UUID(facts[-1]["document"]), str(facts[-1]["code"])) if facts else None


async def _certificates(hearing: Hearing) -> list[dict[str, str]]:
    found = CaseEvent.filter(case_id=hearing.case_id, name="presence_certified").order_by("seq")
    return [row["facts"] for row in await found.values("facts") if row["facts"].get("hearing") == hearing.id]


async def _enter(
    hearing: Hearing, words: Shown, until: datetime, paper: Paper, code: str, now: datetime
) -> UUID | None:
    found = words.found
    async with transaction():
        file = await casefile.opened(hearing.case_id, None)
        if await made(hearing, until):
            return None
        name = f"presenca-{file.case.protocol}-{hearing.id}.pdf"
        document = await paper.enter(hearing.case_id, DocumentKind.PRESENCE, name, code=code, now=now)
        facts = {
            "hearing": hearing.id,
            "document": str(document.id),
            "code": code,
            "sha256": paper.sha256,
            "until": until.isoformat(),
            "last_seq": found.last_seq,
            **{role.value: cause.value for role, cause in found.causes.items()},
        }
        await casefile.record(file, "presence_certified", now=now, facts=facts)
    return document.id


async def _printed(hearing: Hearing, words: Shown, press: Press, code: str, now: datetime) -> PresenceData:
    case: Case = hearing.case
    found = words.found
    last = await CaseEvent.get_or_none(case_id=case.id, seq=found.last_seq)
    return PresenceData(
        agency=press.agency,
        protocol=case.protocol or "",
        issued_at=now,
        parties=parties_of(case),
        mediator_name=(await User.get(id=hearing.mediator_id)).name,
        starts_at=hearing.starts_at,
        tolerance_minutes=round(found.plan.tolerance / timedelta(minutes=1)),
        opened_at=found.opened_at,
        until=found.until,
        closed=hearing.closed_at is not None,
        outcome=outcome_text(hearing.outcome, hearing.cause) if hearing.outcome else "",
        conclusions=words.conclusions,
        interruptions=words.interruptions,
        begins=words.begins,
        ends=words.ends,
        lines=tuple(_line(row) for row in words.rows),
        ticks=tuple((mark.at, mark.label) for mark in words.ticks),
        marks=tuple((mark.at, mark.label) for mark in words.marks),
        failures=words.failures,
        skew=found.skew,
        last_seq=found.last_seq,
        last_hash=last.hash if last else "",
        check=press.check(code),
    )


def _line(row: Row) -> PresenceLine:
    return PresenceLine(
        name=row.name,
        role=row.role,
        state=row.state,
        came=row.came,
        went=row.went,
        late=row.late,
        connected=row.connected,
        inside=row.inside,
        drops=row.drops,
        heard=row.heard,
        seen=row.seen,
        loss=row.loss,
        stays=tuple((bar.start, bar.end, bar.where.value) for bar in row.bars),
        text=row.text,
    )
