"""Every message of the ``/hearings`` namespace, as a type; docs/hearing-protocol.md tells them to readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_NUMBER = 2**31
MOST_WORD = 32
MEDIA_CALLS: Mapping[str, tuple[str, ...]] = {
    "publish": ("generation", "sdp"),
    "subscribe": ("generation",),
    "answer": ("generation", "version", "sdp"),
    "restart": ("generation", "connection", "sdp"),
    "view": ("sizes",),
    "report": ("freezes", "freeze_ms", "fps", "concealed_ms"),
}
"""What a browser may ask of the media process for its own seat: the calls and their fields."""


class Unreadable(Exception):
    """A message that is not as the protocol says."""


@dataclass(frozen=True)
class Enter:
    """Sit down. ``held`` is the generation this browser had; ``take_over`` unseats another device.

    ``accepts`` is the version of the house rules that the person accepts by entering, empty for none.
    """

    hearing: int
    held: int | None
    take_over: bool
    accepts: str


@dataclass(frozen=True)
class Devices:
    """Whether a person's own microphone and camera are on."""

    microphone: bool
    camera: bool


@dataclass(frozen=True)
class Point:
    """A place on the open page, in fractions of its width and height; ``shown``: somebody points there."""

    x: float
    y: float
    shown: bool


@dataclass(frozen=True)
class Entered:
    """Answer to ``enter``: the seat that is ours now. ``media`` is the first generation for media calls."""

    seat: int
    generation: int
    media: int
    admitted: bool
    ice_servers: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Refusal:
    """Answer to a message that could not be carried out; ``device``: who holds the seat."""

    error: str
    device: str = ""


def read_enter(message: object) -> Enter:
    """The message, checked; raises Unreadable."""
    fields = _mapping(message)
    held = fields.get("held")
    return Enter(
        hearing=_number(fields.get("hearing")),
        held=None if held is None else _number(held),
        take_over=fields.get("take_over") is True,
        accepts=_word(fields.get("accepts", "")),
    )


def read_devices(message: object) -> Devices:
    """The message, checked; raises Unreadable."""
    fields = _mapping(message)
    return Devices(fields.get("microphone") is True, fields.get("camera") is True)


def read_point(message: object) -> Point:
    """The message, checked; raises Unreadable."""
    fields = _mapping(message)
    return Point(_fraction(fields.get("x")), _fraction(fields.get("y")), fields.get("shown") is True)


def read_media(call: str, message: object) -> dict[str, Any]:
    """The fields of a media call, no others; the media process checks their values."""
    fields = _mapping(message)
    return {name: fields[name] for name in MEDIA_CALLS[call] if name in fields}


def read_echo(message: object) -> tuple[str, dict[str, Any]]:
    """A media call of a network test and its fields; raises Unreadable."""
    call = _mapping(message).get("call")
    if not isinstance(call, str) or call not in MEDIA_CALLS:
        raise Unreadable
    return call, read_media(call, message)


def _mapping(message: object) -> Mapping[str, Any]:
    if not isinstance(message, dict):
        raise Unreadable
    return message


def _word(value: object) -> str:
    if not isinstance(value, str) or len(value) > MOST_WORD:
        raise Unreadable
    return value


def _fraction(value: object) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:  # type: ignore[operator]
        raise Unreadable
    return round(float(value), 4)  # type: ignore[arg-type]


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < MOST_NUMBER:
        raise Unreadable
    return value
