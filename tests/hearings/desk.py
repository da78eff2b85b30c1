"""The packet path on a desk: a forwarder on a real socket, browsers that are bare sockets, no encryption.

Time stands still unless a test moves it. What a browser sends is taken at once.
"""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path as File
from types import SimpleNamespace
from typing import Any

from hearings.counters import Counters
from hearings.forwarding import rtcp
from hearings.forwarding.forwarder import Forwarder
from hearings.forwarding.leg import Leg
from hearings.forwarding.outgoing import OutgoingTrack
from hearings.forwarding.packet import extension
from hearings.forwarding.source import Source
from hearings.ice import Path
from hearings.negotiation import H264_PT, H264_RTX_PT, OPUS_PT, RTX_PT, TWCC_ID, VP8_PT, PublishedTrack
from tests.hearings.peer import payload_of

FOLDER = File(__file__).parent / "packets"
ENTRY = struct.Struct("!HHd")
PAYLOAD_TYPES = {"opus": (OPUS_PT, -1), "vp8": (VP8_PT, RTX_PT), "h264": (H264_PT, H264_RTX_PT)}


@dataclass(frozen=True)
class Sent:
    """A packet as a receiver got it."""

    data: bytes

    @property
    def payload_type(self) -> int:
        return self.data[1] & 0x7F

    @property
    def marker(self) -> bool:
        return bool(self.data[1] & 0x80)

    @property
    def number(self) -> int:
        return int.from_bytes(self.data[2:4], "big")

    @property
    def timestamp(self) -> int:
        return int.from_bytes(self.data[4:8], "big")

    @property
    def ssrc(self) -> int:
        return int.from_bytes(self.data[8:12], "big")

    @property
    def payload(self) -> bytes:
        return payload_of(self.data)

    @property
    def transport_number(self) -> int:
        value = extension(self.data, TWCC_ID)
        assert value is not None
        return int.from_bytes(value, "big")


class Browser:
    """A socket and its leg. What it is sent is read by `rtp` and `rtcp`, once."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.connect(desk.address)
        self.socket.setblocking(False)
        self.leg: Leg = desk.forwarder.add_leg(self)
        path = Path(0, self.socket.getsockname())
        desk.forwarder.bind(path, self.leg)
        desk.forwarder.aim(self.leg, path)
        keys: Any = SimpleNamespace(receive=None, send=None, forget_sent=lambda ssrc: None)
        self.leg.open(keys)
        self._rtp: list[Sent] = []
        self._rtcp: list[Any] = []

    def send(self, packet: bytes) -> None:
        """Send, and let it be taken."""
        self.socket.send(packet)
        self._desk.forwarder.read(0, self._desk.now)

    def rtp(self) -> list[Sent]:
        """The media since the last call."""
        self._receive()
        taken, self._rtp = self._rtp, []
        return taken

    def rtcp(self) -> list[Any]:
        """The RTCP packets since the last call."""
        self._receive()
        taken, self._rtcp = self._rtcp, []
        return taken

    def nacked(self) -> list[int]:
        """The numbers asked for since the last call."""
        return [n for p in self.rtcp() if getattr(p, "fmt", 0) == 1 and hasattr(p, "lost") for n in p.lost]

    def keyframes_asked(self) -> list[int]:
        """The SSRCs of which a keyframe was asked for since the last call."""
        return [p.media_ssrc for p in self.rtcp() if hasattr(p, "fci") and p.fmt == 1]

    def _receive(self) -> None:
        while True:
            try:
                data = self.socket.recv(4096)
            except BlockingIOError:
                return
            if 192 <= data[1] <= 223:
                self._rtcp += rtcp.read(data)
            else:
                self._rtp.append(Sent(data))


class Desk:
    """`pass_time` moves the clock and gives due layers their turn."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.counters = Counters()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.address = self._socket.getsockname()
        self.forwarder = Forwarder([self._socket], self.counters)
        self._ssrcs = iter(range(0x1000, 0x2000))
        self._browsers: list[Browser] = []

    def browser(self) -> Browser:
        browser = Browser(self)
        self._browsers.append(browser)
        return browser

    def out(self, browser: Browser, source: Source) -> OutgoingTrack:
        """A stream to the browser, linked to the source."""
        payload_type, rtx_payload_type = PAYLOAD_TYPES[source.codec]
        out = self.forwarder.add_out(
            browser.leg,
            ssrc=next(self._ssrcs),
            payload_type=payload_type,
            rtx_ssrc=next(self._ssrcs),
            rtx_payload_type=rtx_payload_type,
            codec=source.codec,
            name="seat",
        )
        self.forwarder.link(out, source, self.now)
        return out

    def pass_time(self, seconds: float) -> None:
        """In steps as short as the timer's."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + 0.02)
            self.forwarder.drain(self.now)

    def close(self) -> None:
        self._socket.close()
        for browser in self._browsers:
            browser.socket.close()


def recorded(name: str) -> tuple[str, list[tuple[float, bytes]]]:
    """A browser's offer, and the packets it then sent: (seconds since the first, packet).

    See packets/record.py. Cut payloads are filled up again, so that sizes are true.
    """
    packets = []
    data = (FOLDER / f"{name}.packets").read_bytes()
    at = 0
    while at < len(data):
        kept, whole, when = ENTRY.unpack_from(data, at)
        at += ENTRY.size
        packets.append((when, data[at : at + kept] + bytes(whole - kept)))
        at += kept
    return (FOLDER / f"{name}.sdp").read_text(), packets


def camera(**changes: Any) -> PublishedTrack:
    """A VP8 m-line without layers, as `tests.hearings.peer` would offer it."""
    values: dict[str, Any] = {
        "media": "video",
        "mid": "1",
        "active": True,
        "payload_type": 120,
        "rtx_payload_type": 121,
        "mid_id": 3,
        "level_id": 0,
        "send_time_id": 4,
        "ssrcs": (2001, 2002),
        "codec": "vp8",
    }
    return PublishedTrack(**{**values, **changes})


def microphone(**changes: Any) -> PublishedTrack:
    """An Opus m-line, as `tests.hearings.peer` would offer it."""
    values = {"media": "audio", "mid": "0", "payload_type": 109, "rtx_payload_type": -1, "level_id": 1}
    return camera(**{**values, "send_time_id": 0, "ssrcs": (1001,), "codec": "opus", **changes})
