"""The subscribe side of a seat: what of the others goes out to one browser.

The server offers. An m-line once offered stays for ever: it falls silent (inactive) when its stream ends and
serves the next stream of its kind, under a new SSRC. One offer is out at a time; what changes meanwhile goes
into the next.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aiortc.rtp import RtcpPsfbPacket, RtcpRrPacket, RtcpRtpfbPacket, RtcpSrPacket

from hearings.connection import Connection, ConnectionState
from hearings.downlink import Downlink
from hearings.errors import MALFORMED_SDP, NOT_CONNECTED, STALE_VERSION, HearingError
from hearings.forwarding.outgoing import OutgoingTrack
from hearings.forwarding.rtcp import AnyPacket, TransportFeedback, read_bandwidth_limit
from hearings.negotiation import (
    AUDIO,
    H264,
    H264_PT,
    H264_RTX_PT,
    MEDIA,
    OPUS,
    OPUS_PT,
    RTX_PT,
    VP8,
    VP8_PT,
    OfferedTrack,
    accepted_mids,
    subscribe_offer,
)
from hearings.port import MediaPort
from hearings.sdp import parse, render

OFFER_AGAIN_S = 5.0
"""An offer unanswered for so long is sent again, unchanged: the event may have been lost with its link."""

_PAYLOAD_TYPES = {OPUS: (OPUS_PT, -1), VP8: (VP8_PT, RTX_PT), H264: (H264_PT, H264_RTX_PT)}
"""Of each codec: its payload type and that of its RTX stream, -1 when there is none."""

Stream = tuple[str, str]
"""(seat, medium)."""


@dataclass(slots=True)
class Slot:
    """One m-line. `accepted` says that the browser's last answer took it with its present stream."""

    mid: str
    kind: str
    stream: Stream | None = None
    codec: str = VP8
    out: OutgoingTrack | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer on its way; `streams` is seat -> medium -> mid."""

    version: int
    sdp: str
    streams: dict[str, dict[str, str]]

    def payload(self) -> dict[str, object]:
        """As it is told at the door."""
        streams = [{"seat": seat, "mids": mids} for seat, mids in sorted(self.streams.items())]
        return {"version": self.version, "sdp": self.sdp, "streams": streams}


class Subscriber:
    """The m-lines of one connection. `wanted` is what the room says should be there."""

    def __init__(
        self,
        port: MediaPort,
        on_offer: Callable[["Subscriber", Offer], None],
        on_state: Callable[["Subscriber", ConnectionState], None],
    ) -> None:
        self.connection = Connection(port, self)
        self.downlink = Downlink(self.connection.leg)
        # Even an empty room needs an m-line of each kind, or there is nothing to make a connection for.
        self.slots = [Slot("0", "audio"), Slot("1", "video")]
        self._forwarder = port.forwarder
        self._on_offer = on_offer
        self._on_state = on_state
        self._by_ssrc: dict[int, OutgoingTrack] = {}
        self._session = secrets.randbits(48)
        self._version = 0
        self._offered: Offer | None = None
        self._offered_at = 0.0
        self._dirty = False

    @property
    def gone(self) -> bool:
        """Whether the connection is over for good: its browser comes back with another one."""
        return self.connection.state is ConnectionState.GONE

    def outs(self) -> list[tuple[Stream, OutgoingTrack]]:
        """What is sent at present, or could be: each stream with its track."""
        return [(slot.stream, slot.out) for slot in self.slots if slot.stream and slot.out]

    def want(self, streams: dict[Stream, str]) -> None:
        """Set which streams should have an m-line, and of which codec they are.

        Changes lead to an offer as soon as one may be made.
        """
        for slot in self.slots:
            if slot.stream is not None and streams.get(slot.stream) != slot.codec:
                self._vacate(slot)
        held = {slot.stream for slot in self.slots}
        for stream in sorted(streams.keys() - held, key=lambda s: (s[0], MEDIA.index(s[1]))):
            self._occupy(stream, streams[stream])

    def first_offer(self) -> Offer:
        """The offer a `subscribe` call is answered with."""
        return self._make_offer()

    def negotiate(self, now: float) -> None:
        """Send the next offer if there is something new and none is out, or the last one again."""
        if self.gone:
            return
        if self._offered is not None:
            if now - self._offered_at > OFFER_AGAIN_S and self._version > 1:
                self._offered_at = now
                self._on_offer(self, self._offered)
        elif self._dirty:
            self._on_offer(self, self._make_offer())

    def answer(self, version: int, text: str) -> None:
        """The browser's answer to the offer that is out."""
        if self._offered is None or version != self._offered.version:
            raise HearingError(STALE_VERSION)
        answer = parse(text)
        transport = answer.transport
        if transport is None:
            raise HearingError(MALFORMED_SDP)
        offered = {mid for mids in self._offered.streams.values() for mid in mids.values()}
        accepted = accepted_mids(answer) & offered
        # A slot vacated and filled again since the offer is not what the answer speaks of.
        live = {(mid, seat, media) for seat, ms in self._offered.streams.items() for media, mid in ms.items()}
        for slot in self.slots:
            slot.accepted = (
                slot.stream is not None and slot.mid in accepted and (slot.mid, *slot.stream) in live
            )
        self._offered = None
        self.connection.start(transport.fingerprint)

    def restart(self) -> Offer:
        """ICE restart: a new offer under new credentials. It replaces one that is out."""
        if self.gone:
            raise HearingError(NOT_CONNECTED)
        self.connection.restart()
        return self._make_offer()

    def close(self) -> None:
        """Take no more packets and end the connection."""
        for slot in self.slots:
            self._vacate(slot)
        self.connection.close()

    def tick(self, now: float) -> None:
        """Every 20 ms: padding, if the line is to be probed."""
        if self.connection.up:
            self.downlink.probe((out for _, out in self.outs() if out.video and out.source is not None), now)

    def on_rtcp(self, packet: AnyPacket, now: float) -> None:
        """Reports, requests to resend and requests for a keyframe."""
        if isinstance(packet, TransportFeedback):
            self._take_feedback(packet.body, now)
        elif isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                out = self._by_ssrc.get(report.ssrc)
                if out is not None:
                    out.on_report(report, now)
        elif isinstance(packet, RtcpRtpfbPacket) and packet.fmt == 1:
            out = self._by_ssrc.get(packet.media_ssrc)
            # What is paused for want of room will begin with a keyframe.
            if out is not None and not (out.video and out.target is None):
                out.resend(packet.lost, now)
        elif isinstance(packet, RtcpPsfbPacket):
            self._take_wish(packet, now)

    def on_state(self, state: ConnectionState) -> None:
        """Told by the connection, passed to the room."""
        self._on_state(self, state)

    def _take_feedback(self, body: bytes, now: float) -> None:
        try:
            self.downlink.on_feedback(body, now)
        except ValueError:
            self.connection.port.counters.rtcp_malformed += 1

    def _take_wish(self, packet: RtcpPsfbPacket, now: float) -> None:
        """Requests for a keyframe; the estimate of a receiver that makes its own."""
        if packet.fmt in (1, 4):
            # A full intra request names the track in its body, a picture loss indication in its head.
            target = int.from_bytes(packet.fci[:4], "big") if packet.fmt == 4 else packet.media_ssrc
            out = self._by_ssrc.get(target)
            if out is not None:
                out.request_keyframe(now)
        elif packet.fmt == 15 and (limit := read_bandwidth_limit(packet.fci)) is not None:
            self.downlink.on_remb(limit)

    def _make_offer(self) -> Offer:
        self._version += 1
        self._dirty = False
        tracks = [
            OfferedTrack(
                mid=slot.mid,
                kind=slot.kind,
                active=slot.stream is not None,
                stream=_stream_name(slot.stream) if slot.stream else "",
                ssrcs=_ssrcs(slot.out),
                codec=slot.codec,
            )
            for slot in self.slots
        ]
        text = render(
            subscribe_offer(tracks, self.connection.describe("actpass"), self._session, self._version)
        )
        streams: dict[str, dict[str, str]] = {}
        for slot in self.slots:
            if slot.stream is not None:
                seat, media = slot.stream
                streams.setdefault(seat, {})[media] = slot.mid
        self._offered = Offer(self._version, text, streams)
        self._offered_at = self.connection.port.clock()
        return self._offered

    def _occupy(self, stream: Stream, codec: str) -> None:
        kind = "audio" if stream[1] == AUDIO else "video"
        slot = next((s for s in self.slots if s.kind == kind and s.stream is None), None)
        if slot is None:
            slot = Slot(str(len(self.slots)), kind)
            self.slots.append(slot)
        slot.stream = stream
        slot.codec = codec
        slot.accepted = False
        slot.out = self._new_track(codec, _stream_name(stream))
        self._dirty = True

    def _new_track(self, codec: str, name: str) -> OutgoingTrack:
        payload_type, rtx_payload_type = _PAYLOAD_TYPES[codec]
        out = self._forwarder.add_out(
            self.connection.leg,
            ssrc=self._free_ssrc(),
            payload_type=payload_type,
            rtx_ssrc=self._free_ssrc(),
            rtx_payload_type=rtx_payload_type,
            codec=codec,
            name=name,
        )
        if out.video:
            out.target = None  # until the distribution has found room for it
        self._by_ssrc[out.ssrc] = out
        return out

    def _free_ssrc(self) -> int:
        while True:
            ssrc = secrets.randbelow(0xFFFFFFFF - 1) + 1
            if ssrc not in self._by_ssrc:
                return ssrc

    def _vacate(self, slot: Slot) -> None:
        if slot.out is not None:
            self._forwarder.remove_out(slot.out)
            del self._by_ssrc[slot.out.ssrc]
        slot.stream = slot.out = None
        slot.accepted = False
        self._dirty = True


def _stream_name(stream: Stream) -> str:
    """One MediaStream for a person's camera and microphone, another for the screen."""
    seat, media = stream
    return f"{seat}-screen" if media == "screen" else seat


def _ssrcs(out: OutgoingTrack | None) -> tuple[int, ...]:
    if out is None:
        return ()
    return (out.ssrc, out.rtx_ssrc) if out.video else (out.ssrc,)
