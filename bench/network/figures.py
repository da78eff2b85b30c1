"""From samples to figures: what a person saw and heard of another during a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any

SAMPLE_RATE = 48000
STILL_S = 0.5
"""A picture that stands so long counts as frozen even if the browser does not say so: it counts a freeze only
when the next frame comes, and none for a connection that was given up."""
BACK_FRAMES = 3
BACK_SAMPLES = SAMPLE_RATE // 5
"""Picture and sound are back when so many frames and so much unconcealed sound have come."""

Sample = dict[str, Any]
Reports = list[tuple[float, dict[str, float] | None]]
"""Time of day in seconds, and what getStats said of one stream then, None when it knew none."""


@dataclass(frozen=True)
class Figures:
    """What one person received of another, or the mean of several.

    ``frames`` decoded per second; ``freezes`` counted and ``frozen`` in seconds; ``concealed`` as a part of
    the sound; ``kbits`` per second of both; ``height`` of the picture; ``rtt`` in seconds. ``back`` is how
    many seconds after an event picture and sound were there again, None for a case without one; when they
    were not, as long as was watched.
    """

    frames: float
    freezes: float
    frozen: float
    concealed: float
    kbits: float
    height: float
    rtt: float
    back: float | None = None

    def payload(self) -> dict[str, Any]:
        """For JSON."""
        return {name: value if value is None else round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class _Gap:
    """A stretch without growth; ``counted``: the browser itself has counted it, as the connection went on."""

    begin: float
    end: float
    counted: bool

    @property
    def seconds(self) -> float:
        return self.end - self.begin


def mean(parts: list[Figures]) -> Figures:
    """The mean of several; of recoveries the longest."""
    backs = [part.back for part in parts if part.back is not None]
    names = ("frames", "freezes", "frozen", "concealed", "kbits", "height", "rtt")
    means = {name: fmean(getattr(part, name) for part in parts) for name in names}
    return Figures(**means, back=max(backs, default=None))


def read(samples: list[Sample], seat: str, begin: float, end: float, over: float | None = None) -> Figures:
    """What was received from ``seat`` between two times of day, in seconds; ``over`` is an event's end."""
    within = [one for one in samples if begin <= one["at"] / 1000 <= end]
    video = _reports(within, f"{seat}/video")
    audio = _reports(within, f"{seat}/audio")
    seconds = end - begin
    gaps = _gaps(video, "frames", begin, end)
    concealed, heard = _sound(audio, begin, end)
    heights = [report["height"] for _, report in video if report]
    round_trips = [one["rtt"] for one in within if one["rtt"]]
    return Figures(
        frames=_grown(video, "frames") / seconds,
        freezes=_grown(video, "freezes"),
        frozen=_grown(video, "frozen") + sum(gap.seconds for gap in gaps if not gap.counted),
        concealed=concealed / max(1.0, heard),
        kbits=(_grown(video, "bytes") + _grown(audio, "bytes")) * 8 / seconds / 1000,
        height=fmean(heights) if heights else 0.0,
        rtt=fmean(round_trips) if round_trips else 0.0,
        back=None if over is None else _back(video, audio, over, end),
    )


def _sound(audio: Reports, begin: float, end: float) -> tuple[float, float]:
    """Samples that were made up, and all samples.

    A browser that has heard nothing for a while plays silence and calls it neither, so a stretch without a
    packet counts whole.
    """
    concealed, heard = _grown(audio, "concealed"), _grown(audio, "heard")
    for gap in _gaps(audio, "packets", begin, end):
        samples = gap.seconds * SAMPLE_RATE
        inside = [one for one in audio if gap.begin <= one[0] <= gap.end]
        concealed += max(0.0, samples - _grown(inside, "concealed"))
        heard += max(0.0, samples - _grown(inside, "heard"))
    return concealed, heard


def _back(video: Reports, audio: Reports, over: float, end: float) -> float:
    """Seconds until both are there again."""
    picture = _reached(video, "frames", BACK_FRAMES, over)
    sound = _reached(audio, "real", BACK_SAMPLES, over)
    return (end if picture is None or sound is None else max(picture, sound)) - over


def _reports(samples: list[Sample], name: str) -> Reports:
    reports: Reports = []
    for sample in samples:
        report = sample["streams"].get(name)
        if report is not None:
            report = {**report, "real": report["heard"] - report["concealed"]}
        reports.append((sample["at"] / 1000, report))
    return reports


def _steps(reports: Reports, field: str) -> Iterator[tuple[float, float, bool]]:
    """By how much a count grew, when, and whether it went on counting: a new connection begins anew."""
    known = [(at, report[field], report["packets"]) for at, report in reports if report is not None]
    for (_, before, packets_before), (at, after, packets) in pairwise(known):
        same = packets >= packets_before
        yield at, after - before if same else after, same


def _grown(reports: Reports, field: str) -> float:
    return sum(step for _, step, _ in _steps(reports, field))


def _reached(reports: Reports, field: str, amount: float, since: float) -> float | None:
    """When the count had grown by ``amount`` after ``since``."""
    grown = 0.0
    for at, step, _ in _steps(reports, field):
        if at > since:
            grown += step
            if grown >= amount:
                return at
    return None


def _gaps(reports: Reports, field: str, begin: float, end: float) -> list[_Gap]:
    """The stretches of more than STILL_S without growth."""
    gaps = []
    last, counted = begin, True
    for at, step, same in _steps(reports, field):
        counted = counted and same
        if step > 0:
            if at - last > STILL_S:
                gaps.append(_Gap(last, at, counted))
            last, counted = at, True
    if end - last > STILL_S:
        gaps.append(_Gap(last, end, counted=False))
    return gaps
