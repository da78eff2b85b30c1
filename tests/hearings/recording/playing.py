"""A session fed with packets in their time, and what its files play."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import av

from hearings.recording.channel import Begin, Close, Mark, Open, Report
from hearings.recording.ordering import Packet
from hearings.recording.reader import Recorded, Segment
from hearings.recording.writer import Session
from tests.hearings.recording.making import KEY, STARTS

Step = Packet | Report | Open | Close | Mark


def session(folder: Path, now: float = 0.0) -> Session:
    """Monotonic 0 is STARTS."""
    return Session(Begin(str(folder), KEY.hex(), float(STARTS), now))


def play(recorder: Session, steps: Iterable[tuple[float, int, Step]], until: float) -> None:
    """Let each step (when, flow, what) happen at its time, with a turn each 100 ms."""
    turn = 0.0
    for at, flow, step in sorted(steps, key=lambda each: each[0]):
        while turn <= at:
            recorder.tick(turn)
            turn += 0.1
        if isinstance(step, Packet):
            recorder.packet(flow, step, at)
        elif isinstance(step, Report):
            recorder.report(step)
        elif isinstance(step, Open):
            recorder.open(step)
        elif isinstance(step, Close):
            recorder.close(step.flow, at)
        else:
            recorder.mark(step)
    while turn <= until:
        recorder.tick(turn)
        turn += 0.1


def sent(flow: int, packets: Iterable[Packet]) -> list[tuple[float, int, Step]]:
    """Packets arriving when they say."""
    return [(packet.at, flow, packet) for packet in packets]


@dataclass
class Played:
    """Of one stream: times in seconds from the file's beginning, and the frames."""

    times: list[float] = field(default_factory=list)
    frames: list[av.VideoFrame | av.AudioFrame] = field(default_factory=list)


def played(recorded: Recorded, segment: Segment) -> dict[str, Played]:
    """Everything that can be decoded of a segment, by medium."""
    streams = {medium: Played() for medium in segment.media}
    with recorded.read(segment) as file, av.open(file, format="matroska") as container:
        for packet in container.demux():
            held = streams[segment.media[packet.stream.index]]
            for frame in packet.decode():
                held.times.append(float(frame.time))
                held.frames.append(frame)
    return streams
