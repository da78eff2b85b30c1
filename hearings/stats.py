"""Figures of a room, per seat: plain numbers for the hearing's quality display and for operations."""

from dataclasses import asdict, dataclass
from typing import Any

from hearings.forwarding.source import Source
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
    """What went out on one m-line, and the receiver's last report on it (`loss` as a fraction).

    `layer` is the index of the layer that is sent, None while none is; `target` that of the one meant for the
    receiver, None while there is no room for it.
    """

    layer: int | None
    target: int | None
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
        "limit": publisher.uplink.limit if publisher else None,
        "estimate": subscriber.downlink.estimator.bits_per_second if subscriber else None,
        "in": {m: asdict(_incoming(s)) for m, s in publisher.sources.items()} if publisher else {},
        "out": {
            f"{stream[0]}/{stream[1]}": asdict(
                OutgoingStats(
                    layer=out.layer_index,
                    target=out.target,
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


def _incoming(source: Source) -> IncomingStats:
    layers = source.layers
    return IncomingStats(
        packets=sum(layer.packets for layer in layers),
        bytes=sum(layer.octets for layer in layers),
        lost=sum(layer.lost for layer in layers),
        recovered=sum(layer.recovered for layer in layers),
        nacks=sum(layer.asked for layer in layers),
        keyframe_requests=sum(layer.keyframe_requests for layer in layers),
        jitter_ms=round(max(layer.jitter_s for layer in layers) * 1000, 2),
        receivers=len(source.followers),
    )
