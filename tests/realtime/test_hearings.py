"""Sitting down, being unseated, coming back and leaving, with real sockets; and what the media is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app.services import captions, conduct, seats
from models import CaseEvent, Hearing, Seat, SeatQuality
from models.rules.errors import Refused
from models.rules.hearing import Conduct
from tests.factories.hearings import HOUSE, Table, make_table
from tests.factories.people import NOW, make_user, viewer_of
from tests.realtime.rooms import SECOND, Browser, Process, media_row, web_process

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def web(database: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A web process."""
    async with web_process(tmp_path) as process:
        yield process


async def seated(web: Process, table: Table, who: str) -> tuple[Browser, int]:
    """Somebody's browser that has sat down, and the seat."""
    browser = await web.browser(getattr(table, who))
    answer = await browser.ask("enter", {"hearing": table.id})
    assert "error" not in answer, answer
    return browser, answer["seat"]


@asynccontextmanager
async def sweeping(web: Process) -> AsyncIterator[None]:
    """The process's own round."""
    task = asyncio.create_task(web.hearings.sweep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def admit_all(web: Process, table: Table) -> None:
    """The mediator lets everybody in, over HTTP as it were."""
    await seats.admit(table.id, table.mediator, None, now=NOW)
    web.wake.ring()


async def test_entering_answers_the_seat_and_opens_a_closed_place_in_the_media(web: Process) -> None:
    table = await make_table()
    browser, seat = await seated(web, table, "consumer")

    assert web.media.standing(seat) == (False, False)
    assert web.media.calls[0] == ("open", {"room": f"hearing-{table.id}"})
    assert (await browser.ask("heartbeat")) == {"held": True}


async def test_each_sitting_gets_logins_at_the_relays_of_its_own_and_fresh_ones_later(web: Process) -> None:
    table = await make_table()
    consumer, agent = await web.browser(table.consumer), await web.browser(table.agent)
    assert await consumer.ask("ice") == {"error": "not_admitted", "device": ""}

    (server,) = (await consumer.ask("enter", {"hearing": table.id}))["ice_servers"]
    (other,) = (await agent.ask("enter", {"hearing": table.id}))["ice_servers"]
    assert server["urls"] == ["turn:relay.example:3478"]
    until, _, name = server["username"].partition(":")
    assert int(until) == int(web.clock.now().timestamp()) + 600
    assert other["username"].partition(":")[2] != name

    web.clock.at += timedelta(minutes=9)
    (fresh,) = (await consumer.ask("ice"))["ice_servers"]
    assert fresh["username"] == f"{int(until) + 540}:{name}"
    assert fresh["credential"] != server["credential"]


async def test_admission_mute_and_pause_reach_the_media_process(web: Process) -> None:
    table = await make_table()
    browser, seat = await seated(web, table, "consumer")
    await seated(web, table, "mediator")

    await admit_all(web, table)
    await browser.until(lambda: web.media.standing(seat) == (True, False))
    await seats.mute(table.id, table.mediator, seat, muted=True, now=NOW)
    web.wake.ring()
    await browser.until(lambda: web.media.standing(seat) == (True, True))
    for act, flows in ((Conduct.OPEN, True), (Conduct.PAUSE, False), (Conduct.RESUME, True)):
        await conduct.take(table.id, table.mediator, act, HOUSE, now=NOW)
        web.wake.ring()
        await browser.until(lambda flows=flows: web.media.standing(seat) == (flows, True))


async def test_media_calls_are_refused_until_admitted_and_then_go_in_order(web: Process) -> None:
    table = await make_table()
    browser, seat = await seated(web, table, "consumer")
    assert (await browser.ask("publish", {"generation": 1, "sdp": "x"}))["error"] == "not_admitted"

    await seated(web, table, "mediator")
    await admit_all(web, table)
    await browser.until(lambda: web.media.standing(seat) == (True, False))
    answers = await asyncio.gather(
        *(browser.ask("publish", {"generation": 10_000, "sdp": f"{n}"}) for n in range(6))
    )

    assert answers[3] == {"sdp": "answer to 3"}
    published = [fields for name, fields in web.media.calls if name == "publish"]
    assert [fields["sdp"] for fields in published] == ["0", "1", "2", "3", "4", "5"]
    assert {fields["seat"] for fields in published} == {str(seat)}


async def test_a_browser_speaks_for_its_own_seat_only(web: Process) -> None:
    table = await make_table()
    browser, mine = await seated(web, table, "mediator")
    _, other = await seated(web, table, "consumer")

    await browser.ask("publish", {"generation": 1, "sdp": "x", "seat": str(other), "room": "hearing-999"})

    published = [fields for name, fields in web.media.calls if name == "publish"]
    assert [(one["seat"], one["room"]) for one in published] == [(str(mine), f"hearing-{table.id}")]


async def test_a_page_says_how_large_it_shows_the_others_and_how_well(web: Process) -> None:
    table = await make_table()
    browser, mine = await seated(web, table, "mediator")
    said = {"freezes": 1, "freeze_ms": 300, "fps": 20.5, "concealed_ms": 0}

    assert await browser.ask("view", {"sizes": {"2/video": 360}, "seat": "2", "admitted": True}) == {}
    assert await browser.ask("report", {**said, "seat": "2", "sdp": "x"}) == {}

    place = {"room": f"hearing-{table.id}", "seat": str(mine)}
    assert [call for call in web.media.calls if call[0] in ("view", "report")] == [
        ("view", {**place, "sizes": {"2/video": 360}}),
        ("report", {**place, **said}),
    ]


async def test_refusals_of_the_media_process_come_back_as_codes(web: Process) -> None:
    table = await make_table()
    browser, _ = await seated(web, table, "mediator")
    web.media.refuse["subscribe"] = "stale_generation"
    assert (await browser.ask("subscribe", {"generation": 1}))["error"] == "stale_generation"
    web.media.lives()
    assert (await browser.ask("subscribe", {"generation": 2}))["error"] == "media_unavailable"


async def test_a_second_device_is_told_and_takes_over(web: Process) -> None:
    table = await make_table()
    first, seat = await seated(web, table, "consumer")
    second = await web.browser(table.consumer, "Safari, iPhone")

    refused = await second.ask("enter", {"hearing": table.id})
    assert (refused["error"], refused["device"]) == ("seat_taken", "Chrome, Linux")
    assert first.heard("taken_over") == []
    answer = await second.ask("enter", {"hearing": table.id, "take_over": True})

    assert answer["generation"] == 2
    await first.until(lambda: first.heard("taken_over") == [{"seat": seat}])
    assert (await first.ask("heartbeat")) == {"held": False}
    assert (await first.ask("publish", {"generation": 1, "sdp": "x"}))["error"] == "not_admitted"


async def test_another_process_unseats_through_the_relay(web: Process, tmp_path: Path) -> None:
    table = await make_table()
    first, seat = await seated(web, table, "consumer")
    async with web_process(tmp_path) as elsewhere:
        second = await elsewhere.browser(table.consumer)
        await second.ask("enter", {"hearing": table.id, "take_over": True})

        await first.until(lambda: first.heard("taken_over"))

        await first.client.disconnect()
        await asyncio.sleep(0.1)
        assert (await Seat.get(id=seat)).connected
        assert (await second.ask("heartbeat")) == {"held": True}


async def test_a_reload_keeps_the_seat(web: Process) -> None:
    table = await make_table()
    browser, seat = await seated(web, table, "consumer")
    await browser.client.disconnect()

    again = await web.browser(table.consumer)
    answer = await again.ask("enter", {"hearing": table.id, "held": 1})

    assert (answer["seat"], answer["generation"]) == (seat, 2)


async def test_a_departure_empties_the_seat_after_the_grace(web: Process) -> None:
    table = await make_table()
    watching, _ = await seated(web, table, "mediator")
    browser, seat = await seated(web, table, "consumer")

    await browser.client.disconnect()
    async with asyncio.timeout(5):
        while (await Seat.get(id=seat)).seen_at == NOW:  # noqa: ASYNC110  only the row tells
            await asyncio.sleep(0.01)
    assert (await Seat.get(id=seat)).connected

    web.clock.at = NOW + seats.GRACE + timedelta(seconds=1)
    async with asyncio.timeout(5), sweeping(web):
        await watching.until(lambda: web.media.standing(seat) is None)
    assert not (await Seat.get(id=seat)).connected
    assert await CaseEvent.filter(name="seat_left").count() == 1


async def test_news_during_the_grace_do_not_make_the_media_forget_who_left(web: Process) -> None:
    table = await make_table()
    watching, _ = await seated(web, table, "mediator")
    browser, seat = await seated(web, table, "consumer")
    await browser.client.disconnect()
    async with asyncio.timeout(5):
        while (await Seat.get(id=seat)).seen_at == NOW:  # noqa: ASYNC110  only the row tells
            await asyncio.sleep(0.01)

    await web.hearings.conductor.arrange(table.id)
    assert web.media.standing(seat) == (False, False)
    await seats.leave(seat, 1, now=NOW)
    web.wake.ring()

    await watching.until(lambda: web.media.standing(seat) is None)


async def test_leaving_by_the_button_empties_the_seat_at_once(web: Process) -> None:
    table = await make_table()
    browser, seat = await seated(web, table, "consumer")

    await browser.ask("leave")

    assert not (await Seat.get(id=seat)).connected
    assert (await browser.ask("heartbeat")) == {"held": False}


async def test_who_waits_outside_hears_nothing_of_the_room(web: Process) -> None:
    table = await make_table()
    inside, mine = await seated(web, table, "mediator")
    outside, theirs = await seated(web, table, "consumer")
    said = {"voice": "speaking", "level": 9, "video": True, "screen": False}

    await web.media.say(
        await media_row(),
        "activity",
        {
            "room": f"hearing-{table.id}",
            "seats": {str(mine): said, str(theirs): said},
            "speaker": str(theirs),
        },
    )
    await inside.ask("devices", {"microphone": True, "camera": False})
    assert (await outside.ask("devices", {"microphone": True, "camera": True}))["error"] == "not_admitted"

    await inside.until(lambda: inside.heard("activity"))
    assert inside.heard("activity") == [{"seats": {str(mine): said}, "speaker": None}]
    assert outside.heard("activity") == []


async def test_captions_are_for_those_in_the_hearing_while_they_are_on(web: Process) -> None:
    table = await make_table()
    inside, mine = await seated(web, table, "mediator")
    outside, theirs = await seated(web, table, "consumer")
    assert "captions" not in [name for name, _ in web.media.calls]
    with pytest.raises(Refused, match="captions_off"):
        await captions.turn(table.id, table.mediator, on=True, offered=False, now=web.clock.now())

    for on in (True, False):
        await captions.turn(table.id, table.mediator, on=on, offered=True, now=web.clock.now())
        web.wake.ring()
        wanted = ("captions", {"room": f"hearing-{table.id}", "on": on})
        await inside.until(lambda wanted=wanted: wanted in web.media.calls)  # type: ignore[misc]

    for seat, text in ((theirs, "lá fora"), (mine, "bom dia")):
        words = {"room": f"hearing-{table.id}", "seat": str(seat), "text": text, "final": True}
        await web.media.say(await media_row(), "caption", words)
    await inside.until(lambda: inside.heard("caption"))
    assert inside.heard("caption") == [{"seat": str(mine), "text": "bom dia", "final": True}]
    assert outside.heard("caption") == []


async def test_the_mediator_is_told_how_all_are_connected_and_the_parties_how_they_are(web: Process) -> None:
    table = await make_table()
    mediator, chair = await seated(web, table, "mediator")
    consumer, seat = await seated(web, table, "consumer")
    figures = {str(one): {**SECOND, "rtt_ms": one} for one in (chair, seat)}

    await web.media.say(await media_row(), "figures", {"room": f"hearing-{table.id}", "seats": figures})

    await consumer.until(lambda: consumer.heard("figures"))
    await mediator.until(lambda: mediator.heard("figures"))
    assert mediator.heard("figures") == [{"seats": figures}]
    assert consumer.heard("figures") == [{"seats": {str(seat): figures[str(seat)]}}]
    await web.quality.write()
    written = await SeatQuality.filter(hearing_id=table.id).values_list("seat_id", flat=True)
    assert written == [chair], "who waits outside is not part of the record"


async def test_offers_reach_the_browser_on_their_seat(web: Process) -> None:
    table = await make_table()
    browser, seat = await seated(web, table, "mediator")
    offer = {"room": f"hearing-{table.id}", "seat": str(seat), "version": 2, "sdp": "x"}

    home = await media_row()
    await web.media.say(home, "offer", offer)
    await web.media.say(home, "offer", {**offer, "seat": "999999"})
    await web.media.say(home + 1, "offer", {**offer, "version": 3})

    await browser.until(lambda: browser.heard("offer"))
    assert browser.heard("offer") == [offer]


async def settled(web: Process, browser: Browser) -> None:
    """Sitting down is said twice: when it happens, and for the event of it."""
    await browser.until(lambda: [name for name, _ in web.media.calls].count("join") == 2)
    web.media.calls.clear()
    web.media.at.clear()


async def test_a_dead_media_process_is_replaced_and_browsers_connect_to_the_other(web: Process) -> None:
    table = await make_table()
    browser, seat = await seated(web, table, "mediator")
    await settled(web, browser)
    other = await media_row("other")

    web.media.lives(other)
    await web.media.review()

    assert web.media.called(other) == ["open", "join"]
    assert web.media.standing(seat) == (True, False)
    assert (await table.now()).media_process_id == other
    await browser.until(lambda: browser.heard("media_reset") == [{}])
    await web.media.review()
    assert len(web.media.calls) == 2


async def test_without_any_media_process_the_room_waits_for_one(web: Process) -> None:
    table = await make_table()
    web.media.lives()
    browser, seat = await seated(web, table, "mediator")
    assert (await browser.ask("publish", {"generation": 1, "sdp": "x"}))["error"] == "media_unavailable"

    home = await media_row()
    web.media.lives(home)
    await web.media.review()

    assert web.media.standing(seat) == (True, False)
    assert "error" not in await browser.ask("publish", {"generation": 1, "sdp": "x"})
    assert browser.heard("media_reset") == [], "its browser had not connected anywhere yet"


async def test_a_broken_link_is_told_everything_again_and_browsers_nothing(web: Process) -> None:
    table = await make_table()
    browser, _ = await seated(web, table, "mediator")
    await settled(web, browser)
    home = await media_row()
    await media_row("other")

    web.media.sessions = {}  # it lives, but cannot be called at the moment
    await web.media.review()
    assert (await table.now()).media_process_id == home
    web.media.sessions = {home: 2}
    await web.media.review()

    assert web.media.called(home) == ["open", "join"]
    assert browser.heard("media_reset") == []


async def test_a_room_moved_by_another_web_process_is_followed(web: Process) -> None:
    table = await make_table()
    browser, _ = await seated(web, table, "mediator")
    await settled(web, browser)
    home, other = await media_row(), await media_row("other")
    web.media.lives(home, other)

    await Hearing.filter(id=table.id).update(media_process_id=other)
    await web.media.review()

    assert web.media.called(home) == ["close"]
    assert web.media.called(other) == ["open", "join"]
    await browser.until(lambda: browser.heard("media_reset"))


@pytest.mark.parametrize(
    "message",
    [None, 7, {}, {"hearing": "1"}, {"hearing": -1}, {"hearing": True}, {"hearing": 1, "held": "x"}],
)
async def test_a_malformed_entrance_is_refused(web: Process, message: object) -> None:
    browser = await web.browser((await make_table()).consumer)
    answer = await browser.client.call("enter", message, namespace="/hearings", timeout=5)
    assert answer["error"] == "bad_request"


async def test_strangers_and_internal_names_get_nothing(web: Process) -> None:
    table = await make_table()
    stranger = await web.browser(viewer_of(await make_user()))
    assert (await stranger.ask("enter", {"hearing": table.id}))["error"] == "not_found"
    assert (await stranger.ask("publish", {"generation": 1, "sdp": "x"}))["error"] == "not_admitted"
    assert web.media.calls == []


async def test_who_finds_no_place_in_the_media_stops_nobody_and_is_joined_later(web: Process) -> None:
    table = await make_table()
    inside, _ = await seated(web, table, "mediator")
    web.media.refuse["join"] = "room_full"
    _, late = await seated(web, table, "consumer")
    await captions.turn(table.id, table.mediator, on=True, offered=True, now=web.clock.now())
    web.wake.ring()
    await inside.until(lambda: web.media.calls[-1][0] == "captions")

    del web.media.refuse["join"]
    web.media.calls.clear()
    await web.media.review()
    assert web.media.standing(late) == (False, False)
    web.media.calls.clear()
    await web.media.review()
    assert web.media.calls == []
