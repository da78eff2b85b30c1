"""Figures of a layer and of a stream that is sent, as a snapshot. Counts are since it began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hearings.forwarding.incoming import IncomingTrack
    from hearings.forwarding.outgoing import OutgoingTrack


@dataclass(frozen=True, slots=True)
class IncomingFigures:
    """`octets` of payload; `bitrate` (bit/s) over the last second, RTX not counted; `lost` packets that never
    came; `recovered` of those that came by RTX; `asked` numbers in NACKs; `heard_at` monotonic seconds."""

    rid: str
    packets: int
    octets: int
    bitrate: int
    lost: int
    recovered: int
    asked: int
    keyframe_requests: int
    jitter_s: float
    heard_at: float


@dataclass(frozen=True, slots=True)
class OutgoingFigures:
    """`layer` is the index of the one forwarded at present, None while none is, `target` of the one meant for
    the receiver, None while paused; `nacked` the packets the receiver asked for again, `resent` those it was
    given. The rest is the receiver's last report."""

    layer: int | None
    target: int | None
    packets: int
    octets: int
    nacked: int
    resent: int
    packets_lost: int
    fraction_lost: float
    jitter_s: float
    round_trip_s: float | None


def incoming(layer: IncomingTrack) -> IncomingFigures:
    """The figures of a layer."""
    return IncomingFigures(
        layer.rid,
        layer.packets,
        layer.octets,
        layer.bitrate,
        layer.lost,
        layer.recovered,
        layer.asked,
        layer.keyframe_requests,
        layer.jitter_s,
        layer.heard_at,
    )


def outgoing(out: OutgoingTrack) -> OutgoingFigures:
    """The figures of a stream that is sent."""
    return OutgoingFigures(
        out.layer_index,
        out.target,
        out.packets,
        out.octets,
        out.nacked,
        out.resent,
        out.packets_lost,
        out.fraction_lost,
        out.jitter_s,
        out.round_trip_s,
    )
