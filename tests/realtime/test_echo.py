"""The network test: two seats of one page's own room, bounded in time and number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from realtime.echo import LIFE, MOST, MOST_AN_HOUR, Busy, Echoes
from realtime.media_link import MediaRefused, MediaUnavailable
from tests.factories.people import NOW
from tests.realtime.rooms import WrittenMedia


class Told:
    """What browsers were told."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []

    async def __call__(self, sid: str, name: str, payload: dict[str, Any]) -> None:
        """Write it down."""
        self.messages.append((sid, name))


@pytest.fixture
def media() -> WrittenMedia:
    """A media process that writes down what it is asked."""
    media = WrittenMedia()
    media.lives(7)
    return media


async def test_what_is_sent_and_what_comes_back_are_two_seats_of_one_room(media: WrittenMedia) -> None:
    echoes = Echoes(media, Told(), "a1")
    await echoes.begin("sid", 1, now=NOW)
    await echoes.call("sid", "publish", {"generation": 1, "sdp": "v=0"})
    await echoes.call("sid", "subscribe", {"generation": 2})
    await echoes.call("sid", "restart", {"generation": 1, "connection": "publish", "sdp": "v=0"})
    await echoes.end("sid")
    assert [(name, fields.get("seat")) for name, fields in media.calls] == [
        ("open", None),
        ("join", "out"),
        ("join", "back"),
        ("publish", "out"),
        ("subscribe", "back"),
        ("restart", "out"),
        ("close", None),
    ]
    assert {fields["room"] for _, fields in media.calls} == {"echo-a1-1"}
    with pytest.raises(MediaRefused):
        await echoes.call("sid", "subscribe", {"generation": 3})


async def test_only_the_page_of_a_room_hears_of_it(media: WrittenMedia) -> None:
    told = Told()
    echoes = Echoes(media, told, "a1")
    await echoes.begin("one", 1, now=NOW)
    await echoes.begin("two", 2, now=NOW)
    assert await echoes.heard(7, "offer", {"room": "echo-a1-2"})
    assert await echoes.heard(7, "figures", {"room": "echo-a1-2"})
    assert await echoes.heard(8, "offer", {"room": "echo-a1-1"}), "another process knows nothing of it"
    assert not await echoes.heard(7, "offer", {"room": "hearing-2"})
    assert told.messages == [("two", "echo_offer")]


async def test_a_room_lives_a_minute(media: WrittenMedia) -> None:
    echoes = Echoes(media, Told(), "a1")
    await echoes.begin("sid", 1, now=NOW)
    await echoes.sweep(NOW + LIFE)
    assert "close" not in media.called(7)
    await echoes.sweep(NOW + LIFE + timedelta(seconds=1))
    assert media.called(7)[-1] == "close"


async def test_rooms_and_tries_are_bounded(media: WrittenMedia) -> None:
    echoes = Echoes(media, Told(), "a1")
    await echoes.begin("first", 1, now=NOW)
    with pytest.raises(Busy):
        await echoes.begin("second tab", 1, now=NOW)
    for number in range(2, MOST + 1):
        await echoes.begin(f"other {number}", number, now=NOW)
    with pytest.raises(Busy):
        await echoes.begin("one too many", 99, now=NOW)
    for _ in range(MOST_AN_HOUR - 1):
        await echoes.begin("first", 1, now=NOW)
    with pytest.raises(Busy):
        await echoes.begin("first", 1, now=NOW)
    await echoes.begin("first", 1, now=NOW + timedelta(hours=1, seconds=1))


async def test_without_a_media_process_there_is_no_test(media: WrittenMedia) -> None:
    media.lives()
    with pytest.raises(MediaUnavailable):
        await Echoes(media, Told(), "a1").begin("sid", 1, now=NOW)
