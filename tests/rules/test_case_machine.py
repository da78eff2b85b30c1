"""Every cell of the case machine: what the table says, and that nothing else is possible."""

import itertools

import pytest

from models.rules.case_machine import TABLE, Action, State, allowed, step
from models.rules.errors import Refused
from models.rules.people import STAFF, Role, Side

PEOPLE = [
    (Side.CONSUMER, Role.CONSUMER),
    (Side.COMPANY, Role.COMPANY),
    (Side.SYSTEM, None),
    *((Side.STAFF, role) for role in sorted(STAFF)),
]

TRIAGE = {Role.ATTENDANT, Role.COORDINATOR}
CASEWORK = {Role.ATTENDANT, Role.MEDIATOR, Role.COORDINATOR}
HEARING = {Role.MEDIATOR, Role.COORDINATOR}
LEAD = {Role.LEGAL, Role.COORDINATOR}

# Written out from the procedure, not from the table under test: (state, action) -> (state, who).
EXPECTED: dict[tuple[str, str], tuple[str, set[Role | None]]] = {
    ("draft", "submit"): ("submitted", {Role.CONSUMER}),
    ("draft", "open_at_counter"): ("under_analysis", TRIAGE),
    ("under_analysis", "scan_papers"): ("under_analysis", TRIAGE),
    ("preliminary", "scan_papers"): ("preliminary", TRIAGE),
    ("submitted", "start_triage"): ("in_triage", TRIAGE),
    ("in_triage", "ask_documents"): ("waiting_consumer", TRIAGE),
    ("waiting_consumer", "supply_documents"): ("in_triage", {Role.CONSUMER}),
    ("waiting_consumer", "lapse"): ("lapsed", TRIAGE),
    ("lapsed", "supply_documents"): ("in_triage", {Role.CONSUMER}),
    ("lapsed", "reopen"): ("in_triage", TRIAGE),
    ("in_triage", "accept"): ("accepted", TRIAGE),
    ("in_triage", "refuse"): ("refused", TRIAGE),
    ("refused", "ask_review"): ("submitted", {Role.CONSUMER}),
    ("accepted", "send_complaint"): ("under_analysis", {Role.CONSUMER}),
    ("under_analysis", "call_company"): ("preliminary", CASEWORK),
    ("under_analysis", "notify_company"): ("notified", CASEWORK),
    ("under_analysis", "open_directly"): ("opened", CASEWORK),
    ("preliminary", "call_company"): ("preliminary", CASEWORK),
    ("preliminary", "close_solved"): ("archived", CASEWORK),
    ("preliminary", "notify_company"): ("notified", CASEWORK),
    ("preliminary", "open_directly"): ("opened", CASEWORK),
    ("notified", "acknowledge"): ("acknowledged", {Role.COMPANY, None}),
    **{(state, "serve"): (state, CASEWORK) for state in ("notified", "acknowledged", "opened")},
    ("acknowledged", "answer"): ("answered", {Role.COMPANY}),
    ("acknowledged", "term_passed"): ("unanswered", {None}),
    ("opened", "answer"): ("answered", {Role.COMPANY}),
    ("opened", "schedule_hearing"): ("hearing_scheduled", HEARING),
    ("answered", "reply"): ("replied", {Role.CONSUMER}),
    ("answered", "confirm_solved"): ("archived", {Role.CONSUMER}),
    ("replied", "answer"): ("answered", {Role.COMPANY}),
    ("replied", "confirm_solved"): ("archived", {Role.CONSUMER}),
    ("replied", "schedule_hearing"): ("hearing_scheduled", HEARING),
    ("notified", "answer"): ("answered", {Role.COMPANY}),
    ("notified", "term_passed"): ("unanswered", {None}),
    ("answered", "answer"): ("answered", {Role.COMPANY}),
    ("unanswered", "answer"): ("answered", {Role.COMPANY}),
    ("answered", "schedule_hearing"): ("hearing_scheduled", HEARING),
    ("unanswered", "schedule_hearing"): ("hearing_scheduled", HEARING),
    ("hearing_not_held", "schedule_hearing"): ("hearing_scheduled", HEARING),
    **{
        (state, action): (to or state, who)
        for state in ("opened", "answered", "unanswered", "replied", "hearing_not_held")
        for action, to, who in (
            ("offer_slots", None, {*CASEWORK, None}),
            ("pick_slot", "hearing_scheduled", {Role.CONSUMER}),
        )
    },
    ("hearing_scheduled", "ask_reschedule"): ("hearing_scheduled", {Role.CONSUMER, Role.COMPANY}),
    ("hearing_scheduled", "answer_reschedule"): ("hearing_scheduled", HEARING),
    ("hearing_scheduled", "pick_slot"): ("hearing_scheduled", {Role.CONSUMER}),
    ("hearing_scheduled", "reschedule_hearing"): ("hearing_scheduled", HEARING),
    ("hearing_scheduled", "cancel_hearing"): ("answered", HEARING),
    ("hearing_scheduled", "conduct_hearing"): ("hearing_scheduled", HEARING),
    ("hearing_scheduled", "close_with_agreement"): ("fulfilment", HEARING),
    ("hearing_scheduled", "close_without_agreement"): ("no_agreement", HEARING),
    ("hearing_scheduled", "close_not_held"): ("hearing_not_held", HEARING),
    ("fulfilment", "archive"): ("archived", LEAD),
    ("no_agreement", "archive"): ("archived", LEAD),
    ("hearing_not_held", "archive"): ("archived", LEAD),
    ("archived", "reopen"): ("under_analysis", LEAD),
    **{
        (state, action): (to or state, who)
        for state in ("fulfilment", "breached")
        for action, to, who in (
            ("file_proof", None, {Role.CONSUMER, Role.COMPANY}),
            ("confirm_kept", None, {Role.CONSUMER, Role.COMPANY, *CASEWORK, *LEAD}),
            ("report_breach", "breached", {Role.CONSUMER, Role.COMPANY, *CASEWORK, *LEAD}),
            ("close_fulfilled", "archived", {Role.CONSUMER, Role.COMPANY, None, *CASEWORK, *LEAD}),
        )
    },
    ("breached", "resume_fulfilment"): ("fulfilment", {Role.CONSUMER, Role.COMPANY, *CASEWORK, *LEAD}),
    ("breached", "archive"): ("archived", LEAD),
    ("breached", "reopen"): ("under_analysis", LEAD),
    ("archived", "report_breach"): ("breached", {Role.CONSUMER, Role.COMPANY, *CASEWORK, *LEAD}),
    **{
        (state, action): (to or state, who)
        for state in (
            *("notified", "acknowledged", "opened", "answered", "unanswered", "replied", "hearing_scheduled"),
            *("hearing_not_held", "no_agreement"),
        )
        for action, to, who in (
            ("offer", None, {Role.CONSUMER, Role.COMPANY}),
            ("withdraw_offer", None, {Role.CONSUMER, Role.COMPANY}),
            ("refuse_offer", None, {Role.CONSUMER, Role.COMPANY}),
            ("accept_offer", "fulfilment", {Role.CONSUMER, Role.COMPANY}),
        )
    },
    **{
        (state, "write_message"): (state, {Role.CONSUMER, Role.COMPANY, *CASEWORK, *LEAD})
        for state in (
            *("notified", "acknowledged", "opened", "answered", "unanswered", "replied"),
            *("hearing_scheduled", "hearing_not_held", "no_agreement", "fulfilment", "breached"),
        )
    },
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_every_cell(state: State, action: Action) -> None:
    expected = EXPECTED.get((state, action))
    for side, role in PEOPLE:
        if expected and role in expected[1]:
            assert step(state, action, side, role) == expected[0]
            assert action in allowed(state, side, role)
        else:
            with pytest.raises(Refused) as refusal:
                step(state, action, side, role)
            assert refusal.value.code == ("not_yours" if expected else "not_now")
            assert action not in allowed(state, side, role)


def test_the_table_has_no_cell_that_the_procedure_lacks() -> None:
    assert set(TABLE) == {(State(s), Action(a)) for s, a in EXPECTED}


def test_every_state_is_reached_and_left() -> None:
    reached = {cell.to for (at, _action), cell in TABLE.items() if cell.to is not at} | {State.DRAFT}
    assert reached == set(State)
    left = {at for (at, _action), cell in TABLE.items() if cell.to is not at}
    assert left == set(State), "no state is a dead end"
