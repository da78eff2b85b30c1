"""Who must act, against the case machine: nobody is told to do what they have no way of doing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.rules.case_machine import State, allowed
from models.rules.delivery import BEFORE_AWARENESS, REDELIVERY
from models.rules.duties import (
    DUTIES,
    NEGOTIABLE,
    OFFERED,
    PICKABLE,
    SLOTS,
    UNAWARE,
    UNDELIVERED,
    UNREAD,
    Standing,
    Until,
    deadline,
    duty,
)
from models.rules.people import STAFF, Role, Side
from models.rules.terms import Calendar, Term, due_date

SIDES = {Role.CONSUMER: Side.CONSUMER, Role.COMPANY: Side.COMPANY} | dict.fromkeys(STAFF, Side.STAFF)
IN_THE_WORLD = {(State.FULFILMENT, Role.CONSUMER), (State.FULFILMENT, Role.COMPANY)} | {
    (State.HEARING_SCHEDULED, role) for role in (Role.CONSUMER, Role.COMPANY)
}
"""What is done by paying, delivering and coming, not by a button."""
DAY = date(2026, 11, 23)


def test_every_state_has_a_duty_and_whoever_must_act_can() -> None:
    assert DUTIES.keys() == set(State)
    for state, wanted in DUTIES.items():
        for role in wanted.who:
            assert (state, role) in IN_THE_WORLD or allowed(state, SIDES[role], role), f"{state} × {role}"
        assert (wanted.until is Until.SERVICE) == bool(wanted.act)
    assert [state for state, wanted in DUTIES.items() if not wanted.who] == [State.ARCHIVED]


@given(st.sampled_from(State), st.sampled_from(Role), st.sampled_from([None, Side.CONSUMER, Side.COMPANY]))
def test_an_open_offer_waits_for_the_other_side_alone(state: State, role: Role, offer: Side | None) -> None:
    wanted = duty(Standing(state, DAY, DAY, offer=offer), role)
    answering = offer is not None and state in NEGOTIABLE and SIDES.get(role) not in (offer, Side.STAFF, None)
    assert (wanted in OFFERED.values()) == answering


def test_offered_slots_wait_for_the_consumer_before_all_else() -> None:
    until = datetime(2026, 11, 26, 18, tzinfo=ZoneInfo("America/Sao_Paulo"))
    for state in State:
        for role in Role:
            standing = Standing(state, DAY, DAY, offer=Side.COMPANY, slots_until=until)
            picks = (state in PICKABLE) and role is Role.CONSUMER
            assert (duty(standing, role) is SLOTS) == picks
            if picks:
                assert deadline(SLOTS, standing, {}, Calendar({})) == until.date()


def test_no_term_runs_before_the_company_knows() -> None:
    for role in Role:
        assert duty(Standing(State.NOTIFIED, DAY), role) is (UNREAD if role is Role.COMPANY else UNAWARE)
        failed = Standing(State.NOTIFIED, DAY, act=REDELIVERY)
        assert duty(failed, role) is (UNREAD if role is Role.COMPANY else UNDELIVERED)
        for act in BEFORE_AWARENESS:  # the agency's own term, booked, is not the company's
            assert Standing(State.NOTIFIED, DAY, DAY, act=act).unaware
            assert duty(Standing(State.NOTIFIED, DAY, DAY, act=act), role) is not DUTIES[State.NOTIFIED]
        assert duty(Standing(State.NOTIFIED, DAY, DAY, act="company_answer"), role) is DUTIES[State.NOTIFIED]


@given(st.sampled_from(State), st.integers(0, 400), st.integers(1, 40))
def test_a_deadline_is_the_cases_the_hearings_or_counted_from_the_state(
    state: State, ago: int, days: int
) -> None:
    terms = {wanted.act: Term(wanted.act, days, "business", "") for wanted in DUTIES.values() if wanted.act}
    hearing = datetime(2026, 12, 9, 14, tzinfo=ZoneInfo("America/Sao_Paulo"))
    since = DAY - timedelta(days=ago)
    got = deadline(DUTIES[state], Standing(state, since, DAY, hearing), terms, Calendar({}))
    wanted = DUTIES[state]
    expected = {
        Until.TERM: DAY,
        Until.HEARING: hearing.date(),
        Until.SERVICE: due_date(terms[wanted.act], since, Calendar({})).due if wanted.act else None,
        Until.NOTHING: None,
    }
    assert got == expected[wanted.until]
    assert deadline(wanted, Standing(state, since), {}, Calendar({})) is None
    if wanted.act:  # what is booked stays, whatever the calendar says by now
        closed = Calendar({since + timedelta(days=n): "feriado" for n in range(60)})
        assert deadline(wanted, Standing(state, since, DAY, act=wanted.act), terms, closed) == DAY
