"""What of a media process's events is told to whom: voices stay among those who may hear them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def without_voices(
    figures: Mapping[str, Mapping[str, Any]], flowing: Mapping[int, str], seat: int | None = None
) -> dict[str, Mapping[str, Any]]:
    """The figures, but not whether somebody speaks in a private room in which ``seat`` is not.

    None is somebody who is not in the hearing at all.
    """
    mine = "" if seat is None else flowing.get(seat, "")
    private = {str(other) for other, circle in flowing.items() if circle and circle != mine}
    return {
        other: {name: said[name] for name in said if name != "voice"} if other in private else said
        for other, said in figures.items()
    }


def read_by(flowing: Mapping[int, str], speaker: str, readers: Iterable[int]) -> list[int]:
    """Of these seats, who reads the words of somebody as captions: those in the hearing, if the speaker is.

    What is said in a private room nobody reads, and who is in one reads nothing.
    """
    if not speaker.isdecimal() or flowing.get(int(speaker)) != "":
        return []
    return [seat for seat in readers if flowing.get(seat) == ""]


def heard_in(seats: set[str], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Of an ``activity``, what is about these seats."""
    speaker = payload.get("speaker")
    return {
        "seats": {seat: said for seat, said in payload.get("seats", {}).items() if seat in seats},
        "speaker": speaker if speaker in seats else None,
    }
