"""The load as a process of its own: reads a `Job` as JSON from its input, writes an `Outcome` as JSON.

So it shares neither interpreter nor core with what it measures.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from dataclasses import asdict, astuple, dataclass

import uvloop
from aiortc.rtcdtlstransport import RTCCertificate

from bench.load import processor
from bench.load.engine import Engine
from bench.load.janus import Janus
from bench.load.matching import tally
from bench.load.media import FRAMES_PER_S, Media, encode
from bench.load.publisher import Publisher
from bench.load.receiver import Receiver
from bench.load.relay import Relay
from bench.load.rooms import Person, RoomServer
from bench.load.wire import Wire

SETTLE_S = 0.5
"""Between the window's end and the count, for what is still on its way."""
BEFORE_SUBSCRIBING_S = 0.5
"""MediaRelay's tracks must have something to give when they are taken."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to load and how. `kind` is "engine", "janus" or "mediarelay"; `loss` a share of each direction."""

    kind: str
    address: str
    secret: str
    pid: int
    host: str
    rooms: int
    per_room: int
    loss: float
    warm: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What all people together have done and met since they came."""

    packets_in: int = 0
    packets_out: int = 0
    resent_up: int = 0
    resent_down: int = 0
    keyframe_requests: int = 0
    feedback_up: int = 0
    feedback_down: int = 0
    blocked: int = 0

    def since(self, before: Counts) -> Counts:
        """The difference to an earlier count."""
        return Counts(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one window showed; latencies and lateness in milliseconds, None where nothing arrived.

    `load_cpu` is the share of its core that the load itself used, `late_p99` how late its own sends were: the
    load must not be what is measured.
    """

    seconds: float
    cpu_seconds: float
    resident: int
    counts: Counts
    delivered: float
    unmatched: int
    p50: float | None
    p99: float | None
    load_cpu: float
    late_p99: float


def main() -> None:
    """Run one job."""
    job = Job(**json.load(sys.stdin))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(asdict(runner.run(run(job))), sys.stdout)


async def run(job: Job) -> Outcome:
    """Fill the rooms, wait until they are warm, measure one window, leave."""
    media, server = encode(), _server(job)
    await server.start()
    people = await _fill(server, job, media)
    await asyncio.sleep(job.warm)
    gc.collect()
    gc.freeze()
    outcome = await _measure(job, people)
    for person in people:
        await person.publisher.stop()
        await person.receiver.stop()
    await asyncio.gather(*(wire.close() for p in people for wire in (p.publisher.wire, p.receiver.wire)))
    await server.stop()
    return outcome


def _server(job: Job) -> RoomServer:
    if job.kind == "engine":
        return Engine(job.address, job.secret)
    return Janus(job.address) if job.kind == "janus" else Relay(job.address)


async def _fill(server: RoomServer, job: Job, media: Media) -> list[Person]:
    """Everybody publishes, then everybody receives, so that each receiver is negotiated once."""
    certificate = RTCCertificate.generateCertificate()
    people = []
    for room in range(job.rooms):
        await server.open(room)
        for seat in range(job.per_room):
            seed = 2 * (room * job.per_room + seat)
            wires = [Wire(job.host, certificate, loss=job.loss, seed=seed + half) for half in (0, 1)]
            publisher = Publisher(wires[0], media, seed=seed)
            publisher.record()
            people.append(Person(room, seat, publisher, Receiver(wires[1], seed=seed)))
            await server.publish(room, seat, publisher)
            # Spread over a frame's time: people who came at different moments do not send in step.
            publisher.start(phase=len(people) * 0.618 % 1 / FRAMES_PER_S)
    await asyncio.sleep(BEFORE_SUBSCRIBING_S)
    for person in people:
        await server.subscribe(person.room, person.seat, person.receiver)
        person.receiver.ask_for_keyframes()
    return people


async def _measure(job: Job, people: list[Person]) -> Outcome:
    for person in people:
        person.receiver.record()
        person.publisher.late = []
    begun, begin, counts = time.monotonic(), time.time_ns(), _count(people)
    used, own = processor.use(job.pid), time.process_time()
    await asyncio.sleep(job.seconds)
    own, used_after = time.process_time() - own, processor.use(job.pid)
    seconds, end, counts = time.monotonic() - begun, time.time_ns(), _count(people).since(counts)
    await asyncio.sleep(SETTLE_S)
    found = tally(people, begin, end, transcodes=job.kind == "mediarelay")
    late = sorted(moment for person in people for moment in person.publisher.late or ())
    return Outcome(
        seconds=seconds,
        cpu_seconds=used_after.seconds - used.seconds,
        resident=used_after.resident,
        counts=counts,
        delivered=found.delivered,
        unmatched=found.unmatched,
        p50=found.latency(0.5),
        p99=found.latency(0.99),
        load_cpu=own / seconds,
        late_p99=late[len(late) * 99 // 100] * 1000,
    )


def _count(people: list[Person]) -> Counts:
    publishers = [person.publisher for person in people]
    receivers = [person.receiver for person in people]
    streams = [stream for receiver in receivers for stream in receiver.streams.values()]
    return Counts(
        packets_in=sum(track.packets for p in publishers for track in p.tracks.values()),
        packets_out=sum(stream.packets for stream in streams),
        resent_up=sum(p.resent for p in publishers),
        resent_down=sum(stream.repaired for stream in streams),
        keyframe_requests=sum(p.keyframe_requests for p in publishers),
        feedback_up=sum(r.feedback for r in receivers),
        feedback_down=sum(p.feedback for p in publishers),
        blocked=sum(p.wire.blocked for p in publishers) + sum(r.wire.blocked for r in receivers),
    )


if __name__ == "__main__":
    main()
