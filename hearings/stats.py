"""Figures of a room, per seat: plain numbers for the hearing's quality display and for operations."""

from dataclasses import asdict, dataclass
from typing import Any

from hearings.forwarding.incoming import IncomingTrack
from hearings.participant import Participant
from hearings.room import Room


@dataclass(frozen=True, slots=True)
class IncomingStats:
    """What arrived of one published track. Counts since it began; times in milliseconds."""

    packets: int
    bytes: int
    lost: int
    recovered: int
    nacks: int
    keyframe_requests: int
    jitter_ms: float
    receivers: int


@dataclass(frozen=True, slots=True)
class OutgoingStats:
    """What went out on one m-line, and the receiver's last report on it (`loss` as a fraction)."""

    packets: int
    bytes: int
    resent: int
    lost: int
    loss: float
    jitter_ms: float
    rtt_ms: float | None


def room_stats(room: Room) -> dict[str, Any]:
    """Per seat: its connections' states, its tracks in, and its tracks out as "seat/medium"."""
    return {"seats": {name: _seat_stats(seat) for name, seat in room.seats.items()}}


def _seat_stats(seat: Participant) -> dict[str, Any]:
    publisher, subscriber = seat.publisher, seat.subscriber
    outs = [(s.stream, s.out) for s in subscriber.slots if s.stream and s.out] if subscriber else []
    return {
        "admitted": seat.standing.admitted,
        "muted": seat.standing.muted,
        "publish": publisher.connection.state.value if publisher else None,
        "subscribe": subscriber.connection.state.value if subscriber else None,
        "limit": publisher.limit.bits_per_second if publisher else None,
        "in": {m: asdict(_incoming(t)) for m, t in publisher.tracks.items()} if publisher else {},
        "out": {
            f"{stream[0]}/{stream[1]}": asdict(
                OutgoingStats(
                    packets=out.packets,
                    bytes=out.octets,
                    resent=out.resent,
                    lost=out.packets_lost,
                    loss=round(out.fraction_lost, 4),
                    jitter_ms=round(out.jitter_s * 1000, 2),
                    rtt_ms=None if out.round_trip_s is None else round(out.round_trip_s * 1000, 2),
                )
            )
            for stream, out in outs
        },
    }


def _incoming(track: IncomingTrack) -> IncomingStats:
    return IncomingStats(
        packets=track.packets,
        bytes=track.octets,
        lost=track.lost,
        recovered=track.recovered,
        nacks=track.asked,
        keyframe_requests=track.keyframe_requests,
        jitter_ms=round(track.jitter_s * 1000, 2),
        receivers=len(track.sinks),
    )
