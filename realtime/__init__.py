"""The live door: sockets that tell open pages what happened, and carry a hearing's signalling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import socketio

from app.parts import Parts
from realtime.cases import Cases
from realtime.hearings import Hearings
from realtime.identity import Guard
from realtime.media_switch import MediaSwitch
from realtime.relay import Relay


@dataclass(frozen=True)
class Realtime:
    """What runs behind the sockets; the factory starts each ``run`` as a task."""

    relay: Relay
    guard: Guard
    hearings: Hearings
    media: MediaSwitch


def register(
    sio: socketio.AsyncServer, parts: Parts, *, media_secret: str, device_label: Callable[[str], str]
) -> Realtime:
    """Give ``sio`` its namespaces and make what runs behind them."""
    media = MediaSwitch(media_secret)
    cases = Cases(parts.clock, secure=parts.secure)
    hearings = Hearings(
        media,
        parts.clock,
        parts.wake,
        secure=parts.secure,
        opens_minutes=parts.profile.hearing.sign_in_opens_minutes,
        device_label=device_label,
    )
    for namespace in (cases, hearings):
        sio.register_namespace(namespace)
    return Realtime(
        relay=Relay(sio, parts.wake.subscribe(), (hearings.relayed,)),
        guard=Guard(sio, parts.clock, (cases.namespace, hearings.namespace)),
        hearings=hearings,
        media=media,
    )
