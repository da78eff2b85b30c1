"""A party asks for another day of its hearing; staff grants it with slots, by moving the hearing, or refuses.

The hearing stands where it is until it is moved. A granted request is the consumer's choice among slots; when
nobody chooses in time it is staff's again. The other party reads the reason; the papers are for the agency's
eyes, as they may speak of an illness (LGPD art. 11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db import transaction
from app.services import casefile, documents, follow_up, letters, slot_offers
from app.services.casefile import Opened
from app.services.diary import MEDIATORS, Hours
from app.services.invitations import Invite
from app.services.letters import Text
from app.services.scheduling_words import moment
from app.services.wording import side_actor
from models import DocumentKind, Hearing, RescheduleRequest, Statement, StatementKind, User
from models.rules.case_machine import Action
from models.rules.errors import Invalid, NotFound, Refused
from models.rules.evidence import bound, statement_name
from models.rules.hearing import HearingState
from models.rules.people import Role, Side, Viewer
from models.rules.rescheduling import (
    JUSTIFIED_BY,
    PENDING,
    Cause,
    RequestState,
    SchedulingPolicy,
    check_request,
)

REASON = (10, 2000)
"""Fewest and most characters of a reason or of an answer."""
MOST_WAITING = 50


@dataclass(frozen=True)
class RequestView:
    """A request that is not settled, as the case's page shows it; ``papers`` the viewer may open."""

    id: int
    hearing_id: int
    side: Side
    state: RequestState
    reason: str
    at: datetime
    cause: Cause
    papers: tuple[UUID, ...]


@dataclass(frozen=True)
class Asking:
    """The case's requests that wait, and the hearing for which this party may ask for another day.

    ``refused`` is the reason why they may not, with its facts; both empty for staff.
    """

    requests: tuple[RequestView, ...]
    hearing_id: int | None = None
    refused: Refused | None = None


@dataclass(frozen=True)
class Waiting:
    """A request as the lists of staff show it; ``starts_at`` is the hearing's."""

    side: Side
    case_id: int
    consumer: str
    company: str
    starts_at: datetime


async def ask(
    hearing_id: int, viewer: Viewer, reason: str, *, policy: SchedulingPolicy, now: datetime
) -> int:
    """Ask for another day, with the files that the person uploaded for it; answers the case's id.

    Raises Invalid, or Refused("hearing_not_now", "reschedule_late", "reschedule_used", "reschedule_asked").
    """
    reason = _checked(reason)
    case_id = await _case_of(hearing_id)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.ASK_RESCHEDULE)
        hearing = await Hearing.get(id=hearing_id)
        await _check(hearing, file.side, policy, now)
        said = await Statement.create(
            case_id=case_id,
            kind=StatementKind.RESCHEDULE,
            side=file.side,
            author_id=viewer.user_id,
            text=reason,
            at=now,
        )
        kinds = (DocumentKind.EXCUSE,)
        papers = await documents.attach(file.case, viewer, kinds, hidden=True, statement_id=said.id, now=now)
        request = await RescheduleRequest.create(
            hearing_id=hearing_id, statement_id=said.id, side=file.side, state=RequestState.OPEN, at=now
        )
        facts = {"hearing": hearing_id, "request": request.id, "by": file.side, "statement": said.id}
        facts |= {"documents": len(papers), **bound(papers, {statement_name(said.id): reason})}
        await casefile.record(file, "reschedule_asked", now=now, facts=facts)
        await _tell_asked(file, hearing, request.id, now)
    return case_id


async def grant(
    request_id: int, viewer: Viewer, *, hold: bool, now: datetime, hours: Hours, invite: Invite
) -> int:
    """Grant a request by offering slots to the consumer; the hearing moves when one is taken.

    Answers the case's id. Refused("request_decided", "no_free_slots", "reschedule_too_near").
    """
    case_id = await _case_of((await _known(request_id)).hearing_id)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.ANSWER_RESCHEDULE)
        request, hearing = await _waiting(request_id)
        until = hearing.starts_at - slot_offers.LATEST_CHOICE
        if until <= now:
            raise Refused("reschedule_too_near")
        await _decide(request, RequestState.OFFERED, viewer, now)
        facts = {"hearing": hearing.id, "request": request.id, "by": request.side}
        await casefile.record(file, "reschedule_granted", now=now, facts=facts)
        await slot_offers.put(file, hold=hold, until=until, now=now, hours=hours, invite=invite)
        values = {"when": moment(hearing.starts_at, invite.zone)}
        key = f"request:{request_id}:granted:{file.case.version}"
        await _tell_parties(file, key, "another_day_granted", values, now)
    return case_id


async def refuse(request_id: int, viewer: Viewer, reason: str, *, now: datetime, invite: Invite) -> int:
    """Refuse a request, with the reason told to both parties; answers the case's id."""
    reason = _checked(reason)
    case_id = await _case_of((await _known(request_id)).hearing_id)
    async with transaction():
        file = await casefile.opened(case_id, viewer)
        file.step(Action.ANSWER_RESCHEDULE)
        request, hearing = await _waiting(request_id)
        await _decide(request, RequestState.REFUSED, viewer, now)
        facts = {"hearing": hearing.id, "request": request.id, "by": request.side, "reason": reason}
        await casefile.record(file, "reschedule_refused", now=now, facts=facts)
        values = {
            "reason": reason,
            "when": moment(hearing.starts_at, invite.zone),
        }
        await _tell_parties(file, f"request:{request_id}:refused", "another_day_refused", values, now)
    return case_id


async def of_case(
    case_id: int, side: Side, viewer: Viewer, *, policy: SchedulingPolicy, now: datetime
) -> Asking:
    """What waits in a case, and whether this party may ask; the caller has seen that the case is theirs."""
    rows = await (
        RescheduleRequest.filter(hearing__case_id=case_id, hearing__state=HearingState.NOT_STARTED)
        .filter(state__in=PENDING)
        .order_by("id")
        .select_related("statement")
    )
    found = tuple([await _view(row, side, viewer) for row in rows])
    hearing = await Hearing.filter(case_id=case_id, state=HearingState.NOT_STARTED).order_by("-id").first()
    if side not in JUSTIFIED_BY or hearing is None or any(one.side is side for one in found):
        return Asking(found)
    try:
        await _check(hearing, side, policy, now)
    except Refused as error:
        return Asking(found, refused=error)
    return Asking(found, hearing.id)


async def waiting(viewer: Viewer) -> list[Waiting]:
    """The requests that staff has to answer, the nearest hearing first; a mediator's own, else all."""
    if viewer.role not in MEDIATORS:
        return []
    wanted = RescheduleRequest.filter(state=RequestState.OPEN, hearing__state=HearingState.NOT_STARTED)
    if viewer.role is Role.MEDIATOR:
        wanted = wanted.filter(hearing__mediator_id=viewer.user_id)
    found = wanted.order_by("hearing__starts_at", "id").limit(MOST_WAITING)
    rows = await found.values(
        "side",
        case_id="hearing__case_id",
        consumer="hearing__case__consumer__name",
        legal_name="hearing__case__company__legal_name",
        trade_name="hearing__case__company__trade_name",
        starts_at="hearing__starts_at",
    )
    return [
        Waiting(
            row["side"],
            row["case_id"],
            row["consumer"],
            row["trade_name"] or row["legal_name"] or "",
            row["starts_at"],
        )
        for row in rows
    ]


async def _view(row: RescheduleRequest, side: Side, viewer: Viewer) -> RequestView:
    papers = await documents.of_case(row.statement.case_id, side, viewer, (DocumentKind.EXCUSE,))
    return RequestView(
        row.id,
        row.hearing_id,
        row.side,
        row.state,
        row.statement.text,
        row.at,
        JUSTIFIED_BY[row.side],
        tuple(file.id for file in papers if file.statement_id == row.statement_id),
    )


async def _check(hearing: Hearing, side: Side, policy: SchedulingPolicy, now: datetime) -> None:
    if hearing.state is not HearingState.NOT_STARTED:
        raise Refused("hearing_not_now")
    if await RescheduleRequest.filter(hearing_id=hearing.id, side=side, state__in=PENDING).exists():
        raise Refused("reschedule_asked")
    check_request(side, hearing.starts_at, await follow_up.changes(hearing.case_id), policy, now=now)


def _checked(reason: str) -> str:
    reason = reason.strip()
    least, most = REASON
    if not least <= len(reason) <= most:
        raise Invalid({"reason": "text_length"}, min=least, max=most)
    return reason


async def _known(request_id: int) -> RescheduleRequest:
    request = await RescheduleRequest.get_or_none(id=request_id)
    if request is None:
        raise NotFound
    return request


async def _case_of(hearing_id: int) -> int:
    hearing = await Hearing.get_or_none(id=hearing_id)
    if hearing is None:
        raise NotFound
    return int(hearing.case_id)


async def _waiting(request_id: int) -> tuple[RescheduleRequest, Hearing]:
    """A request that waits for an answer, with its hearing, read under the case's lock."""
    request = await RescheduleRequest.get(id=request_id)
    hearing = await Hearing.get(id=request.hearing_id)
    if request.state is not RequestState.OPEN:
        raise Refused("request_decided")
    if hearing.state is not HearingState.NOT_STARTED:
        raise Refused("hearing_not_now")
    return request, hearing


async def _decide(request: RescheduleRequest, state: RequestState, viewer: Viewer, now: datetime) -> None:
    request.state, request.decided_at, request.decided_by_id = state, now, viewer.user_id
    await request.save(update_fields=["state", "decided_at", "decided_by_id"])


async def _tell_asked(file: Opened, hearing: Hearing, request_id: int, now: datetime) -> None:
    """To the mediator, who answers, and to the other party, who may come for nothing otherwise."""
    values = {"who": side_actor(file.side)}
    key = f"request:{request_id}:asked"
    mediator = await User.get(id=hearing.mediator_id)
    await letters.write([mediator], key, await _letter(file, "another_day_to_answer", values), now=now)
    people = await casefile.people_of(file.case)
    others = [person for side, all_of in people.items() if side is not file.side for person in all_of]
    await letters.write(others, key, await _letter(file, "another_day_asked", values), now=now)


async def _tell_parties(file: Opened, key: str, kind: str, values: Mapping[str, str], now: datetime) -> None:
    people: Sequence[list[User]] = list((await casefile.people_of(file.case)).values())
    text = await _letter(file, kind, values)
    await letters.write([one for side in people for one in side], key, text, now=now)


async def _letter(file: Opened, kind: str, values: Mapping[str, str]) -> Text:
    values = {"protocol": file.case.protocol or "", **values}
    return await letters.standard(kind, values, path=f"/casos/{file.case.id}#outro-dia", case=file.case.id)
