"""DTLS and SRTP of one connection: aiortc's `RTCDtlsTransport` on a transport of our own.

This is the one module that names private attributes of aiortc: the three it asks of its transport (`role`,
`_recv`, `_send`) and the three we take from it (`_set_role`, `_rx_srtp`, `_tx_srtp`). The version is pinned
and tests/hearings/test_aiortc_contract.py says which of them moved.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pylibsrtp
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

REFUSED = (pylibsrtp.Error, ValueError)
"""What SRTP raises on a packet it does not accept: wrong tag, replay (libsrtp) or too long (its wrapper)."""

QUEUE_LIMIT = 64
"""DTLS datagrams waiting to be read; a handshake has about six, so more is noise and is dropped."""


class Certificate:
    """The process's self-signed certificate, made once at start."""

    def __init__(self) -> None:
        self.value = RTCCertificate.generateCertificate()
        self.fingerprint = next(
            f"sha-256 {f.value}" for f in self.value.getFingerprints() if f.algorithm == "sha-256"
        )


class _Wire:
    """What aiortc's DTLS takes for its ICE transport."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LIMIT)
        self._out = send

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        self._out(data)


class DtlsSession:
    """The passive side of one DTLS association and, after `handshake`, its SRTP contexts."""

    def __init__(self, certificate: Certificate, send: Callable[[bytes], None]) -> None:
        self._wire = _Wire(send)
        self._transport = RTCDtlsTransport(cast(Any, self._wire), [certificate.value])
        self._transport._set_role("server")
        self.unprotect: Callable[[bytes], bytes] = _not_ready
        self.unprotect_rtcp: Callable[[bytes], bytes] = _not_ready
        self.protect: Callable[[bytes], bytes] = _not_ready
        self.protect_rtcp: Callable[[bytes], bytes] = _not_ready

    def push(self, data: bytes) -> bool:
        """Hand over a DTLS datagram; False when the queue is full and it was dropped."""
        try:
            self._wire.queue.put_nowait(data)
        except asyncio.QueueFull:
            return False
        return True

    async def handshake(self, fingerprint: str) -> bool:
        """Wait for the browser's handshake; True when its certificate has `fingerprint` and SRTP is ready."""
        algorithm, _, value = fingerprint.partition(" ")
        parameters = RTCDtlsParameters([RTCDtlsFingerprint(algorithm=algorithm, value=value)])
        await self._transport.start(parameters)
        if self._transport.state != "connected":
            return False
        receive, send = self._transport._rx_srtp, self._transport._tx_srtp
        self.unprotect, self.unprotect_rtcp = receive.unprotect, receive.unprotect_rtcp
        self.protect, self.protect_rtcp = send.protect, send.protect_rtcp
        return True

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


def _not_ready(data: bytes) -> bytes:
    raise ValueError("no SRTP before the handshake")
