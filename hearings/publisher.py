"""The publish side of a seat: one browser's microphone, camera and screen coming in."""

import secrets
import struct
from collections.abc import Callable

from aiortc.rtp import AnyRtcpPacket, RtcpSrPacket

from hearings.connection import Connection, ConnectionState
from hearings.errors import NO_MEDIA, NOT_CONNECTED, HearingError
from hearings.forwarding import rtcp
from hearings.forwarding.incoming import IncomingTrack
from hearings.forwarding.packet import HEADER, extension
from hearings.negotiation import PublishedTrack, publish_answer, published_tracks
from hearings.port import MediaPort
from hearings.quality import BandwidthLimit
from hearings.sdp import SessionDescription, parse, render

MAX_SSRCS = 16
"""SSRCs remembered for one browser; a hostile one may invent more, the oldest is forgotten."""


class Publisher:
    """Tracks by medium ("audio", "video", "screen") of one connection."""

    def __init__(self, port: MediaPort, on_state: Callable[["Publisher", ConnectionState], None]) -> None:
        self.connection = Connection(port, self)
        self.tracks: dict[str, IncomingTrack] = {}
        self.limit = BandwidthLimit()
        self._on_state = on_state
        self._counters = port.counters
        self._by_ssrc: dict[int, IncomingTrack] = {}
        self._session = secrets.randbits(48)
        self._version = 0

    def offer(self, text: str) -> str:
        """Take an offer, the first or a later one on the same connection; returns the answer."""
        self._check_alive()
        offer = parse(text)
        tracks = published_tracks(offer)
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
        published_tracks(offer)
        self.connection.restart()
        return self._answer(offer)

    def close(self) -> None:
        """Unlink every receiver and end the connection."""
        for track in self.tracks.values():
            self._unlink(track)
        self.tracks.clear()
        self._by_ssrc.clear()
        self.connection.close()

    def tick(self, now: float) -> None:
        """The one timer: repeated requests of every track."""
        for track in self.tracks.values():
            track.tick(now)

    def report(self, now: float) -> None:
        """Each second: receiver report and bandwidth limit."""
        tracks = [t for t in self.tracks.values() if t.ssrc >= 0]
        blocks = [block for block in (track.report(now) for track in tracks) if block]
        if not blocks:
            return
        video = [t.ssrc for t in tracks if t.video]
        message = rtcp.receiver_report(blocks)
        if video:
            self.limit.update([sink for t in tracks if t.video for sink in t.sinks], now)
            message += rtcp.bandwidth_limit(self.limit.bits_per_second, video)
        self.connection.send_rtcp(message)

    def on_rtp(self, data: bytes, now: float) -> None:
        """One decrypted packet: to its track by SSRC, or by mid the first time."""
        try:
            _, second, number, timestamp, ssrc = HEADER.unpack_from(data)
            track = self._by_ssrc.get(ssrc) or self._route(data, ssrc, second & 0x7F)
            if track is None:
                self._counters.rtp_unrouted += 1
                return
            payload_type = second & 0x7F
            if payload_type == track.track.payload_type:
                track.listen(ssrc)
                track.receive(data, second, number, timestamp, now)
            elif payload_type == track.track.rtx_payload_type:
                track.receive_resent(data, second, timestamp, now)
            else:
                self._counters.rtp_unrouted += 1
        except (IndexError, struct.error):
            self._counters.rtp_malformed += 1

    def on_rtcp(self, packet: AnyRtcpPacket, now: float) -> None:
        """The sender reports carry the publisher's clock; the rest of what it says is not needed."""
        if isinstance(packet, RtcpSrPacket):
            track = self._by_ssrc.get(packet.ssrc)
            if track is not None and track.ssrc == packet.ssrc:
                info = packet.sender_info
                track.on_sender_report(info.ntp_timestamp, info.rtp_timestamp, now)

    def on_state(self, state: ConnectionState) -> None:
        """Told by the connection, passed to the room."""
        self._on_state(self, state)

    def _check_alive(self) -> None:
        if self.connection.state is ConnectionState.GONE:
            raise HearingError(NOT_CONNECTED)

    def _take(self, tracks: tuple[PublishedTrack, ...]) -> None:
        for track in tracks:
            held = self.tracks.get(track.media)
            if held is not None and (not track.active or held.track.mid != track.mid):
                self._unlink(held)
                del self.tracks[track.media]
                self._by_ssrc = {s: t for s, t in self._by_ssrc.items() if t is not held}
            if not track.active:
                continue
            if track.media not in self.tracks:
                self.tracks[track.media] = IncomingTrack(track, self.connection.send_rtcp)
            for ssrc in track.ssrcs:
                self._remember(ssrc, self.tracks[track.media])

    def _answer(self, offer: SessionDescription) -> str:
        self._version += 1
        return render(
            publish_answer(offer, self.connection.describe("passive"), self._session, self._version)
        )

    def _route(self, data: bytes, ssrc: int, payload_type: int) -> IncomingTrack | None:
        """Whose is an SSRC not announced in the SDP? The mid says so, or else the payload type if unique."""
        fitting = []
        for track in self.tracks.values():
            agreed = track.track
            if payload_type not in (agreed.payload_type, agreed.rtx_payload_type):
                continue
            mid = extension(data, agreed.mid_id)
            if mid == agreed.mid.encode():
                fitting = [track]
                break
            if mid is None:
                fitting.append(track)
        if len(fitting) != 1:
            return None
        self._remember(ssrc, fitting[0])
        return fitting[0]

    def _remember(self, ssrc: int, track: IncomingTrack) -> None:
        self._by_ssrc[ssrc] = track
        if len(self._by_ssrc) > MAX_SSRCS:
            del self._by_ssrc[next(iter(self._by_ssrc))]

    def _unlink(self, track: IncomingTrack) -> None:
        for sink in list(track.sinks):
            sink.link(None, self.connection.heard_at)
