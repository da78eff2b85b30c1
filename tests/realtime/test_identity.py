"""Sockets end with the session behind them, and with the power by which they listened to cases."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.adapters.clock import FakeClock
from app.services import sessions
from models import Representation
from realtime.identity import LISTENING, Guard, Identity
from tests.factories.people import NOW, make_agent, make_company

pytestmark = pytest.mark.usefixtures("database")
ROOMS = "/hearings"


class _Server:
    """As much of a Socket.IO server as the guard asks: one socket in each namespace."""

    def __init__(self, who: Identity) -> None:
        self.who = who
        self.ended: list[str] = []
        self.manager = SimpleNamespace(get_participants=lambda _namespace, _room: [("a", "eio")])

    async def get_session(self, _sid: str, _namespace: str) -> Identity:
        """Who was let in."""
        return self.who

    async def disconnect(self, _sid: str, namespace: str) -> None:
        """Write down whose line is closed."""
        self.ended.append(namespace)


async def test_a_socket_ends_with_its_session_and_stops_listening_when_a_power_ends() -> None:
    agent = await make_agent(await make_company())
    token = await sessions.start(agent.id, now=NOW, address="", device="")
    viewer = await sessions.viewer_of(token, NOW)
    assert viewer is not None
    server = _Server(Identity(token, viewer))
    guard = Guard(server, FakeClock(NOW), (LISTENING, ROOMS))
    await guard.look()
    assert server.ended == []
    await Representation.filter(user_id=agent.id).update(ended_at=NOW)
    await guard.look()
    assert server.ended == [LISTENING], "each act in a hearing's room asks for itself"
    await sessions.end(token)
    await guard.look()
    assert server.ended == [LISTENING, LISTENING, ROOMS]
