"""Every call at the door as a frozen dataclass, checked before anything is done."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin

from hearings.errors import BAD_REQUEST, HearingError
from hearings.sdp import MAX_LENGTH

NAME = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")
MAX_NUMBER = 2**53

Message = TypeVar("Message")


@dataclass(frozen=True, slots=True)
class Open:
    """Make sure the room exists."""

    room: str


@dataclass(frozen=True, slots=True)
class Close:
    """End the room."""

    room: str


@dataclass(frozen=True, slots=True)
class Join:
    """Take a seat, or say anew what holds of it."""

    room: str
    seat: str
    admitted: bool
    muted: bool


@dataclass(frozen=True, slots=True)
class Admit:
    """Let a seat in or send it out."""

    room: str
    seat: str
    admitted: bool


@dataclass(frozen=True, slots=True)
class Mute:
    """Silence a seat at the server."""

    room: str
    seat: str
    muted: bool


@dataclass(frozen=True, slots=True)
class Publish:
    """A browser's offer of its own tracks."""

    room: str
    seat: str
    generation: int
    sdp: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask for an offer of the others' tracks."""

    room: str
    seat: str
    generation: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A browser's answer to the offer of this version."""

    room: str
    seat: str
    generation: int
    version: int
    sdp: str


@dataclass(frozen=True, slots=True)
class Restart:
    """ICE restart. `sdp` is the browser's offer for "publish" and unused for "subscribe"."""

    room: str
    seat: str
    generation: int
    connection: Literal["publish", "subscribe"]
    sdp: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """Give up a seat."""

    room: str
    seat: str


@dataclass(frozen=True, slots=True)
class Stats:
    """Ask for a room's figures."""

    room: str


@dataclass(frozen=True, slots=True)
class Health:
    """Ask how the process does."""


def read(kind: type[Message], payload: object) -> Message:
    """The payload as a message of `kind`; raises HearingError(bad_request) when it is not as declared."""
    if not isinstance(payload, dict):
        raise HearingError(BAD_REQUEST)
    values: dict[str, Any] = {}
    for declared in dataclasses.fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        missing = declared.default is dataclasses.MISSING
        value = payload.get(declared.name, None if missing else declared.default)
        if not _fits(declared.name, declared.type, value):
            raise HearingError(BAD_REQUEST)
        values[declared.name] = value
    return kind(**values)


def _fits(name: str, declared: Any, value: object) -> bool:
    if get_origin(declared) is Literal:
        return value in get_args(declared)
    if declared is int:
        return type(value) is int and 0 <= value < MAX_NUMBER
    if declared is bool:
        return type(value) is bool
    if not isinstance(value, str):
        return False
    return len(value) <= MAX_LENGTH if name == "sdp" else bool(NAME.fullmatch(value))
