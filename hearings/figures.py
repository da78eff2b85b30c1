"""What the last second was like in every room, per seat: for the hearing's quality display and its record.

Everything is read from what the forwarding counts anyway, once a second and outside its path.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hearings.connection import ConnectionState
from hearings.forwarding import figures as counted
from hearings.participant import Participant
from hearings.publisher import Publisher
from hearings.room import Room
from hearings.subscriber import Subscriber

Key = tuple[str, ...]

KINDS = ("packets_in", "packets_out", "lost_in", "nacks_sent", "nacks_received", "resent")
"""What is summed up for the whole process."""


@dataclass(slots=True)
class _Direction:
    """One way of a seat's media in the last second: packets that should have come, and those that did not."""

    expected: int = 0
    lost: float = 0.0
    jitter_s: float = 0.0
    octets: Counter[str] = field(default_factory=Counter)

    def payload(self, seconds: float) -> dict[str, Any]:
        return {
            "loss": round(self.lost / self.expected, 4) if self.expected else 0.0,
            "jitter_ms": round(self.jitter_s * 1000, 1),
            "kbps": {media: round(octets / 125 / seconds, 1) for media, octets in self.octets.items()},
        }


class Figures:
    """Of one process: compares what is counted now with what was counted at the last look."""

    def __init__(self) -> None:
        self.traffic: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
        """Since the process began."""
        self._before: dict[Key, tuple[int, ...]] = {}
        self._now: dict[Key, tuple[int, ...]] = {}
        self._looked_at: float | None = None

    def look(self, rooms: Iterable[Room], now: float) -> dict[str, dict[str, Any]]:
        """By room, by seat: the time since the last look."""
        seconds = max(0.1, now - self._looked_at) if self._looked_at is not None else 1.0
        self._looked_at = now
        found = {
            room.name: {name: self._seat(room, name, seat, seconds) for name, seat in room.seats.items()}
            for room in rooms
        }
        # Only what there was at this look is remembered: tracks that ended leave nothing behind.
        self._before, self._now = self._now, {}
        return found

    def _seat(self, room: Room, name: str, seat: Participant, seconds: float) -> dict[str, Any]:
        place = (room.name, name)
        up = self._up(place, seat.publisher) if seat.publisher is not None else _Direction()
        activity = room.activity.get(name)
        reported = seat.reported
        return {
            "publish": _state(seat.publisher),
            "subscribe": _state(seat.subscriber),
            **(activity.payload() if activity is not None else {}),
            "up": up.payload(seconds),
            "down": self._down(place, seat.subscriber, seconds),
            "rtt_ms": _round_trip(seat.subscriber),
            "freezes": reported.freezes if reported is not None else None,
            "freeze_ms": reported.freeze_ms if reported is not None else None,
            "concealed_ms": reported.concealed_ms if reported is not None else None,
            "fps": reported.fps if reported is not None else None,
        }

    def _up(self, place: Key, publisher: Publisher) -> _Direction:
        """What came from the seat. A packet that came at last, asked for again, was lost on the way first."""
        way = _Direction()
        for media, source in publisher.sources.items():
            for layer in source.layers:
                found = counted.incoming(layer)
                missed, expected = found.lost + found.recovered, found.lost + found.packets
                packets, octets, missed, expected, lost, asked = self._grown(
                    (*place, "in", media, found.rid),
                    (found.packets, found.octets, missed, expected, found.lost, found.asked),
                )
                way.expected += expected
                way.lost += missed
                way.octets[media] += octets
                if packets:
                    way.jitter_s = max(way.jitter_s, found.jitter_s)
                self.traffic.update(packets_in=packets, lost_in=lost, nacks_sent=asked)
        return way

    def _down(self, place: Key, subscriber: Subscriber | None, seconds: float) -> dict[str, Any]:
        """What went to the seat, and what its browser says of it; the layer of each picture, None if none,
        and the one aimed at, None while there is no room; what the seat's line is thought to bear; of whose
        sound how many packets were sent and how many of those arrived, by the browser's report."""
        way = _Direction()
        layers: dict[str, str | None] = {}
        targets: dict[str, str | None] = {}
        hears: dict[str, tuple[int, int]] = {}
        for (seat, media), out in subscriber.outs() if subscriber is not None else ():
            found = counted.outgoing(out)
            packets, octets, nacked, resent = self._grown(
                (*place, "out", seat, media), (found.packets, found.octets, found.nacked, found.resent)
            )
            way.expected += packets
            way.lost += packets * found.fraction_lost
            way.octets[media] += octets
            if packets:
                way.jitter_s = max(way.jitter_s, found.jitter_s)
            if media == "audio" and packets:
                hears[seat] = (packets, round(packets * (1 - found.fraction_lost)))
            if out.video:
                layers[f"{seat}/{media}"] = out.layer.rid if out.layer is not None else None
                targets[f"{seat}/{media}"] = out.source.rid(out.target) if out.source is not None else None
            self.traffic.update(packets_out=packets, nacks_received=nacked, resent=resent)
        estimate = round(subscriber.downlink.estimator.bits_per_second / 1000) if subscriber else None
        told = {"layers": layers, "targets": targets, "estimate_kbps": estimate, "hears": hears}
        return {**way.payload(seconds), **told}

    def _grown(self, key: Key, now: tuple[int, ...]) -> tuple[int, ...]:
        """By how much each count has grown. `now` begins with packets: fewer of them are another track's.

        What was lost may turn up late, so that other counts may fall; that is no growth.
        """
        before = self._before.get(key)
        self._now[key] = now
        if before is None or now[0] < before[0]:
            return now
        return tuple(max(0, one - other) for one, other in zip(now, before, strict=True))


def _state(side: Publisher | Subscriber | None) -> ConnectionState | None:
    return side.connection.state if side is not None else None


def _round_trip(subscriber: Subscriber | None) -> float | None:
    """The longest of those that the reports of the seat's browser give."""
    found = [out.round_trip_s for _, out in subscriber.outs()] if subscriber is not None else []
    known = [seconds for seconds in found if seconds is not None]
    return round(max(known) * 1000, 1) if known else None
