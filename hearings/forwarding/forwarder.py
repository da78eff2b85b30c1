"""The packet path of a process behind five verbs: `add_in`, `add_out`, `link`, `drain`, `stats`.

Everything that happens to a media packet happens in here, from the socket it arrives at to the sockets it
leaves by: unprotect, read, rewrite, protect, send. What is rare (checks, handshakes, RTCP) is laid aside for
whoever owns the connection. Nothing outside touches a media packet, so a compiled twin with the same verbs
may take this module's place; this one stays what it is tested against. See docs/adr/0040-forwarder.md.
"""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass

import structlog

from hearings.counters import Counters
from hearings.dtls import Memory, unprotect, unprotect_rtcp
from hearings.forwarding.arrival import CONTROL, Ancillary, lag, note_arrivals
from hearings.forwarding.figures import IncomingFigures, OutgoingFigures, incoming, outgoing
from hearings.forwarding.follower import Follower
from hearings.forwarding.incoming import IncomingTrack
from hearings.forwarding.leg import Leg
from hearings.forwarding.outgoing import OutgoingTrack
from hearings.forwarding.packet import HEADER, SILENCE
from hearings.forwarding.routing import Routes
from hearings.forwarding.source import Source
from hearings.ice import Address, Path
from hearings.negotiation import PublishedTrack

log = structlog.get_logger(__name__)

DATAGRAM = 2048
READ_AT_ONCE = 64
"""Datagrams per wakeup and socket, so that a flood at one socket cannot starve timers and the door."""
TURN_S = 0.005
"""Layers with something due get a turn this often, whenever packets come."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Work for others: a datagram that is no media (`leg` None), or decrypted RTCP that came over `leg`."""

    path: Path
    leg: Leg | None
    data: bytes


class Forwarder:
    """Sockets are named by their index. `clock` is monotonic seconds."""

    def __init__(self, sockets: list[socket.socket], counters: Counters) -> None:
        self.memory = Memory(DATAGRAM)
        """Where packets to be sent are made."""
        self._sockets = sockets
        self._counters = counters
        self._routes: list[dict[Address, Leg]] = [{} for _ in sockets]
        self._arrived = Memory(DATAGRAM)
        self._vector = [self._arrived.view[:DATAGRAM]]
        self._aside: list[Aside] = []
        self._due: set[IncomingTrack] = set()
        self._wall = 0.0
        """The wall clock when the present turn of reading began, at `now`: the kernel's stamps are of it."""
        self._next_turn = 0.0
        self._complained = float("-inf")
        for sock in sockets:
            note_arrivals(sock)

    def add_leg(self, owner: object) -> Leg:
        """A connection's path; nothing passes before it is bound to an address and opened with keys."""
        return Leg(self.memory, self._counters, owner)

    def bind(self, path: Path, leg: Leg) -> None:
        """What comes from this path is this leg's."""
        self._routes[path.socket][path.address] = leg

    def unbind(self, path: Path) -> None:
        """What comes from this path is nobody's."""
        self._routes[path.socket].pop(path.address, None)

    def aim(self, leg: Leg, path: Path | None) -> None:
        """Send the leg's packets to this path, None: to nowhere."""
        if path is None:
            leg.move(None, None)
        else:
            leg.move(self._sockets[path.socket].sendto, path.address)

    def add_in(self, leg: Leg, track: PublishedTrack) -> Source:
        """Take the packets of an m-line that a browser publishes over `leg`."""
        source = Source(track, leg.send_rtcp, self._due)
        leg.routes.open(source)
        return source

    def remove_in(self, leg: Leg, source: Source) -> None:
        """The m-line is over: nothing is taken for it, nobody follows it."""
        leg.routes.close(source)
        source.close()
        self._due.difference_update(source.layers)

    def add_out(
        self,
        leg: Leg,
        *,
        ssrc: int,
        payload_type: int,
        rtx_ssrc: int,
        rtx_payload_type: int,
        codec: str,
        name: str,
    ) -> OutgoingTrack:
        """A stream to be sent over `leg`; `name` is its CNAME. `rtx_payload_type` -1: no RTX (sound)."""
        return OutgoingTrack(
            leg,
            ssrc=ssrc,
            payload_type=payload_type,
            rtx_ssrc=rtx_ssrc,
            rtx_payload_type=rtx_payload_type,
            codec=codec,
            name=name,
        )

    def remove_out(self, out: OutgoingTrack) -> None:
        """Nothing will ever be sent on this stream again."""
        out.link(None, 0.0)
        out.forget()

    def link(self, out: Follower, source: Source | None, now: float) -> None:
        """Let `out` follow `source`, None: nobody. The same source again is no change."""
        out.link(source, now)

    def stats(self, track: IncomingTrack | OutgoingTrack) -> IncomingFigures | OutgoingFigures:
        """A snapshot of the figures of a layer or of a stream that is sent."""
        return incoming(track) if isinstance(track, IncomingTrack) else outgoing(track)

    def read(self, index: int, now: float) -> None:
        """Take what has arrived at a socket. Nothing a datagram does can end the reader."""
        receive = self._sockets[index].recvmsg_into
        routes = self._routes[index]
        vector = self._vector
        data = self._arrived.data
        counters = self._counters
        self._wall = time.time()
        for _ in range(READ_AT_ONCE):
            try:
                size, ancillary, _, address = receive(vector, CONTROL)
            except OSError:
                break
            counters.received += 1
            leg = routes.get(address)
            try:
                if leg is None or size < 2 or not 127 < data[0] < 192:
                    self._aside.append(Aside(Path(index, address), None, bytes(data[:size])))
                elif not leg.up:
                    counters.early += 1
                elif 192 <= data[1] <= 223:
                    self._take_rtcp(leg, size, Path(index, address), now)
                else:
                    self._take(leg, size, ancillary, now)
            except (IndexError, struct.error):
                counters.rtp_malformed += 1
            except Exception:
                # The last net: whatever a stranger's bytes provoke may cost that datagram and no more.
                self.count_failure(now)

    def drain(self, now: float) -> list[Aside]:
        """What has been laid aside. Layers that have something due get their turn."""
        if self._due and now >= self._next_turn:
            self._next_turn = now + TURN_S
            for layer in [layer for layer in self._due if not layer.tick(now)]:
                self._due.discard(layer)
        aside, self._aside = self._aside, []
        return aside

    def count_failure(self, now: float) -> None:
        """A defect of ours: counted each time, told with its trace now and then."""
        self._counters.failures += 1
        if now - self._complained > 10:
            self._complained = now
            log.exception("hearings.datagram_failed", failures=self._counters.failures)

    def _take(self, leg: Leg, size: int, ancillary: Ancillary, now: float) -> None:
        """One SRTP packet, as it lies in `_arrived`."""
        memory = self._arrived
        data = memory.data
        ssrc = data[8] << 24 | data[9] << 16 | data[10] << 8 | data[11]
        if not leg.routes.admits(ssrc):
            self._counters.rtp_unrouted += 1
            return
        memory.length[0] = size
        if unprotect(leg.receive_key, memory.pointer, memory.length):
            self._counters.srtp_refused += 1
            return
        leg.heard_at = now
        size = memory.length[0]
        start = 12 + 4 * (data[0] & 15)
        level = SILENCE
        if data[0] & 0x10:
            head = start
            start += 4 + 4 * (data[head + 2] << 8 | data[head + 3])
            if start > size:
                raise IndexError("extension")
            if data[head] == 0xBE and data[head + 1] == 0xDE:
                level = self._read_extensions(leg, head + 4, start, ancillary, now)
        end = size - data[size - 1] if data[0] & 0x20 else size
        if end < start:
            raise IndexError("padding")
        self._hand_over(leg.routes, ssrc, start, end, level, now)

    def _read_extensions(self, leg: Leg, at: int, end: int, ancillary: Ancillary, now: float) -> int:
        """Note the transport-wide number, if there is one; returns the audio level."""
        data = self._arrived.data
        level = SILENCE
        twcc_head, level_head = leg.routes.twcc_head, leg.routes.level_head
        while at < end:
            head = data[at]
            if head == twcc_head:
                leg.arrivals.notes.append(
                    (data[at + 1] << 8 | data[at + 2], now - lag(ancillary, self._wall))
                )
            elif head == level_head:
                level = data[at + 1]
            at += (head & 15) + 2 if head else 1
        return level

    def _hand_over(self, routes: Routes, ssrc: int, start: int, end: int, level: int, now: float) -> None:
        """Give a decrypted packet with its payload at `start` to `end` to its layer."""
        data = self._arrived.data
        _, second, number, timestamp, _ = HEADER.unpack_from(data)
        payload_type = second & 0x7F
        layer = routes.layers.get(ssrc) or routes.find(data[:end], ssrc, payload_type)
        if layer is None:
            self._counters.rtp_unrouted += 1
        elif payload_type == layer.payload_type:
            if ssrc != layer.ssrc:
                layer.source.heard(layer, ssrc, now)
            layer.receive(data, start, end, second & 0x80, number, timestamp, level, now)
        elif payload_type == layer.rtx_payload_type:
            layer.receive_resent(data, start, end, second & 0x80, timestamp, now)
        else:
            self._counters.rtp_unrouted += 1

    def _take_rtcp(self, leg: Leg, size: int, path: Path, now: float) -> None:
        """One SRTCP packet, as it lies in `_arrived`."""
        memory = self._arrived
        memory.length[0] = size
        if unprotect_rtcp(leg.receive_key, memory.pointer, memory.length):
            self._counters.srtp_refused += 1
            return
        leg.heard_at = now
        self._aside.append(Aside(path, leg, bytes(memory.data[: memory.length[0]])))
