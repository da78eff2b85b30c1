"""One connection of the load: a UDP socket of its own with ICE, DTLS and SRTP on it.

aiortc does the handshake; after it every packet goes between socket and SRTP session without asyncio's
transports. This is the one module of the bench that names private attributes of aiortc (see hearings.dtls).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, cast

import pylibsrtp
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

from bench.load.ice import Address, Agent, host_candidate
from hearings.sdp import SessionDescription, TransportDescription

SO_TIMESTAMPNS = 35
"""asm-generic/socket.h; Python does not name it."""
TIMESPEC = struct.Struct("qq")
DATAGRAM = 2048
READ_AT_ONCE = 64
BUFFER = 4 << 20
CONNECT_S = 30.0


class NotConnected(Exception):
    """ICE or DTLS did not succeed in time."""


class Wire:
    """From a description of both sides to packets.

    `on_rtp(buffer, size, arrived)` gets the encrypted packet in a buffer that the next one overwrites, and
    the kernel's time of arrival in nanoseconds; `on_rtcp(data)` gets decrypted compounds. `loss` is the share
    of media that is dropped in each direction, by a chance of a fixed seed.
    """

    def __init__(self, host: str, certificate: RTCCertificate, *, loss: float = 0.0, seed: int = 0) -> None:
        self.on_rtp: Callable[[bytearray, int, int], None] = _ignore_rtp
        self.on_rtcp: Callable[[bytes], None] = _ignore_rtcp
        self.up = False
        self.blocked = 0
        self.dropped = 0
        self._loss = loss
        self._chance = random.Random(seed).random
        self._socket = _bind(host)
        self._address: Address = self._socket.getsockname()
        self._buffer = bytearray(DATAGRAM)
        self.ice = Agent(self._send_to)
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue(64)
        self._certificate = certificate
        self._dtls = RTCDtlsTransport(cast(Any, self), [certificate])
        self._checking: asyncio.Task[None] | None = None
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def describe(self, setup: str) -> TransportDescription:
        """Our side for an SDP."""
        digest = next(f.value for f in self._certificate.getFingerprints() if f.algorithm == "sha-256")
        ours = self.ice.credentials
        return TransportDescription(
            ours.ufrag, ours.password, f"sha-256 {digest}", setup, (host_candidate(self._address),)
        )

    async def connect(self, theirs: SessionDescription, *, offered: bool) -> None:
        """Check and shake hands; `offered` says that the offer was ours. Raises NotConnected."""
        transport = self.hear(theirs, offered=offered)
        self._checking = asyncio.create_task(self.ice.run())
        self._dtls._set_role("server" if transport.setup == "active" else "client")
        algorithm, _, value = transport.fingerprint.partition(" ")
        try:
            async with asyncio.timeout(CONNECT_S):
                await self.ice.connected.wait()
                await self._dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(algorithm, value)]))
        except TimeoutError as error:
            raise NotConnected("no answer to ICE checks or DTLS") from error
        if self._dtls.state != "connected":
            raise NotConnected(f"DTLS is {self._dtls.state}")
        self._protect = self._dtls._tx_srtp.protect
        self._protect_rtcp = self._dtls._tx_srtp.protect_rtcp
        self.unprotect: Callable[[bytes], bytes] = self._dtls._rx_srtp.unprotect
        self._unprotect_rtcp = self._dtls._rx_srtp.unprotect_rtcp
        self.up = True

    def hear(self, theirs: SessionDescription, *, offered: bool) -> TransportDescription:
        """Take their ICE values: at the start, and anew after an ICE restart."""
        transport = theirs.transport
        if transport is None:
            raise NotConnected("a description without transport")
        self.ice.begin(transport, controlling=offered or theirs.lite)
        return transport

    async def close(self) -> None:
        """Say goodbye and close the socket."""
        await self._stop_checking()
        with contextlib.suppress(ConnectionError):
            await self._dtls.stop()
        self._close_socket()

    async def vanish(self) -> None:
        """Close the socket without a word, as a browser whose machine lost its line."""
        await self._stop_checking()
        reader = self._dtls._task
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        self._close_socket()

    async def move(self) -> None:
        """Go on from another address: a new socket, the same DTLS and SRTP, and a check from there."""
        host = self._address[0]
        self._close_socket()
        self._socket = _bind(host)
        self._address = self._socket.getsockname()
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)
        self.up = True
        self.ice.check()

    def send(self, packet: bytes) -> int:
        """Encrypt and send a media packet; returns when, in nanoseconds, just before the kernel had it."""
        data = self._protect(packet)
        now = time.time_ns()
        if self._loss and self._chance() < self._loss:
            self.dropped += 1
        else:
            self.send_raw(data)
        return now

    def send_rtcp(self, compound: bytes) -> None:
        """Encrypt and send; dropped while not connected."""
        if self.up:
            self.send_raw(self._protect_rtcp(compound))

    def send_raw(self, data: bytes) -> None:
        """Send any datagram as it is."""
        if self.ice.remote is not None:
            self._send_to(data, self.ice.remote)

    role = "controlled"
    """What aiortc's DTLS asks its transport for; the real role is set by `connect`."""

    async def _recv(self) -> bytes:
        return await self._inbox.get()

    async def _send(self, data: bytes) -> None:
        self.send_raw(data)

    def _send_to(self, data: bytes, address: Address) -> None:
        try:
            self._socket.sendto(data, address)
        except OSError:
            self.blocked += 1

    def _read(self) -> None:
        buffer = self._buffer
        buffers = [buffer]
        receive = self._socket.recvmsg_into
        for _ in range(READ_AT_ONCE):
            try:
                size, ancillary, _, address = receive(buffers, 64)
            except OSError:
                return
            first = buffer[0]
            if not 127 < first < 192:
                self._receive_other(bytes(buffer[:size]), address)
            elif self._loss and self._chance() < self._loss:
                self.dropped += 1
            elif not 192 <= buffer[1] <= 223:
                seconds, nanoseconds = TIMESPEC.unpack_from(ancillary[0][2])
                self.on_rtp(buffer, size, seconds * 1_000_000_000 + nanoseconds)
            elif self.up:
                self._receive_rtcp(bytes(buffer[:size]))

    def _receive_rtcp(self, data: bytes) -> None:
        with contextlib.suppress(pylibsrtp.Error):
            self.on_rtcp(self._unprotect_rtcp(data))

    def _receive_other(self, data: bytes, address: Address) -> None:
        if data and data[0] < 4:
            self.ice.receive(data, address)
        elif data and 19 < data[0] < 64 and not self._inbox.full():
            self._inbox.put_nowait(data)

    async def _stop_checking(self) -> None:
        self.up = False
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.gather(self._checking, return_exceptions=True)

    def _close_socket(self) -> None:
        self.up = False
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()


def _bind(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    sock.bind((host, 0))
    sock.setblocking(False)
    return sock


def _ignore_rtp(buffer: bytearray, size: int, arrived: int) -> None:
    """Before anybody listens."""


def _ignore_rtcp(data: bytes) -> None:
    """Before anybody listens."""
