"""The composed video: made by the real child process from a real recording, looked at and listened to."""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from hearings.recording.compose import FPS, Stretch, ticks
from hearings.recording.layout import HEIGHT, WIDTH
from tests.hearings.recording.making import KEY, LOOKS, STARTS, Maker, make_recording
from tests.hearings.recording.seeing import wave_of

ROOT = Path(__file__).parents[3]
FONT = ROOT / "static" / "vendor" / "raleway" / "raleway-latin-600.woff2"
WORDS = {
    "title": "Procon de Criciúma · 2026.000123-4",
    "paused": "Gravação pausada",
    "no_picture": "sem imagem",
    "screen": "Tela",
    "nobody": "Ninguém na sala",
}
NAMES = {"s1": "Rita Melo (Conciliador)", "s2": "Ana Souza (Consumidor)", "s3": "João (Empresa)"}
STRETCHES = (
    Stretch(STARTS, STARTS + 4000, False, 4000),
    Stretch(STARTS + 4000, STARTS + 6000, True, 1500),
    Stretch(STARTS + 6000, STARTS + 10_000, False, 4000),
)


def order(folder: Path, stretches: tuple[Stretch, ...] = STRETCHES, key: bytes = KEY) -> str:
    """The order for the child."""
    given: dict[str, Any] = {
        "folder": str(folder),
        "key": key.hex(),
        "font": str(FONT),
        "timezone": "America/Sao_Paulo",
        "names": NAMES,
        "words": WORDS,
        "stretches": [asdict(stretch) for stretch in stretches],
    }
    return json.dumps(given) + "\n"


@dataclass
class Composed:
    """What a child said and gave."""

    status: int
    said: list[dict[str, Any]]
    video: bytes


def run(given: str) -> Composed:
    """Have an order obeyed."""
    ours, theirs = os.pipe()
    command = [sys.executable, "-m", "hearings.recording.compose", "--into", str(theirs)]
    child = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(theirs,), text=True
    )
    os.close(theirs)
    received = bytearray()

    def receive() -> None:
        with os.fdopen(ours, "rb") as file:
            received.extend(file.read())

    reader = threading.Thread(target=receive)
    reader.start()
    out, _ = child.communicate(given, timeout=100)
    reader.join()
    return Composed(child.returncode, [json.loads(line) for line in out.splitlines()], bytes(received))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "r"
    make_recording(path)
    return path


@pytest.fixture(scope="module")
def composed(folder: Path) -> Composed:
    return run(order(folder))


@pytest.fixture(scope="module")
def pictures(composed: Composed) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(composed.video), "r") as container:
        return list(container.decode(video=0))


@pytest.fixture(scope="module")
def sound(composed: Composed) -> list[float]:
    with av.open(io.BytesIO(composed.video), "r") as container:
        return [sample for frame in container.decode(audio=0) for sample in wave_of(frame)]


def colour(picture: av.VideoFrame, x: int, y: int) -> tuple[int, int, int]:
    """The colour (Y, Cb, Cr) at a place."""
    planes = picture.reformat(format="yuv420p").planes
    places = ((x, y), (x // 2, y // 2), (x // 2, y // 2))
    found = [
        bytes(plane)[row * plane.line_size + column]
        for plane, (column, row) in zip(planes, places, strict=True)
    ]
    return found[0], found[1], found[2]


def alike(found: tuple[int, int, int], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 14 for a, b in zip(found, wanted, strict=True))


def power(wave: list[float], tone: int) -> float:
    """How much of a tone is in some sound (Goertzel), as its amplitude."""
    turn = 2 * math.pi * tone / 48_000
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(wave))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(wave))
    return 2 * math.hypot(real, imaginary) / len(wave)


def test_it_tells_how_far_it_is_and_gives_all_it_promised(composed: Composed, folder: Path) -> None:
    assert composed.status == 0
    progress = [said["progress"] for said in composed.said if "progress" in said]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    assert len(set(progress)) > 10
    assert composed.said[-1] == {"size": len(composed.video), "duration_ms": 9500}
    assert not [path for path in folder.iterdir() if path.suffix != ".enc"]


def test_it_is_h264_and_aac_with_the_index_first(composed: Composed) -> None:
    assert 0 < composed.video.find(b"moov") < composed.video.find(b"mdat")
    with av.open(io.BytesIO(composed.video), "r") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", WIDTH, HEIGHT)
        assert (video.codec_context.colorspace, video.codec_context.color_range) == (6, 1)
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("aac", 48_000, 1)
        for stream in (video, audio):
            assert stream.duration is not None
            assert stream.time_base is not None
            assert abs(float(stream.duration * stream.time_base) - 9.5) < 0.1
        keys = [packet.pts for packet in container.demux(video) if packet.is_keyframe]
        assert len(keys) >= 4


@pytest.mark.parametrize(
    ("seconds", "large", "aside"),
    [
        (0.5, LOOKS["s1"].colour, ["s2"]),
        (1.8, LOOKS["s1"].colour, ["s2", "s3"]),
        (2.5, LOOKS["s2"].colour, ["s1", "s3"]),
        (7.2, LOOKS["s3"].colour, ["s1", "s2"]),
        (9.2, tuple(reversed(LOOKS["s2"].colour)), ["s1", "s2"]),
    ],
)
def test_everybody_is_seen_and_who_speaks_is_large(
    pictures: list[av.VideoFrame], seconds: float, large: tuple[int, ...], aside: list[str]
) -> None:
    picture = pictures[int(seconds * FPS)]
    assert alike(colour(picture, 480, 500), large)
    for number, seat in enumerate(aside):
        assert alike(colour(picture, 1120, number * 180 + 120), LOOKS[seat].colour), seat
    assert not any(
        alike(colour(picture, 1120, len(aside) * 180 + 120), look.colour) for look in LOOKS.values()
    )


def letters(picture: av.VideoFrame, x: int, y: int, width: int, height: int) -> int:
    """How many points of a part of a picture are as bright as what is written."""
    plane = picture.reformat(format="yuv420p").planes[0]
    rows = bytes(plane)
    return sum(
        rows[row * plane.line_size + column] > 180
        for row in range(y, y + height)
        for column in range(x, x + width)
    )


def test_names_times_and_the_pause_are_written_into_it(pictures: list[av.VideoFrame]) -> None:
    def clock(seconds: float) -> bytes:
        plane = pictures[int(seconds * FPS)].reformat(format="yuv420p").planes[0]
        rows = bytes(plane)
        return b"".join(
            rows[row * plane.line_size + 1020 : row * plane.line_size + WIDTH]
            for row in range(HEIGHT - 40, HEIGHT)
        )

    first = pictures[10]
    assert letters(first, 0, 652, 260, 28) > 100
    assert letters(first, 0, HEIGHT - 40, 400, 40) > 100
    assert letters(first, 1020, HEIGHT - 40, 260, 40) > 100
    assert clock(0.2) != clock(3.2)
    card = pictures[int(4.7 * FPS)]
    assert letters(card, 300, 270, 700, 70) > 500
    assert not any(alike(colour(card, x, 120), look.colour) for x in (480, 1120) for look in LOOKS.values())


def test_everybody_is_heard_when_they_sent_something_and_only_then(sound: list[float]) -> None:
    def heard(start: float) -> set[str]:
        wave = sound[int(start * 48_000) : int((start + 0.4) * 48_000)]
        return {seat for seat, look in LOOKS.items() if power(wave, look.tone) > 0.02}

    assert heard(0.4) == {"s1", "s2"}
    assert heard(1.3) == {"s1", "s3"}
    assert heard(2.4) == {"s1", "s2", "s3"}
    assert heard(4.6) == set()
    assert heard(5.9) == {"s1", "s2", "s3"}
    assert heard(8.9) == {"s1", "s2"}
    assert max(map(abs, sound)) <= 1.0


def test_ticks_are_even_and_go_through_every_stretch() -> None:
    every = list(ticks(STRETCHES))
    assert [tick.number for tick in every] == list(range(190))
    assert [tick.now_ms - STARTS for tick in every if tick.pause is None] == [
        *range(0, 4000, 50),
        *range(6000, 10_000, 50),
    ]
    assert sum(tick.pause is not None for tick in every) == 30


def test_people_that_are_away_are_gaps_not_errors(tmp_path: Path) -> None:
    maker = Maker(tmp_path)
    maker.segment("s1", STARTS + 1000, 1)
    maker.segment("s2", STARTS + 2000, 1, media=("audio",))
    maker.close()
    given = run(order(tmp_path, (Stretch(STARTS, STARTS + 4000, False, 4000),)))
    assert given.status == 0
    with av.open(io.BytesIO(given.video), "r") as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 80
    assert alike(colour(frames[35], 640, 400), LOOKS["s1"].colour)
    for empty in (5, 50, 75):
        assert not alike(colour(frames[empty], 640, 400), LOOKS["s1"].colour)
    title, nobody = (letters(frame, 0, 270, WIDTH, 70) for frame in (frames[5], frames[75]))
    assert title > 1.5 * nobody > 500


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda folder: order(folder, key=bytes(32)), "damaged"),
        (lambda folder: order(folder.parent), "empty"),
        (lambda folder: order(folder, ()), "empty"),
    ],
)
def test_what_cannot_be_composed_is_said(folder: Path, spoil: Callable[[Path], str], code: str) -> None:
    given = run(spoil(folder))
    assert (given.status, given.said, given.video) == (1, [{"error": code}], b"")


def test_the_child_ends_when_nobody_listens_any_more(folder: Path) -> None:
    ours, theirs = os.pipe()
    command = [sys.executable, "-m", "hearings.recording.compose", "--into", str(theirs)]
    long = Stretch(STARTS, STARTS + 3_600_000, False, 3_600_000)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(theirs,)
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(order(folder, (long,)).encode())
        child.stdin.close()
        assert b"progress" in child.stdout.readline()
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == 19
        child.stdout.close()
        os.close(theirs)
        os.close(ours)
        assert child.wait(30) == 1
