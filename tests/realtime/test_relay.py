"""The relay tells each side what it may know, once, in order, and catches up after a gap."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.db import transaction
from app.services import casefile, history
from app.wake import Wake
from models import Case
from models.rules.chain import first_broken
from models.rules.people import Side
from realtime.relay import Relay
from tests.factories.cases import make_case
from tests.factories.people import NOW, make_company

pytestmark = pytest.mark.usefixtures("database")


class Recorder:
    """Stands where the Socket.IO server would, and keeps what was emitted."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, Any]]] = []

    async def emit(self, name: str, message: dict[str, Any], *, room: str, **_: Any) -> None:
        self.sent.append((name, room, message))

    def to(self, room: str, name: str = "event") -> list[dict[str, Any]]:
        return [message for n, r, message in self.sent if (n, r) == (name, room)]


async def note(case: Case, name: str = "note_added", **facts: Any) -> None:
    async with transaction():
        file = await casefile.opened(case.id, None)
        await casefile.record(file, name, now=NOW, facts=facts)


async def test_each_side_counts_whole_and_sees_only_its_own() -> None:
    company = await make_company()
    case = await make_case(company=company, notified_at=NOW)
    sio = Recorder()
    relay = Relay(sio, Wake().subscribe())
    await note(case, "company_notified", due="2026-12-03")
    await note(case, "note_added", text="interno")
    await relay.relay_after(0)
    staff, consumer, firm = (sio.to(f"case:{case.id}:{side}") for side in ("staff", "consumer", "company"))
    assert [m["seq"] for m in staff] == [m["seq"] for m in consumer] == [m["seq"] for m in firm] == [1, 2]
    assert [m["name"] for m in staff] == ["company_notified", "note_added"]
    assert [m["name"] for m in consumer] == [m["name"] for m in firm] == ["company_notified", None]
    assert consumer[1]["facts"] == firm[1]["facts"] == {}
    assert staff[1]["facts"]["text"] == "interno"
    assert staff[0]["text"] == "CIP enviada à empresa"
    assert [m["seq"] for m in sio.to("staff", "changed")] == [1, 2]
    assert [m["seq"] for m in sio.to(f"user:{case.consumer_id}", "changed")] == [1]
    assert [m["seq"] for m in sio.to(f"company:{company.id}", "changed")] == [1]


async def test_it_goes_on_after_its_cursor() -> None:
    case = await make_case()
    sio = Recorder()
    relay = Relay(sio, Wake().subscribe())
    await note(case, "registration_submitted")
    cursor = await relay.relay_after(0)
    await note(case, "triage_started")
    assert cursor < await relay.relay_after(cursor) == await history.newest_id()
    assert [m["seq"] for m in sio.to(f"case:{case.id}:staff")] == [1, 2]


async def test_a_ring_wakes_it_and_a_listener_that_fails_does_not_stop_it() -> None:
    case = await make_case()
    sio, wake = Recorder(), Wake()
    heard = asyncio.Queue[int](10)

    async def listener(happening: history.Happening) -> None:
        heard.put_nowait(happening.seq)
        raise RuntimeError("a listener's own trouble")

    running = asyncio.create_task(Relay(sio, wake.subscribe(), (listener,)).run())
    await asyncio.sleep(0.05)
    for name in ("registration_submitted", "triage_started"):
        await note(case, name)
        wake.ring()
    assert [await asyncio.wait_for(heard.get(), 5) for _ in range(2)] == [1, 2]
    running.cancel()
    await asyncio.wait([running])


async def test_what_a_rolled_back_transaction_recorded_is_never_told() -> None:
    case = await make_case()

    async def fail() -> None:
        async with transaction():
            file = await casefile.opened(case.id, None)
            await casefile.record(file, "registration_submitted", now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    sio = Recorder()
    await Relay(sio, Wake().subscribe()).relay_after(0)
    assert sio.sent == []


async def test_acts_at_once_leave_no_gap_and_a_whole_chain() -> None:
    cases = [await make_case(), await make_case()]
    await asyncio.gather(*(note(cases[n % 2], n=n) for n in range(40)))
    for case in cases:
        rows = await casefile.chain(case.id)
        assert [link.seq for link, _p, _h in rows] == list(range(1, 21))
        assert first_broken(rows) is None
        assert (await Case.get(id=case.id)).version == 20


async def test_ids_follow_the_order_of_commits() -> None:
    """A reader that has seen an id never finds a smaller one later (ADR 0020)."""
    cases = [await make_case() for _ in range(4)]
    seen: list[int] = []
    stop = asyncio.Event()

    async def read() -> None:
        cursor = 0
        while True:
            last_round = stop.is_set()
            for happening in await history.after_id(cursor, 1000):
                cursor = happening.id
                seen.append(cursor)
            if last_round:
                return
            await asyncio.sleep(0)

    reader = asyncio.create_task(read())
    await asyncio.gather(*(note(cases[n % 4], n=n) for n in range(60)))
    stop.set()
    await reader
    assert len(seen) == 60


async def test_history_after_a_number() -> None:
    case = await make_case()
    for _ in range(5):
        await note(case)
    assert [h.seq for h in await history.after_seq(case.id, 3, 10)] == [4, 5]
    assert [h.sides for h in await history.after_seq(case.id, 4, 10)] == [frozenset({Side.STAFF})]
