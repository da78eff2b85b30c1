"""The board's sockets: anybody may listen, there is an end to how many, and nothing is told but a change."""

from __future__ import annotations

from typing import Any

import pytest
from socketio.exceptions import ConnectionRefusedError as Refusal

from app.services.history import Happening
from models.rules.people import Side
from realtime import board
from realtime.board import Board
from tests.factories.people import NOW


class Wire:
    """Writes down what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    async def emit(self, name: str, message: dict[str, Any], **_how: object) -> None:
        """One message to everybody."""
        self.sent.append((name, message))


def _happening(name: str) -> Happening:
    return Happening(
        id=1,
        case_id=7,
        seq=3,
        name=name,
        sides=frozenset({Side.STAFF}),
        facts={"hearing": 9},
        at=NOW,
        consumer_id=1,
        company_id=None,
    )


async def test_a_change_of_a_hearing_is_told_without_a_word_of_it() -> None:
    wire = Wire()
    public = Board(wire)  # type: ignore[arg-type]
    for name in ("hearing_opened", "hearing_moved", "offer_made", "message_said"):
        await public.relayed(_happening(name))
    assert wire.sent == [("changed", {}), ("changed", {})]


async def test_there_is_an_end_to_how_many_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "MOST", 2)
    public = Board(Wire())  # type: ignore[arg-type]
    for sid in ("a", "b"):
        await public.on_connect(sid, {})
    with pytest.raises(Refusal):
        await public.on_connect("c", {})
    await public.on_disconnect("a")
    await public.on_connect("c", {})
