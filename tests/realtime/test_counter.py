"""The counter's sockets: told of a change once, only while somebody listens, and only to the agency."""

from __future__ import annotations

from typing import Any

import pytest
from socketio.exceptions import ConnectionRefusedError as Refusal

from app.adapters.clock import FakeClock
from app.services import tickets
from models.rules.people import Role, Viewer
from models.rules.tickets import Line
from realtime import counter
from realtime.counter import Counter
from realtime.identity import Identity
from tests.factories.people import NOW
from tests.services.parties import TODAY, ZONE

pytestmark = pytest.mark.usefixtures("database")


class Wire:
    """Writes down what was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def emit(self, name: str, message: dict[str, Any], **_how: object) -> None:
        """One message to everybody."""
        self.sent.append(name)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> tuple[Counter, Wire]:
    """The namespace, whose cookies say the role."""

    async def identified(environ: dict[str, Any], now: object, *, secure: bool) -> Identity:
        return Identity("t", Viewer(1, environ["role"], "Marina", "m@procon.example"))

    async def kept(sid: str, session: object) -> None:
        """Sessions belong to a running server."""

    wire = Wire()
    made = Counter(wire, FakeClock(NOW), ZONE, secure=False)  # type: ignore[arg-type]
    monkeypatch.setattr(counter, "identify", identified)
    monkeypatch.setattr(made, "save_session", kept)
    return made, wire


async def test_each_change_is_told_once_while_somebody_listens(desk: tuple[Counter, Wire]) -> None:
    made, wire = desk
    await tickets.issue(Line.NORMAL, today=TODAY, now=NOW)
    await made.look()
    await made.on_connect("a", {"role": Role.ATTENDANT})
    for _round in range(2):
        await made.look()
    assert wire.sent == [], "who comes fetches the page anyway"
    await tickets.issue(Line.PRIORITY, today=TODAY, now=NOW)
    for _round in range(2):
        await made.look()
    assert wire.sent == ["changed"]
    await made.on_disconnect("a")
    await tickets.issue(Line.PRIORITY, today=TODAY, now=NOW)
    await made.look()
    assert wire.sent == ["changed"]


async def test_only_the_agency_listens(desk: tuple[Counter, Wire]) -> None:
    for role in (Role.CONSUMER, Role.COMPANY, Role.GUEST):
        with pytest.raises(Refusal, match="not_for_role"):
            await desk[0].on_connect("a", {"role": role})
