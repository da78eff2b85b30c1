"""Where everybody is in the composed picture: who speaks, or a screen that is shown, large; others beside.

Pure: people and what they show in, boxes out. All edges are even numbers, since colour has half the
resolution of brightness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hearings.recording.timeline import SPEAKER, Row

WIDTH, HEIGHT = 1280, 720
FOOT = 40
"""Below everything: which hearing this is, and the time."""
ASIDE = 320
"""Width of the column of the others."""
TALLEST_ASIDE = 180
TURN_MS = 1500
"""Who speaks for less than this does not take the large picture: a cough, a yes."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A seat's camera ("video") or screen ("screen") and where it is."""

    seat: str
    medium: str
    box: Box


STAGE = Box(0, 0, WIDTH, HEIGHT - FOOT)


def arrange(present: Sequence[str], screens: Sequence[str], speaker: str) -> tuple[Tile, ...]:
    """The tiles for the seats that are `present`; `screens` are those of them that show one.

    The large one comes first: the speaker's screen if several are shown, else the screen, else the speaker,
    else the first of those present.
    """
    if not present:
        return ()
    if screens:
        shower = speaker if speaker in screens else screens[0]
        large, aside = (shower, "screen"), [(seat, "video") for seat in present]
    else:
        first = speaker if speaker in present else present[0]
        large, aside = (first, "video"), [(seat, "video") for seat in present if seat != first]
    if not aside:
        return (Tile(*large, STAGE),)
    height = min(TALLEST_ASIDE, STAGE.height // len(aside)) // 2 * 2
    column = WIDTH - ASIDE
    boxes = (Box(column, number * height, ASIDE, height) for number in range(len(aside)))
    others = (Tile(*who, box) for who, box in zip(aside, boxes, strict=True))
    return (Tile(*large, Box(0, 0, column, STAGE.height)), *others)


def fit(width: int, height: int, box: Box) -> Box:
    """Where a picture of this size is when it is shown whole in the middle of a box."""
    scale = min(box.width / width, box.height / height)
    wide = max(2, round(width * scale) // 2 * 2)
    tall = max(2, round(height * scale) // 2 * 2)
    return Box(
        box.x + (box.width - wide) // 4 * 2,
        box.y + (box.height - tall) // 4 * 2,
        wide,
        tall,
    )


def speakers(rows: Iterable[Row]) -> list[tuple[int, str]]:
    """From when on (Unix ms) who speaks; silence and short words change nothing."""
    said = [(row.at_ms, row.seat) for row in rows if row.event == SPEAKER]
    turns: list[tuple[int, str]] = []
    for number, (at_ms, seat) in enumerate(said):
        until = said[number + 1][0] if number + 1 < len(said) else at_ms + TURN_MS
        if seat and until - at_ms >= TURN_MS and (not turns or turns[-1][1] != seat):
            turns.append((at_ms, seat))
    return turns
