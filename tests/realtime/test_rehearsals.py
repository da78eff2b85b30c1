"""Rehearsals over their sockets: the script told to the media process, and every way in which one ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import socketio
from hypercorn.asyncio import serve
from hypercorn.config import Config

from app.adapters.cards import Card, CardsUnavailable
from app.services import sessions
from app.services.rehearsals import Rehearsals, Run
from app.tasks import Tasks
from models.rules.people import Viewer
from models.rules.rehearsal import Result, Step
from realtime.rehearsals import NAMESPACE, RehearsalRooms
from tests.factories.people import NOW, make_user, viewer_of
from tests.realtime.rooms import FixedClock, WrittenMedia
from tests.servers import free_port

pytestmark = [pytest.mark.usefixtures("database"), pytest.mark.timeout(60)]


class ReadyCards:
    """Gives a path for each card, or fails."""

    def __init__(self) -> None:
        self.fails = False

    async def clip(self, card: Card) -> Path:
        """See Cards.clip."""
        if self.fails:
            raise CardsUnavailable("no font")
        return Path("/clips") / f"{card.name}.clip"


@dataclass
class House:
    """The namespace on a free port, its media and clock, and the pages that were opened."""

    url: str
    media: WrittenMedia
    clock: FixedClock
    cards: ReadyCards
    known: Rehearsals
    owner: asyncio.Task[Any]
    pages: list[socketio.AsyncClient] = field(default_factory=list)

    async def page(self, viewer: Viewer) -> Page:
        """A signed-in person's page."""
        token = await sessions.start(viewer.user_id, now=NOW, address="", device="")
        client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        page = Page(client)

        async def keep(name: str, message: Any = None) -> None:
            page.told.append((name, message))

        client.on("*", keep, namespace=NAMESPACE)
        cookie = {"Cookie": f"{sessions.cookie_name(False)}={token}"}
        await client.connect(self.url, headers=cookie, transports=["websocket"], namespaces=[NAMESPACE])
        self.pages.append(client)
        return page

    async def reaches(self, run: Run, step: Step, seconds: float) -> None:
        """Time passes until the script is there."""
        self.clock.at += timedelta(seconds=seconds)
        run.news.ring()
        await until(lambda: run.state.step is step)

    def joined(self, seat: int) -> dict[str, Any]:
        """What the media process was told last of a seat."""
        told = [f for name, f in self.media.calls if name == "join" and f["seat"] == str(seat)]
        return told[-1] if told else {}

    async def said(self, room: str, **seats: dict[str, Any]) -> None:
        """The media process tells who is heard and seen; seats are s1, s2, s3."""
        named = {name[1:]: said for name, said in seats.items()}
        process = next(iter(self.media.sessions))
        await self.media.say(process, "activity", {"room": room, "seats": named, "speaker": None})


@dataclass
class Page:
    """A client and what it was told."""

    client: socketio.AsyncClient
    told: list[tuple[str, Any]] = field(default_factory=list)

    async def ask(self, name: str, message: Any = None) -> dict[str, Any]:
        """Send and wait for the answer."""
        answer = await self.client.call(name, message or {}, namespace=NAMESPACE, timeout=5)
        assert isinstance(answer, dict)
        return answer

    def heard(self, name: str) -> list[Any]:
        """What was told under a name."""
        return [message for known, message in self.told if known == name]


async def until(ready: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(5):
        while not ready():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    """One house with room for one rehearsal."""
    sio = socketio.AsyncServer(async_mode="asgi", transports=["websocket"])
    clock, media, cards, known, tasks = FixedClock(), WrittenMedia(), ReadyCards(), Rehearsals(1), Tasks()
    media.lives(7)
    rooms = RehearsalRooms(media, known, cards, clock, secure=False)
    sio.register_namespace(rooms)
    config, ended, port = Config(), asyncio.Event(), free_port()
    config.bind, config.errorlog = [f"127.0.0.1:{port}"], None
    app = socketio.ASGIApp(sio)
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=ended.wait))  # type: ignore[arg-type]
    owner = tasks.spawn(rooms.run(), name="rehearsals")
    house = House(f"http://127.0.0.1:{port}", media, clock, cards, known, owner)
    async with asyncio.timeout(5):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            await writer.wait_closed()
            break
    yield house
    for client in house.pages:
        await client.disconnect()
    await tasks.close()
    ended.set()
    await serving


async def begun(house: House) -> tuple[Viewer, Page, Run, str]:
    """Somebody who has entered: their page, their rehearsal, its room."""
    ana = viewer_of(await make_user())
    page = await house.page(ana)
    answer = await page.ask("enter")
    assert (answer["seat"], answer["admitted"], answer["media"]) == (1, False, 10_000)
    run = house.known.of(ana)
    assert run is not None
    await until(lambda: house.joined(1))
    return ana, page, run, house.joined(1)["room"]


async def test_the_script_is_followed_in_the_room(house: House) -> None:
    ana, page, run, room = await begun(house)
    played = {f["seat"]: f["clip"] for name, f in house.media.calls if name == "play"}
    assert played == {"2": "/clips/Conciliador de ensaio.clip", "3": "/clips/Empresa de ensaio.clip"}
    assert not house.joined(1)["admitted"]
    assert await page.ask("publish", {"generation": 1, "sdp": "x"}) == {"error": "not_admitted", "device": ""}
    await house.reaches(run, Step.VOICE, 8)
    await until(lambda: house.joined(1)["admitted"])
    assert await page.ask("publish", {"generation": 1, "sdp": "x"}) == {"sdp": "answer to x"}
    assert next(f for n, f in house.media.calls if n == "publish")["seat"] == "1"
    await until(lambda: [f["speaks"] for n, f in house.media.calls if n == "play" and f["seat"] == "2"][-1])
    await until(lambda: page.heard("rehearsal") and "Diga o seu nome" in page.heard("rehearsal")[-1]["line"])
    everybody = {"s1": {"voice": "speaking", "video": True}, "s2": {}, "s3": {}}
    await house.said(room, **everybody)
    await until(lambda: page.heard("activity"))
    assert set(page.heard("activity")[-1]["seats"]) == {"1", "2", "3"}
    run.news.ring()
    await until(lambda: run.state.results.get(Step.VOICE) is Result.DONE)
    await house.reaches(run, Step.MICROPHONE, 10)
    for on in (False, True):
        await page.ask("devices", {"microphone": on, "camera": True})
    assert run.state.results[Step.MICROPHONE] is Result.DONE
    await house.reaches(run, Step.CAMERA, 5)
    for on in (False, True):
        await house.said(room, s1={"voice": "silent", "video": on})
        run.news.ring()
        await until(lambda: run.state.met == (2 if on else 1))  # noqa: B023  waited for at once
    await house.reaches(run, Step.HAND, 5)
    await house.reaches(run, Step.DOCUMENT, 30)
    await house.reaches(run, Step.CALL, 15)
    house.known.answer(ana, accepts=True, now=house.clock.at)
    await until(lambda: house.joined(1)["circle"] and house.joined(2)["circle"])
    assert house.joined(1)["circle"] == house.joined(2)["circle"] != house.joined(3)["circle"] == ""
    await house.said(room, **everybody)
    await until(lambda: set(page.heard("activity")[-1]["seats"]) == {"1", "2"})
    await house.reaches(run, Step.FAREWELL, 15)
    await until(lambda: not house.joined(1)["circle"])
    await house.reaches(run, Step.OVER, 12)
    await until(lambda: ("close", {"room": room}) in house.media.calls)
    assert run.state.results[Step.HAND] is Result.MISSED
    assert not run.broken


async def test_who_leaves_ends_it_and_makes_room_for_another(house: House) -> None:
    _, page, run, room = await begun(house)
    other = await house.page(viewer_of(await make_user()))
    assert (await other.ask("enter"))["error"] == "rehearsals_full"
    await page.ask("leave")
    await until(lambda: ("close", {"room": room}) in house.media.calls)
    assert run.state.over
    assert (await other.ask("enter"))["seat"] == 1


async def test_a_page_that_is_reloaded_comes_back_and_one_that_is_gone_does_not(house: House) -> None:
    ana, page, run, _ = await begun(house)
    await house.reaches(run, Step.VOICE, 8)
    await page.client.disconnect()
    await until(lambda: run.away_since)
    again = await house.page(ana)
    answer = await again.ask("enter")
    assert (answer["admitted"], answer["generation"]) == (True, 2)
    assert run.state.step is Step.VOICE
    await again.client.disconnect()
    await until(lambda: run.away_since)
    await house.reaches(run, Step.OVER, 21)


async def test_another_page_of_the_same_person_takes_it_over(house: House) -> None:
    ana, first, run, _ = await begun(house)
    await house.reaches(run, Step.VOICE, 8)
    second = await house.page(ana)
    await second.ask("enter")
    await until(lambda: first.heard("taken_over"))
    assert await first.ask("heartbeat") == {"held": False}
    assert await second.ask("heartbeat") == {"held": True}
    assert (await first.ask("publish", {"generation": 1, "sdp": "x"}))["error"] == "not_admitted"
    await first.client.disconnect()
    assert run.away_since is None


@pytest.mark.parametrize("fault", ["cards", "refused", "gone at once", "gone later"])
async def test_without_media_it_ends_and_says_so(house: House, fault: str) -> None:
    ana = viewer_of(await make_user())
    page = await house.page(ana)
    house.cards.fails = fault == "cards"
    if fault == "refused":
        house.media.refuse["play"] = "clip_unreadable"
    elif fault == "gone at once":
        house.media.lives()
    await page.ask("enter")
    run = house.known.of(ana)
    assert run is not None
    if fault == "gone later":
        await until(lambda: house.joined(1))
        house.media.lives()
        run.news.ring()
    await until(lambda: run.state.over)
    assert run.broken
    await until(lambda: page.heard("rehearsal"))
    assert (await page.ask("heartbeat")) == {"held": False}


async def test_the_end_of_the_server_closes_the_rooms(house: House) -> None:
    _, _, run, room = await begun(house)
    house.owner.cancel()
    await until(lambda: ("close", {"room": room}) in house.media.calls)
    assert run.state.over


async def test_nobody_else_reaches_it(house: House) -> None:
    _, page, run, room = await begun(house)
    await house.reaches(run, Step.VOICE, 8)
    stranger = await house.page(viewer_of(await make_user()))
    assert (await stranger.ask("subscribe", {"generation": 1}))["error"] == "not_admitted"
    assert (await stranger.ask("leave")) == {}
    await house.said("rehearsal-other-1", s1={"voice": "speaking"})
    await house.said(room, s1={"voice": "silent"})
    await until(lambda: page.heard("activity"))
    assert stranger.told == []
    assert not run.state.over
