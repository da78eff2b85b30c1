"""Every message of the ``/cases`` namespace, as a type; docs/events.md describes them for readers.

Browsers send ``follow``; the server answers it with Caught or Resync, and sends ``event`` and
``changed``. A message carries facts and numbers, never HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """One event of a followed case. An event that this side may not see has no name and no facts."""

    case: int
    seq: int
    name: str | None
    text: str
    facts: Mapping[str, Any]
    at: str


@dataclass(frozen=True)
class Changed:
    """A case in one of the person's lists has changed."""

    case: int
    seq: int


@dataclass(frozen=True)
class Caught:
    """Answer to ``follow``: everything after ``since``, up to ``seq``; later ones follow as ``event``."""

    events: tuple[Event, ...]
    seq: int


@dataclass(frozen=True)
class Resync:
    """Answer to ``follow`` when too much was missed: load the page again; ``seq`` is the newest."""

    seq: int
    resync: bool = True


@dataclass(frozen=True)
class Failed:
    """Answer to a message that could not be carried out."""

    error: str


Message = Event | Changed | Caught | Resync | Failed


def wire(message: Message) -> dict[str, Any]:
    """The JSON shape of a message."""
    return asdict(message)
