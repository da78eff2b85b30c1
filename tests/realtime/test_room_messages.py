"""What a browser may send, asked of a web process in every state of hearing and person."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from models import Consultation, Hearing, Seat
from models.rules.consultation import ConsultationState
from models.rules.hearing import HearingState, SeatRole, SeatState
from models.rules.room_messages import ANYBODY, permitted
from tests.factories.hearings import Table, make_table
from tests.factories.people import NOW
from tests.realtime.rooms import Process, web_process

pytestmark = pytest.mark.usefixtures("database")

SITTING = (SeatState.AVAILABLE, SeatState.IN_HEARING, SeatState.IN_CONSULTATION)
SENT: dict[str, dict[str, Any]] = {
    "ice": {},
    "devices": {"microphone": True, "camera": True},
    "publish": {"generation": 1, "sdp": "offer"},
    "subscribe": {"generation": 1},
    "answer": {"generation": 1, "version": 1, "sdp": "answer"},
    "restart": {"generation": 1, "connection": "publish", "sdp": "offer"},
    "view": {"sizes": {}},
    "report": {"freezes": 0},
    "point": {"x": 0.5, "y": 0.5, "shown": True},
}
"""Everything but ``enter`` and what anybody may send."""


@pytest.fixture
async def web(database: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A web process."""
    async with web_process(tmp_path) as process:
        yield process


async def put(table: Table, state: HearingState, seat: SeatState) -> None:
    """The table as it would be, without the acts that led there."""
    await Hearing.filter(id=table.id).update(state=state)
    private = None
    if seat is SeatState.IN_CONSULTATION:
        private = await Consultation.create(
            hearing_id=table.id,
            state=ConsultationState.OPEN,
            opened_by_id=table.mediator.user_id,
            invited_at=NOW,
        )
    mine = Seat.filter(hearing_id=table.id, user_id=table.consumer.user_id)
    await mine.update(
        admitted=seat is not SeatState.AVAILABLE, consultation_id=private.id if private else None
    )


@pytest.mark.parametrize(("state", "seat"), list(itertools.product(HearingState, SITTING)))
async def test_the_server_takes_what_the_rule_says(
    web: Process, state: HearingState, seat: SeatState
) -> None:
    table = await make_table()
    browser = await web.browser(table.consumer)
    await browser.ask("enter", {"hearing": table.id})
    await put(table, state, seat)
    await web.hearings.conductor.arrange(table.id)

    taken = {name for name, sent in SENT.items() if (await browser.ask(name, sent)).get("error") is None}

    assert taken == permitted(state, seat, SeatRole.CONSUMER) - ANYBODY - {"enter"}


async def test_without_a_seat_only_the_network_test_is_open(web: Process) -> None:
    table = await make_table()
    browser = await web.browser(table.consumer)
    for name, sent in SENT.items():
        assert (await browser.ask(name, sent)).get("error") == "not_admitted", name
    assert "error" not in await browser.ask("echo")
    assert await browser.ask("heartbeat") == {"held": False}
    assert await browser.ask("leave") == {}
