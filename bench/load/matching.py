"""What of the sent media arrived where, and how long it took: senders' logs against receivers' logs.

A server gives each receiver numbers and timestamps of its own. A stream is known again by the differences of
its timestamps, which carry chance and which every server keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from bench.load.publisher import OutTrack, Sent
from bench.load.receiver import Got, Stream
from bench.load.rooms import Person

SIGNATURE = 5
"""Differences of timestamps in a row that make a stream unmistakable."""


@dataclass
class Tally:
    """Packets that should have arrived and that did; milliseconds from sender to receiver of each frame.

    `unmatched` counts streams that nobody in the room seems to have sent.
    """

    expected: int = 0
    arrived: int = 0
    unmatched: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def delivered(self) -> float:
        """The share of the expected that arrived."""
        return self.arrived / self.expected if self.expected else 0.0

    def latency(self, share: float) -> float | None:
        """The latency that this share of the frames did not exceed; None without any."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def tally(people: Sequence[Person], begin: int, end: int, *, transcodes: bool = False) -> Tally:
    """Judge everything sent between `begin` and `end` (ns) for every receiver it was meant for.

    Latencies are those of the frames that came, whenever they were sent: a server that falls behind shows.
    `transcodes` says that the server makes packets of its own: a frame then counts as arrived, with as many
    packets as it was sent with, when its last packet did.
    """
    found = Tally()
    for person in people:
        others = [p.publisher for p in people if p.room == person.room and p is not person]
        for kind in ("audio", "video"):
            tracks = [other.tracks[kind] for other in others]
            for track in tracks:
                found.expected += sum(sent.packets for sent in _between(track, begin, end))
            senders = _senders(tracks)
            for stream in person.receiver.streams.values():
                if stream.kind == kind:
                    _judge(found, stream, senders, begin, end, transcodes)
    return found


Senders = dict[tuple[int, ...], tuple[OutTrack, Sent]]
Entry = TypeVar("Entry", Sent, Got)


def _judge(found: Tally, stream: Stream, senders: Senders, begin: int, end: int, transcodes: bool) -> None:
    match = _match(stream, senders)
    if match is None:
        found.unmatched += 1
        return
    track, shift = match
    frames = {sent.timestamp + shift & 0xFFFFFFFF: sent for sent in track.log or ()}
    for got in stream.log or ():
        sent = frames.get(got.timestamp)
        if sent is None:
            continue
        last = got.marker or stream.kind == "audio"
        if begin <= sent.at < end:
            found.arrived += (sent.packets if last else 0) if transcodes else 1
        if last and stream.kind == "video" and begin <= got.arrived < end:
            found.latencies.append((got.arrived - sent.at) / 1e6)


def _between(track: OutTrack, begin: int, end: int) -> Iterator[Sent]:
    return (sent for sent in track.log or () if begin <= sent.at < end)


def _match(stream: Stream, senders: Senders) -> tuple[OutTrack, int] | None:
    """Whose stream it is, and how much the server added to the timestamps."""
    firsts: dict[int, Got] = {}
    for got in sorted(stream.log or (), key=lambda got: got.number):
        firsts.setdefault(got.timestamp, got)
    for sign, got in _signatures(list(firsts.values())):
        if sign in senders:
            track, sent = senders[sign]
            return track, got.timestamp - sent.timestamp
    return None


def _senders(tracks: list[OutTrack]) -> Senders:
    return {sign: (track, sent) for track in tracks for sign, sent in _signatures(track.log or [])}


def _signatures(log: Sequence[Entry]) -> Iterator[tuple[tuple[int, ...], Entry]]:
    """Each entry that has SIGNATURE others after it, with the differences of timestamps from it on."""
    steps = [after.timestamp - before.timestamp & 0xFFFFFFFF for before, after in pairwise(log)]
    for at in range(len(steps) - SIGNATURE + 1):
        yield tuple(steps[at : at + SIGNATURE]), log[at]
