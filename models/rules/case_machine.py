"""The case machine: one table, (state, action) -> (next state, who may).

Pages ask this table which buttons to draw, services ask it before they write, and tests/rules visits
every cell. Merits analysis and the sanctioning process join the table when their capability is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.rules.errors import Refused
from models.rules.people import Role, Side


class State(StrEnum):
    """Where a case is; labels in Portuguese are in ``app.web.labels``."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_TRIAGE = "in_triage"
    WAITING_CONSUMER = "waiting_consumer"
    LAPSED = "lapsed"
    """Archived for want of an answer: what the triage asked for did not come in its term."""
    REFUSED = "refused"
    ACCEPTED = "accepted"
    UNDER_ANALYSIS = "under_analysis"
    PRELIMINARY = "preliminary"
    NOTIFIED = "notified"
    """The CIP (carta de informações preliminares) was sent; awareness of it is not proven yet."""
    ACKNOWLEDGED = "acknowledged"
    """The company is aware of the CIP: it opened it (Decreto 2.181/1997, art. 42)."""
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    REPLIED = "replied"
    """The consumer read the answer and said that it solves nothing."""
    OPENED = "opened"
    """Opened directly, without a CIP: the company is told and a hearing follows."""
    HEARING_SCHEDULED = "hearing_scheduled"
    NO_AGREEMENT = "no_agreement"
    HEARING_NOT_HELD = "hearing_not_held"
    FULFILMENT = "fulfilment"
    BREACHED = "breached"
    """Something that was agreed was not done: the case is open again, with its execution kit (ADR 0074)."""
    ARCHIVED = "archived"


class Action(StrEnum):
    """What a person (or the passing of a term) does to a case."""

    SUBMIT = "submit"
    OPEN_AT_COUNTER = "open_at_counter"
    SCAN_PAPERS = "scan_papers"
    START_TRIAGE = "start_triage"
    ASK_DOCUMENTS = "ask_documents"
    SUPPLY_DOCUMENTS = "supply_documents"
    LAPSE = "lapse"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ASK_REVIEW = "ask_review"
    SEND_COMPLAINT = "send_complaint"
    CALL_COMPANY = "call_company"
    CLOSE_SOLVED = "close_solved"
    NOTIFY_COMPANY = "notify_company"
    OPEN_DIRECTLY = "open_directly"
    ACKNOWLEDGE = "acknowledge"
    SERVE = "serve"
    ANSWER = "answer"
    TERM_PASSED = "term_passed"
    REPLY = "reply"
    CONFIRM_SOLVED = "confirm_solved"
    OFFER = "offer"
    WITHDRAW_OFFER = "withdraw_offer"
    REFUSE_OFFER = "refuse_offer"
    ACCEPT_OFFER = "accept_offer"
    OFFER_SLOTS = "offer_slots"
    PICK_SLOT = "pick_slot"
    WRITE_MESSAGE = "write_message"
    SCHEDULE_HEARING = "schedule_hearing"
    ASK_RESCHEDULE = "ask_reschedule"
    ANSWER_RESCHEDULE = "answer_reschedule"
    RESCHEDULE_HEARING = "reschedule_hearing"
    CANCEL_HEARING = "cancel_hearing"
    CONDUCT_HEARING = "conduct_hearing"
    CLOSE_WITH_AGREEMENT = "close_with_agreement"
    CLOSE_WITHOUT_AGREEMENT = "close_without_agreement"
    CLOSE_NOT_HELD = "close_not_held"
    FILE_PROOF = "file_proof"
    CONFIRM_KEPT = "confirm_kept"
    REPORT_BREACH = "report_breach"
    RESUME_FULFILMENT = "resume_fulfilment"
    CLOSE_FULFILLED = "close_fulfilled"
    ARCHIVE = "archive"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Cell:
    """One cell: the state that follows and who may; ``roles`` narrows the staff side."""

    to: State
    sides: frozenset[Side]
    roles: frozenset[Role] = frozenset()


_TRIAGE = frozenset({Role.ATTENDANT, Role.COORDINATOR})
_CASEWORK = frozenset({Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR})
_HEARING = frozenset({Role.MEDIATOR, Role.COORDINATOR})
_LEAD = frozenset({Role.LEGAL, Role.COORDINATOR})


def _consumer(to: State) -> Cell:
    return Cell(to, frozenset({Side.CONSUMER}))


def _company(to: State) -> Cell:
    return Cell(to, frozenset({Side.COMPANY}))


def _parties(to: State) -> Cell:
    return Cell(to, frozenset({Side.CONSUMER, Side.COMPANY}))


def _staff(to: State, roles: frozenset[Role]) -> Cell:
    return Cell(to, frozenset({Side.STAFF}), roles)


def _negotiable(state: State) -> dict[tuple[State, Action], Cell]:
    """While the parties may still settle between themselves, offers do not move the case."""
    return {
        (state, Action.OFFER): _parties(state),
        (state, Action.WITHDRAW_OFFER): _parties(state),
        (state, Action.REFUSE_OFFER): _parties(state),
        (state, Action.ACCEPT_OFFER): _parties(State.FULFILMENT),
    }


_WORD = frozenset({Side.CONSUMER, Side.COMPANY, Side.STAFF})
_BREACH = Cell(State.BREACHED, _WORD, _CASEWORK | _LEAD)


def _watched(state: State) -> dict[tuple[State, Action], Cell]:
    """While an agreement is being fulfilled: proof, and the creditor's word on each obligation (ADR 0074)."""
    return {
        (state, Action.FILE_PROOF): _parties(state),
        (state, Action.CONFIRM_KEPT): Cell(state, _WORD, _CASEWORK | _LEAD),
        (state, Action.REPORT_BREACH): _BREACH,
        (state, Action.CLOSE_FULFILLED): Cell(State.ARCHIVED, _WORD | {Side.SYSTEM}, _CASEWORK | _LEAD),
    }


AWAITS_HEARING = (
    State.OPENED,
    State.ANSWERED,
    State.UNANSWERED,
    State.REPLIED,
    State.HEARING_NOT_HELD,
)
"""Where a hearing can be set, and slots for it be offered and picked."""


def _talk(state: State) -> dict[tuple[State, Action], Cell]:
    """From the notice on, all three sides may write to one another; it moves nothing."""
    everybody = frozenset({Side.CONSUMER, Side.COMPANY, Side.STAFF})
    return {(state, Action.WRITE_MESSAGE): Cell(state, everybody, _CASEWORK | _LEAD)}


S, A = State, Action
TABLE: dict[tuple[State, Action], Cell] = {
    (S.DRAFT, A.SUBMIT): _consumer(S.SUBMITTED),
    (S.DRAFT, A.OPEN_AT_COUNTER): _staff(S.UNDER_ANALYSIS, _TRIAGE),
    (S.UNDER_ANALYSIS, A.SCAN_PAPERS): _staff(S.UNDER_ANALYSIS, _TRIAGE),
    (S.PRELIMINARY, A.SCAN_PAPERS): _staff(S.PRELIMINARY, _TRIAGE),
    (S.SUBMITTED, A.START_TRIAGE): _staff(S.IN_TRIAGE, _TRIAGE),
    (S.IN_TRIAGE, A.ASK_DOCUMENTS): _staff(S.WAITING_CONSUMER, _TRIAGE),
    (S.WAITING_CONSUMER, A.SUPPLY_DOCUMENTS): _consumer(S.IN_TRIAGE),
    (S.WAITING_CONSUMER, A.LAPSE): _staff(S.LAPSED, _TRIAGE),
    (S.LAPSED, A.SUPPLY_DOCUMENTS): _consumer(S.IN_TRIAGE),
    (S.LAPSED, A.REOPEN): _staff(S.IN_TRIAGE, _TRIAGE),
    (S.IN_TRIAGE, A.ACCEPT): _staff(S.ACCEPTED, _TRIAGE),
    (S.IN_TRIAGE, A.REFUSE): _staff(S.REFUSED, _TRIAGE),
    (S.REFUSED, A.ASK_REVIEW): _consumer(S.SUBMITTED),
    (S.ACCEPTED, A.SEND_COMPLAINT): _consumer(S.UNDER_ANALYSIS),
    (S.UNDER_ANALYSIS, A.CALL_COMPANY): _staff(S.PRELIMINARY, _CASEWORK),
    (S.UNDER_ANALYSIS, A.NOTIFY_COMPANY): _staff(S.NOTIFIED, _CASEWORK),
    (S.UNDER_ANALYSIS, A.OPEN_DIRECTLY): _staff(S.OPENED, _CASEWORK),
    (S.PRELIMINARY, A.CALL_COMPANY): _staff(S.PRELIMINARY, _CASEWORK),
    (S.PRELIMINARY, A.CLOSE_SOLVED): _staff(S.ARCHIVED, _CASEWORK),
    (S.PRELIMINARY, A.NOTIFY_COMPANY): _staff(S.NOTIFIED, _CASEWORK),
    (S.PRELIMINARY, A.OPEN_DIRECTLY): _staff(S.OPENED, _CASEWORK),
    (S.NOTIFIED, A.ACKNOWLEDGE): Cell(S.ACKNOWLEDGED, frozenset({Side.COMPANY, Side.SYSTEM})),
    **{(state, A.SERVE): _staff(state, _CASEWORK) for state in (S.NOTIFIED, S.ACKNOWLEDGED, S.OPENED)},
    (S.NOTIFIED, A.ANSWER): _company(S.ANSWERED),
    (S.NOTIFIED, A.TERM_PASSED): Cell(S.UNANSWERED, frozenset({Side.SYSTEM})),
    (S.ACKNOWLEDGED, A.ANSWER): _company(S.ANSWERED),
    (S.ACKNOWLEDGED, A.TERM_PASSED): Cell(S.UNANSWERED, frozenset({Side.SYSTEM})),
    (S.OPENED, A.ANSWER): _company(S.ANSWERED),
    (S.OPENED, A.SCHEDULE_HEARING): _staff(S.HEARING_SCHEDULED, _HEARING),
    (S.ANSWERED, A.REPLY): _consumer(S.REPLIED),
    (S.ANSWERED, A.CONFIRM_SOLVED): _consumer(S.ARCHIVED),
    (S.REPLIED, A.ANSWER): _company(S.ANSWERED),
    (S.REPLIED, A.CONFIRM_SOLVED): _consumer(S.ARCHIVED),
    (S.REPLIED, A.SCHEDULE_HEARING): _staff(S.HEARING_SCHEDULED, _HEARING),
    (S.ANSWERED, A.ANSWER): _company(S.ANSWERED),
    (S.UNANSWERED, A.ANSWER): _company(S.ANSWERED),
    (S.ANSWERED, A.SCHEDULE_HEARING): _staff(S.HEARING_SCHEDULED, _HEARING),
    (S.UNANSWERED, A.SCHEDULE_HEARING): _staff(S.HEARING_SCHEDULED, _HEARING),
    (S.HEARING_NOT_HELD, A.SCHEDULE_HEARING): _staff(S.HEARING_SCHEDULED, _HEARING),
    **{
        (state, A.OFFER_SLOTS): Cell(state, frozenset({Side.STAFF, Side.SYSTEM}), _CASEWORK)
        for state in AWAITS_HEARING
    },
    **{(state, A.PICK_SLOT): _consumer(S.HEARING_SCHEDULED) for state in AWAITS_HEARING},
    (S.HEARING_SCHEDULED, A.ASK_RESCHEDULE): _parties(S.HEARING_SCHEDULED),
    (S.HEARING_SCHEDULED, A.ANSWER_RESCHEDULE): _staff(S.HEARING_SCHEDULED, _HEARING),
    (S.HEARING_SCHEDULED, A.PICK_SLOT): _consumer(S.HEARING_SCHEDULED),
    (S.HEARING_SCHEDULED, A.RESCHEDULE_HEARING): _staff(S.HEARING_SCHEDULED, _HEARING),
    (S.HEARING_SCHEDULED, A.CANCEL_HEARING): _staff(S.ANSWERED, _HEARING),
    (S.HEARING_SCHEDULED, A.CONDUCT_HEARING): _staff(S.HEARING_SCHEDULED, _HEARING),
    (S.HEARING_SCHEDULED, A.CLOSE_WITH_AGREEMENT): _staff(S.FULFILMENT, _HEARING),
    (S.HEARING_SCHEDULED, A.CLOSE_WITHOUT_AGREEMENT): _staff(S.NO_AGREEMENT, _HEARING),
    (S.HEARING_SCHEDULED, A.CLOSE_NOT_HELD): _staff(S.HEARING_NOT_HELD, _HEARING),
    (S.FULFILMENT, A.ARCHIVE): _staff(S.ARCHIVED, _LEAD),
    **_watched(S.FULFILMENT),
    **_watched(S.BREACHED),
    (S.BREACHED, A.ARCHIVE): _staff(S.ARCHIVED, _LEAD),
    (S.BREACHED, A.REOPEN): _staff(S.UNDER_ANALYSIS, _LEAD),
    # Silence closed it; the creditor says later that it was not done
    (S.ARCHIVED, A.REPORT_BREACH): _BREACH,
    # What was broken was done late, and more is to come
    (S.BREACHED, A.RESUME_FULFILMENT): Cell(S.FULFILMENT, _WORD, _CASEWORK | _LEAD),
    (S.NO_AGREEMENT, A.ARCHIVE): _staff(S.ARCHIVED, _LEAD),
    (S.HEARING_NOT_HELD, A.ARCHIVE): _staff(S.ARCHIVED, _LEAD),
    (S.ARCHIVED, A.REOPEN): _staff(S.UNDER_ANALYSIS, _LEAD),
    **_negotiable(S.NOTIFIED),
    **_negotiable(S.ACKNOWLEDGED),
    **_negotiable(S.OPENED),
    **_negotiable(S.REPLIED),
    **_negotiable(S.ANSWERED),
    **_negotiable(S.UNANSWERED),
    **_negotiable(S.HEARING_SCHEDULED),
    **_negotiable(S.HEARING_NOT_HELD),
    **_negotiable(S.NO_AGREEMENT),
    **_talk(S.NOTIFIED),
    **_talk(S.ACKNOWLEDGED),
    **_talk(S.OPENED),
    **_talk(S.REPLIED),
    **_talk(S.ANSWERED),
    **_talk(S.UNANSWERED),
    **_talk(S.HEARING_SCHEDULED),
    **_talk(S.HEARING_NOT_HELD),
    **_talk(S.NO_AGREEMENT),
    **_talk(S.FULFILMENT),
    **_talk(S.BREACHED),
}
del S, A

CIP_RUNS = (State.NOTIFIED, State.ACKNOWLEDGED)
"""The company's term to answer the CIP runs."""


def allowed(state: State, side: Side, role: Role | None) -> tuple[Action, ...]:
    """The actions that a person on ``side`` (with ``role``, for staff) may take now, in table order."""
    return tuple(action for (at, action), cell in TABLE.items() if at is state and _may(cell, side, role))


def step(state: State, action: Action, side: Side, role: Role | None) -> State:
    """The state after ``action``.

    Raises Refused("not_now") when the case's state does not admit the action at all, and
    Refused("not_yours") when it does, but not by this person.
    """
    cell = TABLE.get((state, action))
    if cell is None:
        raise Refused("not_now", action=action, state=state)
    if not _may(cell, side, role):
        raise Refused("not_yours", action=action, state=state)
    return cell.to


def _may(cell: Cell, side: Side, role: Role | None) -> bool:
    return side in cell.sides and (side is not Side.STAFF or role in cell.roles)
