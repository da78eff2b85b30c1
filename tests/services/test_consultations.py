"""Private rooms: calls and their answers, who is where, their end, and what the record tells of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.services import chat, conduct, consultations, media_plan, room_view, seats
from app.services.consultation_view import Part
from app.services.room_view import RoomView
from models import CaseEvent, Consultation, ConsultationMember, Hearing, HearingMessage
from models.rules.consultation import RING, CallAnswer, ConsultationState
from models.rules.errors import NotFound, Refused
from models.rules.hearing import Audience, Conduct, HearingState, Outcome, SeatState
from models.rules.people import Viewer
from models.rules.recording import RecordingPolicy
from tests.factories.hearings import HOUSE, Table, colleague, make_table
from tests.factories.people import NOW
from tests.services.signing import freeze, sign

pytestmark = pytest.mark.usefixtures("database")

SECRET = "Aceito no máximo duzentos reais."


async def called(table: Table, caller: Viewer, person: Viewer) -> int:
    """Somebody calls somebody; the number of the room."""
    await consultations.call(table.id, caller, (await table.seat(person)).id, now=NOW)
    return max([consultation.id for consultation in await Consultation.all()])


async def together(table: Table, caller: Viewer, person: Viewer) -> int:
    """The same, and they come."""
    number = await called(table, caller, person)
    await consultations.accept(table.id, person, number, now=NOW)
    return number


async def circles(table: Table) -> dict[int, str]:
    """By person: the circle of their media."""
    seats_by_id = {seat.seat: seat.circle for seat in (await media_plan.plan(table.id)).seats}
    people = (table.consumer, table.agent, table.mediator)
    return {who.user_id: seats_by_id[(await table.seat(who)).id] for who in people}


async def view(table: Table, viewer: Viewer) -> RoomView:
    """The room as somebody sees it."""
    policy = RecordingPolicy(enabled=False, roles=frozenset(), keep_days=1, free_bytes=0, source="")
    return await room_view.view(table.id, viewer, opens_minutes=30, recording=policy, now=NOW)


async def names(table: Table) -> list[str]:
    """The events about private rooms, in order."""
    events = await CaseEvent.filter(case_id=table.case.id, name__startswith="consultation").order_by("seq")
    return [event.name.removeprefix("consultation_") for event in events]


async def test_who_accepts_is_in_a_room_of_two_and_leaving_ends_it() -> None:
    table = await (await make_table()).in_session()

    number = await called(table, table.mediator, table.consumer)
    assert set((await circles(table)).values()) == {""}
    await consultations.accept(table.id, table.consumer, number, now=NOW)

    private = f"private-{number}"
    assert await circles(table) == {
        table.mediator.user_id: private,
        table.consumer.user_id: private,
        table.agent.user_id: "",
    }
    assert (await view(table, table.consumer)).me.state is SeatState.IN_CONSULTATION

    await consultations.leave(table.id, table.consumer, now=NOW)

    assert set((await circles(table)).values()) == {""}
    ended = await Consultation.get(id=number)
    assert (ended.state, ended.began_at, ended.ended_at) == (ConsultationState.ENDED, NOW, NOW)
    assert await names(table) == ["called", "joined", "joined", "left", "ended"]


async def test_a_side_talks_among_itself_and_the_mediator_calls_no_third_of_the_other_side() -> None:
    table = await (await make_table()).in_session()
    _, lawyer = await colleague(table, may_settle=False)
    await table.come(lawyer)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    await together(table, table.agent, lawyer)

    with pytest.raises(Refused, match="call_not_allowed"):
        await called(table, lawyer, table.consumer)
    with pytest.raises(Refused, match="call_not_allowed"):
        await called(table, table.agent, table.mediator)
    with pytest.raises(Refused, match="person_busy"):
        await called(table, table.mediator, lawyer)
    await together(table, table.mediator, table.consumer)

    found = await circles(table)
    assert found[table.mediator.user_id] == found[table.consumer.user_id] != found[table.agent.user_id] != ""


async def test_a_third_of_the_same_side_comes_into_the_same_room_and_may_go_again() -> None:
    table = await (await make_table()).in_session()
    _, lawyer = await colleague(table, may_settle=False)
    await table.come(lawyer)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    number = await together(table, table.mediator, table.agent)

    assert await together(table, table.agent, lawyer) == number
    await consultations.leave(table.id, table.agent, now=NOW)

    assert (await Consultation.get(id=number)).state is ConsultationState.OPEN
    assert (await table.seat(lawyer)).consultation_id == number
    assert await together(table, table.mediator, table.agent) == number


async def test_a_declined_call_leaves_everybody_where_they_were() -> None:
    table = await (await make_table()).in_session()
    number = await called(table, table.mediator, table.agent)

    await consultations.decline(table.id, table.agent, number, now=NOW)

    assert (await Consultation.get(id=number)).state is ConsultationState.DECLINED
    assert set((await circles(table)).values()) == {""}
    with pytest.raises(Refused, match="call_over"):
        await consultations.accept(table.id, table.agent, number, now=NOW)
    await together(table, table.mediator, table.consumer)


async def test_a_call_rings_half_a_minute_and_is_then_over() -> None:
    table = await (await make_table()).in_session()
    number = await called(table, table.mediator, table.consumer)

    assert await consultations.sweep(now=NOW + RING - timedelta(seconds=1)) == 0
    assert await consultations.sweep(now=NOW + RING) == 1
    assert await consultations.sweep(now=NOW + RING) == 0

    assert (await Consultation.get(id=number)).state is ConsultationState.EXPIRED
    with pytest.raises(Refused, match="call_over"):
        await consultations.accept(table.id, table.consumer, number, now=NOW + RING)
    assert await names(table) == ["called", "expired"]


async def test_the_caller_takes_the_call_back_and_nobody_else_but_the_mediator_ends_it() -> None:
    table = await (await make_table()).in_session()
    _, lawyer = await colleague(table, may_settle=False)
    await table.come(lawyer)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    number = await called(table, table.agent, lawyer)

    for person in (lawyer, table.consumer):
        with pytest.raises(Refused, match="not_yours"):
            await consultations.end(table.id, person, number, now=NOW)
    await consultations.end(table.id, table.agent, number, now=NOW)
    assert (await Consultation.get(id=number)).state is ConsultationState.EXPIRED

    number = await together(table, table.agent, lawyer)
    with pytest.raises(Refused, match="not_yours"):
        await consultations.end(table.id, table.agent, number, now=NOW)
    await consultations.end(table.id, table.mediator, number, now=NOW)
    assert (await Consultation.get(id=number)).state is ConsultationState.ENDED
    assert (await table.seat(lawyer)).consultation_id is None


async def test_one_person_is_called_once_and_answers_before_calling() -> None:
    table = await (await make_table()).in_session()
    _, lawyer = await colleague(table, may_settle=False)
    await table.come(lawyer)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    await called(table, table.mediator, table.agent)

    with pytest.raises(Refused, match="person_busy"):
        await called(table, lawyer, table.agent)
    with pytest.raises(Refused, match="call_waiting"):
        await called(table, table.agent, lawyer)


async def test_nobody_is_called_who_is_not_in_the_hearing() -> None:
    table = await make_table()
    await table.come(table.mediator)
    waiting = await table.come(table.consumer)

    with pytest.raises(Refused, match="person_away"):
        await called(table, table.mediator, table.consumer)
    await seats.admit(table.id, table.mediator, None, now=NOW)
    await seats.leave(waiting.seat, waiting.generation, now=NOW)
    with pytest.raises(Refused, match="person_away"):
        await called(table, table.mediator, table.consumer)
    other = await (await make_table()).in_session()
    with pytest.raises(NotFound):
        seat = await other.seat(other.consumer)
        await consultations.call(table.id, table.mediator, seat.id, now=NOW)
    with pytest.raises(Refused, match="not_admitted"):
        await called(table, table.agent, table.consumer)


async def test_who_lost_the_connection_comes_back_into_the_private_room_and_who_left_does_not() -> None:
    table = await (await make_table()).in_session()
    number = await together(table, table.mediator, table.consumer)
    seat = await table.seat(table.consumer)

    await seats.leave(seat.id, seat.generation, now=NOW)
    again = await table.come(table.consumer)
    assert (await table.seat(table.consumer)).consultation_id == number

    await seats.leave(again.seat, again.generation, now=NOW, by_choice=True)
    assert (await table.seat(table.consumer)).consultation_id is None
    assert (await table.seat(table.mediator)).consultation_id is None


async def test_who_is_sent_back_is_in_no_private_room_and_is_called_no_more() -> None:
    table = await (await make_table()).in_session()
    await together(table, table.mediator, table.consumer)
    await seats.send_back(table.id, table.mediator, (await table.seat(table.consumer)).id, now=NOW)
    assert (await table.seat(table.mediator)).consultation_id is None

    number = await called(table, table.mediator, table.agent)
    await seats.send_back(table.id, table.mediator, (await table.seat(table.agent)).id, now=NOW)
    assert (await Consultation.get(id=number)).state is ConsultationState.EXPIRED


async def test_the_hearings_silence_is_not_the_private_rooms() -> None:
    table = await (await make_table()).in_session()
    consumer = await table.seat(table.consumer)
    await seats.mute(table.id, table.mediator, consumer.id, muted=True, now=NOW)

    async def muted() -> bool:
        plan = await media_plan.plan(table.id)
        return next(seat.muted for seat in plan.seats if seat.seat == consumer.id)

    assert await muted()
    await together(table, table.mediator, table.consumer)
    assert not await muted()
    await consultations.leave(table.id, table.mediator, now=NOW)
    assert await muted()


async def test_a_break_stops_the_hearings_media_and_not_the_private_rooms() -> None:
    table = await (await make_table()).in_session()
    await together(table, table.mediator, table.consumer)

    await conduct.take(table.id, table.mediator, Conduct.PAUSE, HOUSE, now=NOW)

    flows = {seat.seat: seat.flows for seat in (await media_plan.plan(table.id)).seats}
    assert flows[(await table.seat(table.consumer)).id]
    assert not flows[(await table.seat(table.agent)).id]


async def test_what_is_written_in_a_private_room_is_read_there_and_erased_with_it() -> None:
    table = await (await make_table()).in_session()
    with pytest.raises(Refused, match="not_in_private"):
        await chat.say(table.id, table.consumer, SECRET, Audience.PRIVATE, now=NOW)
    await together(table, table.mediator, table.consumer)

    await chat.say(table.id, table.consumer, SECRET, Audience.PRIVATE, now=NOW)

    for viewer, reads in ((table.mediator, True), (table.consumer, True), (table.agent, False)):
        assert (SECRET in [said.text for said in (await view(table, viewer)).messages]) is reads
    await consultations.leave(table.id, table.mediator, now=NOW)
    kept = await HearingMessage.get()
    assert (kept.text, kept.author_id, kept.at) == ("", table.consumer.user_id, NOW)
    assert (await view(table, table.consumer)).messages == ()
    assert SECRET not in str([event.facts for event in await CaseEvent.all()])


async def test_a_line_to_the_mediator_is_read_by_both_and_by_nobody_after_the_end() -> None:
    table = await (await make_table()).in_session()
    await chat.say(table.id, table.agent, SECRET, Audience.MEDIATOR, now=NOW)
    for viewer, reads in ((table.mediator, True), (table.consumer, False), (table.agent, True)):
        assert (SECRET in [said.text for said in (await view(table, viewer)).messages]) is reads

    await close(table)

    assert (await HearingMessage.get()).text == ""


async def close(table: Table) -> None:
    """The hearing ends without an agreement."""
    await table.write("As partes não chegaram a acordo.")
    shown = await freeze(table, Outcome.NO_AGREEMENT)
    await sign(table, table.mediator, shown)
    await conduct.close(table.id, table.mediator, HOUSE, now=NOW)


async def test_private_rooms_end_with_the_hearing() -> None:
    table = await (await make_table()).in_session()
    number = await together(table, table.mediator, table.consumer)

    await close(table)

    assert (await Hearing.get(id=table.id)).state is HearingState.CLOSED
    assert (await Consultation.get(id=number)).state is ConsultationState.ENDED
    assert (await table.seat(table.consumer)).consultation_id is None


async def test_each_sees_their_own_part_of_a_call() -> None:
    table = await (await make_table()).in_session()
    await called(table, table.mediator, table.consumer)

    theirs = (await view(table, table.consumer)).private
    mine = (await view(table, table.mediator)).private
    assert theirs is not None
    assert mine is not None
    assert (theirs.part, theirs.caller, theirs.seconds) == (Part.CALLED, "Rita Melo", 30)
    assert (mine.part, mine.names) == (Part.CALLING, ("Ana Souza",))
    assert (await view(table, table.agent)).private is None

    member = await ConsultationMember.get(seat_id=(await table.seat(table.consumer)).id)
    assert member.answer is CallAnswer.RINGING
    await consultations.accept(table.id, table.consumer, theirs.id, now=NOW)
    inside = (await view(table, table.consumer)).private
    assert inside is not None
    assert (inside.part, inside.names, inside.ends) == (Part.INSIDE, ("Rita Melo",), False)
