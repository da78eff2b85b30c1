"""DTLS and SRTP of one connection: aiortc's `RTCDtlsTransport` on a transport of our own.

This is the one module that names private attributes: of aiortc the three it asks of its transport (`role`,
`_recv`, `_send`) and the three we take from it (`_set_role`, `_rx_srtp`, `_tx_srtp`); of pylibsrtp its
binding (`_binding`) and a session's handle (`_srtp`), with which the packet path calls libsrtp directly on
memory it uses again and again. The versions are pinned and tests/hearings/test_aiortc_contract.py says which
of them moved.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, cast

import pylibsrtp
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from pylibsrtp._binding import ffi, lib

unprotect: Callable[[Any, Any, Any], int] = lib.srtp_unprotect
"""unprotect(keys.receive, memory.pointer, memory.length): decrypt in place; 0, or why it was refused."""
unprotect_rtcp: Callable[[Any, Any, Any], int] = lib.srtp_unprotect_rtcp
protect: Callable[[Any, Any, Any], int] = lib.srtp_protect
"""protect(keys.send, memory.pointer, memory.length): encrypt in place; 0, or why it was refused."""
protect_rtcp: Callable[[Any, Any, Any], int] = lib.srtp_protect_rtcp

TRAILER = 148
"""What sealing may add to a packet at most (SRTCP: tag, key index and packet index)."""

QUEUE_LIMIT = 64
"""DTLS datagrams waiting to be read; a handshake has about six, so more is noise and is dropped."""


class Certificate:
    """The process's self-signed certificate, made once at start."""

    def __init__(self) -> None:
        self.value = RTCCertificate.generateCertificate()
        self.fingerprint = next(
            f"sha-256 {f.value}" for f in self.value.getFingerprints() if f.algorithm == "sha-256"
        )


def _nowhere(data: bytes) -> None:
    """The connection is over."""


class _Wire:
    """What aiortc's DTLS takes for its ICE transport."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LIMIT)
        self._out = send

    def cut(self) -> None:
        """Send nothing more."""
        self._out = _nowhere

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        self._out(data)


class Memory:
    """A packet's place: `data` for Python, `pointer` and `length[0]` for libsrtp, which works in place."""

    def __init__(self, size: int) -> None:
        self.data = bytearray(size + TRAILER)
        self.view = memoryview(self.data)
        self.pointer = ffi.from_buffer(self.data)
        self.length = ffi.new("int *")


class Keys:
    """The SRTP contexts of a connection: `receive` and `send` are libsrtp's handles."""

    def __init__(self, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        self._sessions = receive, send  # libsrtp frees a context when its session is collected
        self.receive: Any = receive._srtp[0]
        self.send: Any = send._srtp[0]

    def forget_sent(self, ssrc: int) -> None:
        """Nothing will ever be sent under this SSRC again: its context is freed."""
        with contextlib.suppress(pylibsrtp.Error):  # nothing was ever sent
            self._sessions[1].remove_stream(ssrc)


class DtlsSession:
    """The passive side of one DTLS association; `handshake` gives the keys for SRTP."""

    def __init__(self, certificate: Certificate, send: Callable[[bytes], None]) -> None:
        self._wire = _Wire(send)
        self._transport = RTCDtlsTransport(cast(Any, self._wire), [certificate.value])
        self._transport._set_role("server")

    def push(self, data: bytes) -> bool:
        """Hand over a DTLS datagram; False when the queue is full and it was dropped."""
        try:
            self._wire.queue.put_nowait(data)
        except asyncio.QueueFull:
            return False
        return True

    async def handshake(self, fingerprint: str) -> Keys | None:
        """Wait for the browser's handshake; its keys when its certificate has `fingerprint`, else None."""
        algorithm, _, value = fingerprint.partition(" ")
        parameters = RTCDtlsParameters([RTCDtlsFingerprint(algorithm=algorithm, value=value)])
        await self._transport.start(parameters)
        if self._transport.state != "connected":
            return None
        return Keys(self._transport._rx_srtp, self._transport._tx_srtp)

    def on_closed(self, callback: Callable[[], None]) -> None:
        """Call back once the remote side closed the association (its close_notify)."""

        def changed() -> None:
            if self._transport.state == "closed":
                callback()

        self._transport.on("statechange", changed)

    async def stop(self) -> None:
        """Tell the remote side and end aiortc's reader."""
        self._transport.remove_all_listeners()
        await self._transport.stop()

    def forget(self) -> None:
        """Let go of whoever sends for it; nothing more will be sent."""
        self._wire.cut()
