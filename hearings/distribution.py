"""Which layer goes to whom in a room, and how much a publisher without layers may send.

Each receiver's line is divided for itself (`downlink`); what comes of it for publishers is told by REMB.
Where a camera has layers nobody is asked to send less for the sake of another's line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hearings.bandwidth import WIRE_OVERHEAD
from hearings.bandwidth.allocation import ELASTIC_CEILING, Key, Rank, Step, Want, elastic_steps
from hearings.forwarding.follower import TOP
from hearings.forwarding.incoming import IncomingTrack
from hearings.forwarding.outgoing import OutgoingTrack
from hearings.forwarding.source import Source
from hearings.negotiation import AUDIO, SCREEN
from hearings.participant import Participant
from hearings.publisher import Publisher
from hearings.subscriber import Subscriber

PACKET_OVERHEAD = WIRE_OVERHEAD + 24 + 16
"""What goes around a payload: IP, UDP, the RTP head and the tag of its seal."""
VOICE = 60_000
"""Bit/s of one person who speaks. So much is kept free even while all are silent."""
LOWEST_HEIGHT = 180
NOMINAL = (150_000, 500_000, 1_500_000)
"""Rates of layers nobody has measured yet, the lowest first."""
NOMINAL_WHOLE = 500_000
MEASURE_S = 1.0
WEIGHT = 0.4
"""Of a new measurement against what was known: a keyframe is no higher rate."""
ELASTIC_GROWTH = 1.5


@dataclass(slots=True)
class _Meter:
    """The rate of one layer on the wire."""

    layer: IncomingTrack
    packets: int
    octets: int
    rate: float = 0.0

    def measure(self, seconds: float) -> None:
        octets = self.layer.octets - self.octets + PACKET_OVERHEAD * (self.layer.packets - self.packets)
        rate = 8 * octets / seconds
        self.rate = rate if not self.rate else self.rate + WEIGHT * (rate - self.rate)
        self.packets, self.octets = self.layer.packets, self.layer.octets


class Distribution:
    """Of one room, whose seats it is given once and looks at from then on."""

    def __init__(self, seats: Mapping[str, Participant]) -> None:
        self._seats = seats
        self._meters: dict[tuple[str, str, int], _Meter] = {}
        self._measured_at = float("-inf")

    def tick(self, speaker: str | None, now: float) -> None:
        """The one timer: plan anew for those whose time has come."""
        if now - self._measured_at >= MEASURE_S:
            self._measure(now)
        due = [s for s in self._seats.values() if s.subscriber is not None and s.subscriber.downlink.due(now)]
        if due:
            self._plan(due, speaker, now)

    def review(self, speaker: str | None, now: float) -> None:
        """Something has changed (who is there, who speaks): plan anew for all."""
        self._plan(self._seats.values(), speaker, now)

    def allowance(self, name: str) -> int | None:
        """What the seat's browser may send in all, in bit/s; None: nobody asks for less.

        The least that any of its receivers is given, where it cannot send each of them its own layer.
        """
        publisher = self._seats[name].publisher
        if publisher is None or not _elastic(publisher):
            return None
        asked = [s.subscriber.downlink.asked for s in self._seats.values() if s.subscriber is not None]
        pictures = [(name, media) for media in publisher.sources if media != AUDIO]
        least = {key: min((each[key] for each in asked if key in each), default=None) for key in pictures}
        if all(rate is None for rate in least.values()):
            return None
        return VOICE + sum(ELASTIC_CEILING if rate is None else rate for rate in least.values())

    def _plan(self, receivers: Iterable[Participant], speaker: str | None, now: float) -> None:
        for receiver in receivers:
            if receiver.subscriber is not None:
                self._plan_one(receiver, receiver.subscriber, speaker, now)
        for name, seat in self._seats.items():
            if seat.publisher is not None:
                seat.publisher.uplink.allow(self.allowance(name))

    def _plan_one(
        self, receiver: Participant, subscriber: Subscriber, speaker: str | None, now: float
    ) -> None:
        downlink = subscriber.downlink
        sound = 0.0
        pictures: dict[Key, OutgoingTrack] = {}
        wants: list[Want] = []
        for stream, out in subscriber.outs():
            if out.source is None:
                continue
            if out.video:
                pictures[stream] = out
                wants.append(self._want(receiver, stream, out, out.source, speaker, now))
            else:
                sound += self._rate(stream, 0)
        # Who is silent now may speak in a moment.
        plan = downlink.plan(wants, max(VOICE, int(sound)), now)
        for stream, out in pictures.items():
            step = plan[stream]
            out.aim(None if step is None else step.layer, now)

    def _want(
        self,
        receiver: Participant,
        stream: Key,
        out: OutgoingTrack,
        source: Source,
        speaker: str | None,
        now: float,
    ) -> Want:
        seat, media = stream
        sender = self._seats[seat]
        return Want(
            key=stream,
            rank=_rank(sender, media, speaker),
            tile=_tile(receiver, sender, stream),
            steps=self._steps(sender.publisher, stream, source, now),
            present=None if out.target == TOP else out.target,
            steady=receiver.subscriber.downlink.steady(stream, now) if receiver.subscriber else False,
        )

    def _steps(
        self, publisher: Publisher | None, stream: Key, source: Source, now: float
    ) -> tuple[Step, ...]:
        if len(source.layers) > 1:
            # Before anything arrives the lowest is asked for: it is the one that comes first.
            return tuple(
                Step(index, int(self._rate(stream, index)) or NOMINAL[min(index, 2)], LOWEST_HEIGHT << index)
                for index in source.live(now) or [0]
            )
        rate = int(self._rate(stream, 0)) or NOMINAL_WHOLE
        if publisher is not None and _elastic(publisher):
            return elastic_steps(int(max(ELASTIC_GROWTH * rate, NOMINAL_WHOLE)))
        return (Step(0, rate, 0),)

    def _rate(self, stream: Key, index: int) -> float:
        meter = self._meters.get((*stream, index))
        return meter.rate if meter is not None else 0.0

    def _measure(self, now: float) -> None:
        """Once a second: how much arrives of every layer. Meters of layers that are gone are forgotten."""
        seconds = now - self._measured_at
        self._measured_at = now
        meters: dict[tuple[str, str, int], _Meter] = {}
        for name, seat in self._seats.items():
            for media, source in seat.publisher.sources.items() if seat.publisher is not None else ():
                for index, layer in enumerate(source.layers):
                    meter = self._meters.get((name, media, index))
                    if meter is None or meter.layer is not layer:
                        meter = _Meter(layer, layer.packets, layer.octets)
                    else:
                        meter.measure(seconds)
                    meters[name, media, index] = meter
        self._meters = meters


def _elastic(publisher: Publisher) -> bool:
    """Whether it can be asked for less: REMB is one limit for all it sends, so there must be no layers."""
    return all(len(source.layers) == 1 for source in publisher.sources.values())


def _tile(receiver: Participant, sender: Participant, stream: Key) -> int | None:
    """How large the picture is drawn; an interpreter's hands are read at any size, so it counts as large."""
    seat, media = stream
    size = receiver.sizes.get(f"{seat}/{media}")
    return None if size and media != SCREEN and sender.standing.interpreter else size


def _rank(sender: Participant, media: str, speaker: str | None) -> Rank:
    if media == SCREEN:
        return Rank.SCREEN
    if sender.standing.interpreter:
        return Rank.INTERPRETER
    return Rank.SPEAKER if sender.standing.seat == speaker else Rank.OTHER
