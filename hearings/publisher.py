"""The publish side of a seat: one browser's microphone, camera and screen coming in."""

import secrets
import struct
from collections.abc import Callable

from aiortc.rtp import AnyRtcpPacket, RtcpSrPacket

from hearings.connection import Connection, ConnectionState
from hearings.errors import NO_MEDIA, NOT_CONNECTED, HearingError
from hearings.forwarding import rtcp
from hearings.forwarding.incoming import IncomingTrack
from hearings.forwarding.outgoing import OutgoingTrack
from hearings.forwarding.packet import HEADER, SILENCE, extension, payload_end, payload_start
from hearings.forwarding.source import Source
from hearings.forwarding.transport import Arrivals
from hearings.negotiation import VP8, PublishedTrack, publish_answer, published_tracks
from hearings.port import MediaPort
from hearings.quality import BandwidthLimit
from hearings.sdp import SessionDescription, parse, render

MAX_SSRCS = 16
"""SSRCs remembered for one browser; a hostile one may invent more, the oldest is forgotten."""


class Publisher:
    """Sources by medium ("audio", "video", "screen") of one connection."""

    def __init__(
        self, port: MediaPort, on_state: Callable[["Publisher", ConnectionState], None], codec: str = VP8
    ) -> None:
        self.connection = Connection(port, self)
        self.sources: dict[str, Source] = {}
        self.arrivals = Arrivals()
        self.limit = BandwidthLimit()
        self._on_state = on_state
        self._codec = codec
        self._counters = port.counters
        self._by_ssrc: dict[int, tuple[Source, IncomingTrack]] = {}
        self._session = secrets.randbits(48)
        self._version = 0

    def offer(self, text: str) -> str:
        """Take an offer, the first or a later one on the same connection; returns the answer."""
        self._check_alive()
        offer = parse(text)
        tracks = published_tracks(offer, self._codec)
        transport = offer.transport
        if transport is None:
            raise HearingError(NO_MEDIA)
        self._take(tracks)
        self.connection.start(transport.fingerprint)
        return self._answer(offer)

    def restart(self, text: str) -> str:
        """ICE restart: the same m-lines under new credentials."""
        self._check_alive()
        offer = parse(text)
        published_tracks(offer, self._codec)
        self.connection.restart()
        return self._answer(offer)

    def close(self) -> None:
        """Unlink every receiver and end the connection."""
        for source in self.sources.values():
            source.close()
        self.sources.clear()
        self._by_ssrc.clear()
        self.connection.close()

    def tick(self, now: float) -> None:
        """The one timer: repeated requests of every layer."""
        for source in self.sources.values():
            for layer in source.layers:
                layer.tick(now)

    def report(self, now: float) -> None:
        """Each second: receiver report and bandwidth limit."""
        layers = [layer for s in self.sources.values() for layer in s.layers if layer.ssrc >= 0]
        blocks = [block for block in (layer.report(now) for layer in layers) if block]
        if not blocks:
            return
        video = [layer.ssrc for layer in layers if layer.video]
        message = rtcp.receiver_report(blocks)
        if video:
            takers = [t for layer in layers if layer.video for t in layer.takers]
            self.limit.update([t for t in takers if isinstance(t, OutgoingTrack)], now)
            message += rtcp.bandwidth_limit(self.limit.bits_per_second, video)
        self.connection.send_rtcp(message)

    def settle(self, now: float) -> None:
        """Called each half second: receivers leave layers that fell silent."""
        for source in self.sources.values():
            if len(source.layers) > 1:
                source.settle(now)

    def on_rtp(self, data: bytes, now: float) -> None:
        """Find the layer of a decrypted packet and let it take it."""
        try:
            self._receive(data, now)
        except (IndexError, struct.error):
            self._counters.rtp_malformed += 1

    def _receive(self, data: bytes, now: float) -> None:
        _, second, number, timestamp, ssrc = HEADER.unpack_from(data)
        payload_type = second & 0x7F
        found = self._by_ssrc.get(ssrc) or self._route(data, ssrc, payload_type)
        if found is None:
            self._counters.rtp_unrouted += 1
            return
        source, layer = found
        start, end = payload_start(data), payload_end(data)
        if end < start:
            raise IndexError("padding")
        track = source.track
        packet = bytearray(data)
        if payload_type == track.payload_type:
            source.heard(layer, ssrc, now)
            level = extension(data, track.level_id)
            layer.receive(
                packet, start, end, second & 0x80, number, timestamp, level[0] if level else SILENCE, now
            )
        elif payload_type == track.rtx_payload_type:
            layer.receive_resent(packet, start, end, second & 0x80, timestamp, now)
        else:
            self._counters.rtp_unrouted += 1

    def on_rtcp(self, packet: AnyRtcpPacket, now: float) -> None:
        """The sender reports carry the publisher's clock; the rest of what it says is not needed."""
        if isinstance(packet, RtcpSrPacket):
            _, layer = self._by_ssrc.get(packet.ssrc, (None, None))
            if layer is not None and layer.ssrc == packet.ssrc:
                info = packet.sender_info
                layer.on_sender_report(info.ntp_timestamp, info.rtp_timestamp, now)

    def on_state(self, state: ConnectionState) -> None:
        """Told by the connection, passed to the room."""
        self._on_state(self, state)

    def _check_alive(self) -> None:
        if self.connection.state is ConnectionState.GONE:
            raise HearingError(NOT_CONNECTED)

    def _take(self, tracks: tuple[PublishedTrack, ...]) -> None:
        for track in tracks:
            held = self.sources.get(track.media)
            if held is not None and (not track.active or not _same(held.track, track)):
                held.close()
                del self.sources[track.media]
                self._by_ssrc = {s: t for s, t in self._by_ssrc.items() if t[0] is not held}
            if not track.active:
                continue
            if track.media not in self.sources:
                self.sources[track.media] = Source(track, self.connection.send_rtcp)
            source = self.sources[track.media]
            for ssrc in track.ssrcs:
                self._remember(ssrc, source, source.layers[0])

    def _answer(self, offer: SessionDescription) -> str:
        self._version += 1
        ours = self.connection.describe("passive")
        return render(publish_answer(offer, ours, self._session, self._version, self._codec))

    def _route(self, data: bytes, ssrc: int, payload_type: int) -> tuple[Source, IncomingTrack] | None:
        """By mid and rid (RFC 9143 section 9.2, RFC 8852), or by a payload type that only one m-line has."""
        fitting = []
        for source in self.sources.values():
            track = source.track
            if payload_type not in (track.payload_type, track.rtx_payload_type):
                continue
            mid = extension(data, track.mid_id)
            if mid == track.mid.encode():
                fitting = [source]
                break
            if mid is None:
                fitting.append(source)
        layer = _layer(fitting[0], data, payload_type) if len(fitting) == 1 else None
        if layer is None:
            return None
        self._remember(ssrc, fitting[0], layer)
        return fitting[0], layer

    def _remember(self, ssrc: int, source: Source, layer: IncomingTrack) -> None:
        self._by_ssrc[ssrc] = source, layer
        if len(self._by_ssrc) > MAX_SSRCS:
            del self._by_ssrc[next(iter(self._by_ssrc))]


def _layer(source: Source, data: bytes, payload_type: int) -> IncomingTrack | None:
    """The layer a packet of the source names; with simulcast, none unless it does."""
    track = source.track
    if not track.rids:
        return source.layers[0]
    repaired = payload_type == track.rtx_payload_type
    rid = extension(data, track.rrid_id if repaired else track.rid_id)
    return next((layer for layer in source.layers if rid == layer.rid.encode()), None)


def _same(held: PublishedTrack, track: PublishedTrack) -> bool:
    """Whether a renegotiated m-line carries on what it carried."""
    return (held.mid, held.codec, held.rids) == (track.mid, track.codec, track.rids)
