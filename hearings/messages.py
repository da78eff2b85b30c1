"""Every call at the door as a frozen dataclass, checked before anything is done.

A field's type carries its own check: `Annotated[what it is in Python, what a payload must be]`.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from hearings.errors import BAD_REQUEST, HearingError
from hearings.negotiation import MEDIA
from hearings.sdp import MAX_LENGTH

NAME = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")
KEY = re.compile(r"[0-9a-f]{64}")
MAX_NUMBER = 2**53
MAX_SIZES = 64
MAX_HEIGHT = 8192
MAX_PATH = 1024

Message = TypeVar("Message")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(NAME.fullmatch(value))


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < MAX_NUMBER


def _is_rate(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1000  # type: ignore[operator]  # asked just before


def _is_sdp(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_LENGTH


def _is_key(value: object) -> bool:
    return isinstance(value, str) and bool(KEY.fullmatch(value))


def _is_folder(value: object) -> bool:
    if not isinstance(value, str) or not value.isprintable() or len(value) > MAX_PATH:
        return False
    path = PurePosixPath(value)
    return path.is_absolute() and ".." not in path.parts


def _are_sizes(value: object) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= MAX_SIZES
        and all(_is_stream(stream) for stream in value)
        and all(_is_number(height) and height <= MAX_HEIGHT for height in value.values())
    )


def _is_stream(value: object) -> bool:
    if not isinstance(value, str):
        return False
    seat, _, medium = value.rpartition("/")
    return _is_name(seat) and medium in MEDIA


Name = Annotated[str, _is_name]
Flag = Annotated[bool, lambda value: type(value) is bool]
Number = Annotated[int, _is_number]
Rate = Annotated[float, _is_rate]
Sdp = Annotated[str, _is_sdp]
Key = Annotated[str, _is_key]
"""32 bytes in hexadecimal."""
Folder = Annotated[str, _is_folder]
"""An absolute path, as this machine sees it."""
Circle = Annotated[str, lambda value: value == "" or _is_name(value)]
Sizes = Annotated[Mapping[str, int], _are_sizes]
"""By "seat/medium" the height in pixels at which it is shown."""


@dataclass(frozen=True, slots=True)
class Open:
    """Make sure the room exists."""

    room: Name


@dataclass(frozen=True, slots=True)
class Close:
    """End the room."""

    room: Name


@dataclass(frozen=True, slots=True)
class Join:
    """Take a seat, or say anew what holds of it.

    `circle` names the private room that the seat is in, empty for the hearing itself; media passes only
    within a circle. `interpreter`: this person's sound and picture go before the others' on a narrow line.
    """

    room: Name
    seat: Name
    admitted: Flag
    muted: Flag
    circle: Circle = ""
    interpreter: Flag = False


@dataclass(frozen=True, slots=True)
class Admit:
    """Let a seat in or send it out."""

    room: Name
    seat: Name
    admitted: Flag


@dataclass(frozen=True, slots=True)
class Mute:
    """Silence a seat at the server."""

    room: Name
    seat: Name
    muted: Flag


@dataclass(frozen=True, slots=True)
class Publish:
    """A browser's offer of its own tracks."""

    room: Name
    seat: Name
    generation: Number
    sdp: Sdp


@dataclass(frozen=True, slots=True)
class Play:
    """Let a seat's picture and sound come from the clip of a file; `speaks`: somebody who speaks."""

    room: Name
    seat: Name
    clip: Folder
    speaks: Flag


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask for an offer of the others' tracks."""

    room: Name
    seat: Name
    generation: Number


@dataclass(frozen=True, slots=True)
class Answer:
    """A browser's answer to the offer of this version."""

    room: Name
    seat: Name
    generation: Number
    version: Number
    sdp: Sdp


@dataclass(frozen=True, slots=True)
class Restart:
    """ICE restart. `sdp` is the browser's offer for "publish" and unused for "subscribe"."""

    room: Name
    seat: Name
    generation: Number
    connection: Literal["publish", "subscribe"]
    sdp: Sdp = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """Give up a seat."""

    room: Name
    seat: Name


@dataclass(frozen=True, slots=True)
class View:
    """How large a seat's page shows the others: pixels of height by "seat/medium", 0 for hidden.

    A stream that is not named is shown as large as can be.
    """

    room: Name
    seat: Name
    sizes: Sizes


@dataclass(frozen=True, slots=True)
class Report:
    """What a seat's browser says of the pictures it shows.

    `freezes` and `freeze_ms` count since the page entered, all pictures together; `fps` is the mean of the
    pictures shown now, in frames per second; `concealed_ms` is the sound that was made up, as the freezes.
    """

    room: Name
    seat: Name
    freezes: Number
    freeze_ms: Number
    fps: Rate
    concealed_ms: Number = 0


@dataclass(frozen=True, slots=True)
class Record:
    """Record the room into `folder`, encrypted under `key`. The same recording again changes nothing.

    `paused` begins with a pause: a room that was paused elsewhere goes on so, and not one packet is recorded
    in between.
    """

    room: Name
    recording: Name
    folder: Folder
    key: Key
    paused: Flag = False


@dataclass(frozen=True, slots=True)
class RecordPause:
    """Record nothing for a while, or go on."""

    room: Name
    paused: Flag


@dataclass(frozen=True, slots=True)
class RecordStop:
    """End the room's recording."""

    room: Name


@dataclass(frozen=True, slots=True)
class Captions:
    """Make what is said in the room into text, or no more."""

    room: Name
    on: Flag


@dataclass(frozen=True, slots=True)
class Stats:
    """Ask for a room's figures."""

    room: Name


@dataclass(frozen=True, slots=True)
class Health:
    """Ask how the process does."""


KINDS: dict[str, type[Any]] = {
    "open": Open,
    "close": Close,
    "join": Join,
    "admit": Admit,
    "mute": Mute,
    "publish": Publish,
    "play": Play,
    "subscribe": Subscribe,
    "answer": Answer,
    "restart": Restart,
    "view": View,
    "report": Report,
    "record": Record,
    "record_pause": RecordPause,
    "record_stop": RecordStop,
    "captions": Captions,
    "leave": Leave,
    "stats": Stats,
    "health": Health,
}
"""Every call by its name."""


def read(kind: type[Message], payload: object) -> Message:
    """The payload as a message of `kind`; raises HearingError(bad_request) when it is not as declared."""
    if not isinstance(payload, dict):
        raise HearingError(BAD_REQUEST)
    values: dict[str, Any] = {}
    for declared in dataclasses.fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        missing = declared.default is dataclasses.MISSING
        value = payload.get(declared.name, None if missing else declared.default)
        if not _check(declared.type)(value):
            raise HearingError(BAD_REQUEST)
        values[declared.name] = value
    return kind(**values)


def _check(declared: Any) -> Callable[[object], bool]:
    """The check that a field's type carries."""
    if get_origin(declared) is Literal:
        choices = get_args(declared)
        return lambda value: isinstance(value, str) and value in choices
    check: Callable[[object], bool] = get_args(declared)[1]
    return check
