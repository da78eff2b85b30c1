"""The publish side of a seat: one browser's microphone, camera and screen coming in."""

import secrets
from collections.abc import Callable

from aiortc.rtp import RtcpSrPacket

from hearings.connection import Connection, ConnectionState
from hearings.errors import NO_MEDIA, NOT_CONNECTED, HearingError
from hearings.forwarding import rtcp
from hearings.forwarding.source import Source
from hearings.negotiation import VP8, PublishedTrack, publish_answer, published_tracks
from hearings.port import MediaPort
from hearings.sdp import SessionDescription, parse, render
from hearings.uplink import Uplink

SETTLE_S = 0.1


class Publisher:
    """Sources by medium ("audio", "video", "screen") of one connection."""

    def __init__(
        self, port: MediaPort, on_state: Callable[["Publisher", ConnectionState], None], codec: str = VP8
    ) -> None:
        self.connection = Connection(port, self)
        self.sources: dict[str, Source] = {}
        self.uplink = Uplink(self.connection.leg, self.sources)
        self._on_state = on_state
        self._codec = codec
        self._forwarder = port.forwarder
        self._session = secrets.randbits(48)
        self._version = 0
        self._settled_at = float("-inf")

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
            self._forwarder.remove_in(self.connection.leg, source)
        self.sources.clear()
        self.connection.close()

    def tick(self, now: float) -> None:
        """Every 20 ms: feedback; now and then receivers leave layers that fell silent."""
        self.uplink.tick(now)
        if now - self._settled_at >= SETTLE_S:
            self._settled_at = now
            for source in self.sources.values():
                if len(source.layers) > 1:
                    source.settle(now)

    def report(self, now: float) -> None:
        """Each second: receiver report and bandwidth limit."""
        layers = [layer for s in self.sources.values() for layer in s.layers if layer.ssrc >= 0]
        blocks = [block for block in (layer.report(now) for layer in layers) if block]
        if blocks:
            message = rtcp.receiver_report(blocks) + self.uplink.limit_message()
            self.connection.leg.send_rtcp(message)

    def on_rtcp(self, packet: rtcp.AnyPacket, now: float) -> None:
        """The sender reports carry the publisher's clock; the rest of what it says is not needed."""
        if isinstance(packet, RtcpSrPacket):
            layer = self.connection.leg.routes.layers.get(packet.ssrc)
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
        leg = self.connection.leg
        for track in tracks:
            held = self.sources.get(track.media)
            if held is not None and (not track.active or not _same(held.track, track)):
                self._forwarder.remove_in(leg, self.sources.pop(track.media))
            if track.active and track.media not in self.sources:
                self.sources[track.media] = self._forwarder.add_in(leg, track)

    def _answer(self, offer: SessionDescription) -> str:
        self._version += 1
        ours = self.connection.describe("passive")
        return render(publish_answer(offer, ours, self._session, self._version, self._codec))


def _same(held: PublishedTrack, track: PublishedTrack) -> bool:
    """Whether a renegotiated m-line carries on what it carried."""
    return (held.mid, held.codec, held.rids, held.ssrcs) == (track.mid, track.codec, track.rids, track.ssrcs)
