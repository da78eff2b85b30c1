"""Events and silence lead to tasks, in whatever process they are heard; figures reach who may watch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.services import alerts, seats
from app.services.history import Happening
from app.wake import Wake
from models import Alert
from models.rules.alerts import SILENT_SECONDS, SOUND_SECONDS, AlertKind, Resolution
from models.rules.people import Role, Side, Viewer
from realtime.alerts import Alerts
from realtime.centre import Centre
from realtime.hearings import Hearings
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW, make_user, viewer_of
from tests.realtime.rooms import SECOND, FixedClock, Process, web_process

pytestmark = pytest.mark.usefixtures("database")

SOUNDLESS: dict[str, Any] = {**SECOND, "voice": "no_packets"}


@pytest.fixture
async def table(database: str) -> Table:
    """A hearing in session."""
    return await (await make_table()).in_session()


def happened(name: str, table: Table, seat: int) -> Happening:
    """An event of the hearing, as the relay tells it."""
    facts = {"hearing": table.id, "seat": seat}
    sides = frozenset({Side.STAFF})
    return Happening(1, table.case.id, 1, name, sides, facts, NOW, table.consumer.user_id, None)


async def open_kinds() -> list[AlertKind]:
    """What is open."""
    return [AlertKind(kind) for kind in await Alert.filter(resolved_at=None).values_list("kind", flat=True)]


async def test_an_event_is_looked_at_in_every_process_and_raises_one_task(table: Table) -> None:
    seat = await table.seat(table.consumer)
    here, there = Alerts(FixedClock(), Wake()), Alerts(FixedClock(), Wake())
    await seats.leave(seat.id, seat.generation, now=NOW)
    for process in (here, there):
        await process.relayed(happened("seat_left", table, seat.id))
    assert await open_kinds() == [AlertKind.DISCONNECTED]
    await table.come(table.consumer)
    await there.relayed(happened("seat_entered", table, seat.id))
    assert await open_kinds() == []


async def test_what_is_said_and_written_is_not_looked_at(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> bool:
        raise AssertionError

    monkeypatch.setattr(alerts, "review", never)
    process = Alerts(FixedClock(), Wake())
    for name in ("message_said", "minutes_changed", "alert_raised", "help_said", "note_added"):
        await process.relayed(happened(name, table, 1))


async def test_silence_is_a_task_that_outlives_the_process(table: Table) -> None:
    seat = (await table.seat(table.agent)).id
    before = Alerts(FixedClock(), Wake())
    for _ in range(SILENT_SECONDS):
        assert await open_kinds() == []
        await before.heard(seat, SOUNDLESS)
    assert await open_kinds() == [AlertKind.MEDIA_BLOCKED]

    after = Alerts(FixedClock(), Wake())  # a process that knows nothing
    for _ in range(SOUND_SECONDS):
        await after.heard(seat, SECOND)
    assert await open_kinds() == []
    assert (await Alert.get()).resolution is Resolution.CLEARED


@pytest.fixture
async def web(database: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A web process."""
    async with web_process(tmp_path) as process:
        yield process


async def test_figures_go_to_who_watches_and_say_nothing_of_private_voices(
    web: Process, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, dict[str, Any]]] = []

    async def watched(hearing: int, seats: Any) -> None:
        told.append((hearing, dict(seats)))

    monkeypatch.setattr(web.hearings._news, "watched", watched)
    ana = await web.browser(table.consumer)
    await ana.ask("enter", {"hearing": table.id, "take_over": True})
    await web.hearings.conductor.arrange(table.id)
    here, other = str((await table.seat(table.consumer)).id), str((await table.seat(table.agent)).id)
    process = next(iter(web.media.alive))
    figures = {"room": f"hearing-{table.id}", "seats": {here: SECOND, other: SECOND}}
    await web.media.say(process, "figures", figures)
    # The other's socket is not here: another process speaks for them, so nobody is told twice.
    assert told == [(table.id, {here: SECOND})]
    assert isinstance(web.hearings, Hearings)


@pytest.mark.parametrize(
    ("role", "own", "allowed"),
    [
        (Role.ATTENDANT, False, True),
        (Role.COORDINATOR, False, True),
        (Role.AUDITOR, False, True),
        (Role.MEDIATOR, False, False),
        (Role.MEDIATOR, True, True),
        (Role.LEGAL, False, None),
        (Role.CONSUMER, False, None),
    ],
)
async def test_who_may_watch(table: Table, role: Role, own: bool, allowed: bool | None) -> None:
    viewer = table.mediator if own else viewer_of(await make_user(role))
    centre, rooms = _Unconnected(viewer), set[str]()
    centre.joined = rooms
    answer = await centre.on_watch("sid", {"hearings": [table.id, "x", -1, True]})
    if allowed is None:
        assert answer == {"error": "not_for_role"}
    else:
        assert answer == {"hearings": [table.id] if allowed else []}
    assert rooms == ({f"watched:{table.id}"} if allowed else set())


class _Unconnected(Centre):
    """The namespace without a server: its sessions and rooms are what a test gives it."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(FixedClock(), secure=False)
        self.viewer = viewer
        self.joined: set[str] = set()

    async def get_session(self, sid: str, namespace: str | None = None) -> Any:
        """Who it is."""
        return type("Who", (), {"viewer": self.viewer})

    def rooms(self, sid: str, namespace: str | None = None) -> list[str]:
        """What they joined."""
        return sorted(self.joined)

    async def enter_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        """Join."""
        self.joined.add(room)

    async def leave_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        """Leave."""
        self.joined.discard(room)
