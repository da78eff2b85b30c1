"""What is in the picture at each moment: who is there, what they show, who speaks, what it is called.

Only what changed since the last moment is drawn: everything when people come, go or take turns, one tile when
its picture is a new one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

from hearings.recording.canvas import BLACK, BLUE, GREEN, Canvas
from hearings.recording.layout import FOOT, HEIGHT, STAGE, WIDTH, Box, Tile, arrange, speakers
from hearings.recording.reader import Recorded
from hearings.recording.strands import Pictures
from hearings.recording.timeline import SPEAKER

CLOCK = 260
_LARGE, _MIDDLE, _SMALL = 44, 24, 18


@dataclass(frozen=True)
class Words:
    """What is written into the picture: the hearing's name, and the rest in the people's language."""

    title: str
    paused: str
    no_picture: str
    screen: str
    nobody: str


Key = tuple[str, str]
Showing = tuple[tuple[Tile, ...], str, tuple[tuple[int, int], ...]]
"""Tiles, who speaks, and the size of each tile's picture ((0, 0) when it has none)."""


class Scene:
    """The picture of one recording, asked for forward in time; `names` by seat, drawn in `font`."""

    def __init__(self, recorded: Recorded, names: Mapping[str, str], font: Path, words: Words) -> None:
        self._names = names
        self._words = words
        self._segments = recorded.segments
        self._turns = speakers(recorded.timeline)
        self._said = [(row.at_ms, row.seat) for row in recorded.timeline if row.event == SPEAKER]
        self._pictures: dict[Key, Pictures] = {
            (seat, medium): Pictures(recorded, seat, medium)
            for seat in names
            for medium in ("video", "screen")
            if any(one.seat == seat and medium in one.media for one in recorded.segments)
        }
        self._scalers: dict[Key, VideoReformatter] = {key: VideoReformatter() for key in self._pictures}
        self._canvas = Canvas(font)
        self._showing: Showing | str = ""
        self._drawn: dict[Key, av.VideoFrame | None] = {}
        self._clock = ""

    def draw(self, now_ms: int) -> None:
        """The people in the room at a moment (Unix ms).

        Before the first of them comes it says what this is: players show the first picture until they play.
        """
        now = {key: pictures.at(now_ms) for key, pictures in self._pictures.items()}
        present = [seat for seat in self._names if self._is_there(seat, now_ms)]
        screens = [seat for seat in present if now.get((seat, "screen")) is not None]
        tiles = arrange(present, screens, _latest(self._turns, now_ms))
        speaking = _latest(self._said, now_ms)
        sizes = tuple(_size(now.get((tile.seat, tile.medium))) for tile in tiles)
        if not tiles:
            begun = any(segment.starts_ms <= now_ms for segment in self._segments)
            self._card(self._words.nobody if begun else self._words.title, "")
        elif (tiles, speaking, sizes) != self._showing:
            self._showing = (tiles, speaking, sizes)
            self._canvas.fill(STAGE, BLACK)
            for tile in tiles:
                self._tile(tile, now.get((tile.seat, tile.medium)), speaking)
        else:
            for tile in tiles:
                picture = now.get((tile.seat, tile.medium))
                if picture is not self._drawn[tile.seat, tile.medium]:
                    self._tile(tile, picture, speaking)

    def pause(self, times: str) -> None:
        """A card instead of the people; `times` says from when to when."""
        self._card(self._words.paused, times)

    def foot(self, clock: str) -> None:
        """The line below: which hearing this is, and the time."""
        if clock != self._clock:
            self._clock = clock
            top = HEIGHT - FOOT
            self._canvas.write(self._words.title, Box(0, top, WIDTH - CLOCK, FOOT), _SMALL)
            self._canvas.write(clock, Box(WIDTH - CLOCK, top, CLOCK, FOOT), _SMALL)

    def taken(self) -> av.VideoFrame:
        """The picture as it is now."""
        return self._canvas.taken()

    def _is_there(self, seat: str, now_ms: int) -> bool:
        return any(one.seat == seat and one.starts_ms <= now_ms < one.ends_ms for one in self._segments)

    def _card(self, title: str, text: str) -> None:
        said = f"{title}\n{text}"
        if said == self._showing:
            return
        self._showing = said
        self._canvas.fill(STAGE, BLUE)
        half = STAGE.height // 2
        self._canvas.write(title, Box(0, half - 60, WIDTH, 60), _LARGE, middle=True, colour=BLUE)
        self._canvas.write(text, Box(0, half, WIDTH, 40), _MIDDLE, middle=True, colour=BLUE)

    def _tile(self, tile: Tile, picture: av.VideoFrame | None, speaking: str) -> None:
        key = (tile.seat, tile.medium)
        self._drawn[key] = picture
        if picture is None:
            self._canvas.write(self._words.no_picture, tile.box, _SMALL, middle=True)
        else:
            self._canvas.show(picture, tile.box, self._scalers[key])
        name = self._names[tile.seat]
        self._canvas.label(f"{self._words.screen}: {name}" if tile.medium == "screen" else name, tile.box)
        if tile.seat == speaking and tile.medium == "video" and tile.box != STAGE:
            self._canvas.frame(tile.box, GREEN)


def _latest(turns: list[tuple[int, str]], now_ms: int) -> str:
    """The seat of the last turn that has begun."""
    number = bisect_right(turns, now_ms, key=lambda turn: turn[0])
    return turns[number - 1][1] if number else ""


def _size(picture: av.VideoFrame | None) -> tuple[int, int]:
    return (picture.width, picture.height) if picture is not None else (0, 0)
