"""One peer connection at the server: an ICE peer, a DTLS session and the SRTP between them."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Protocol

from hearings.dtls import DtlsSession, Keys
from hearings.forwarding import rtcp
from hearings.sdp import TransportDescription

if TYPE_CHECKING:
    from hearings.port import MediaPort

RECONNECTING_S = 5.0
GONE_S = 30.0


class ConnectionState(enum.StrEnum):
    """As told at the door. GONE is final."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    GONE = "gone"


class Listener(Protocol):
    """Who owns a connection: a publisher or a subscriber."""

    def on_rtcp(self, packet: rtcp.AnyPacket, now: float) -> None: ...

    def on_state(self, state: ConnectionState) -> None: ...


class _Nobody:
    """Listens to a connection that is over."""

    def on_rtcp(self, packet: rtcp.AnyPacket, now: float) -> None:
        """No packet comes any more."""

    def on_state(self, state: ConnectionState) -> None:
        """The last state was told."""


class Connection:
    """Opened at once, connected when the browser has checked and shaken hands, gone after 30 s of silence.

    Consent (RFC 7675): any authenticated datagram counts as a sign of life, checks and media alike.
    """

    def __init__(self, port: MediaPort, listener: Listener) -> None:
        self.port = port
        self.state = ConnectionState.CONNECTING
        self.leg = port.forwarder.add_leg(self)
        self.leg.heard_at = port.clock()
        self.peer = port.ice.open(self)
        self._listener = listener
        self._dtls = DtlsSession(port.certificate, self._send)
        self._task: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        port.add(self)

    @property
    def up(self) -> bool:
        """Whether packets can be sent and received."""
        return self.leg.up

    @property
    def started(self) -> bool:
        return self._task is not None

    def start(self, fingerprint: str) -> None:
        """The browser's certificate is known: wait for its handshake. A second start is no change."""
        if self._task is None and self.state is not ConnectionState.GONE:
            self._task = self.port.own(self._run(fingerprint))

    def describe(self, setup: str) -> TransportDescription:
        """Our side for an SDP."""
        credentials = self.peer.credentials
        return TransportDescription(
            credentials.ufrag,
            credentials.password,
            self.port.certificate.fingerprint,
            setup,
            self.port.candidates,
        )

    def restart(self) -> None:
        """New ICE credentials; DTLS, SRTP and the path in use stay until a new path is nominated."""
        self.port.ice.restart(self.peer)

    def close(self) -> None:
        """End the connection; its state is GONE at once, the goodbye is sent by its task."""
        self.leg.close()
        self.state = ConnectionState.GONE
        self._ended.set()
        if self._task is None:
            self._part()

    def receive_dtls(self, data: bytes) -> None:
        """A DTLS datagram; kept in the queue even before `start`, the browser may be the faster one."""
        if not self._dtls.push(data):
            self.port.counters.dtls_overflow += 1

    def receive_rtcp(self, data: bytes, now: float) -> None:
        """A decrypted RTCP compound."""
        try:
            packets = rtcp.read(data)
        except ValueError:
            self.port.counters.rtcp_malformed += 1
            return
        for packet in packets:
            self._listener.on_rtcp(packet, now)

    def check(self, now: float) -> None:
        """Called each half second: has the browser been silent for too long?"""
        silent = now - self.leg.heard_at
        if silent > GONE_S:
            self._move(ConnectionState.GONE)
            self.close()
        elif self.up:
            lagging = silent > RECONNECTING_S
            self._move(ConnectionState.RECONNECTING if lagging else ConnectionState.CONNECTED)

    def _send(self, data: bytes) -> None:
        path = self.peer.path
        if path is not None:
            self.port.send(path, data)

    async def _run(self, fingerprint: str) -> None:
        try:
            async with asyncio.timeout(GONE_S):
                keys = await self._until_ended(self._dtls.handshake(fingerprint))
            if keys is not None:
                self.leg.open(keys)
                self._move(ConnectionState.CONNECTED)
                self._dtls.on_closed(self._ended.set)
                await self._ended.wait()
        except TimeoutError:
            pass
        finally:
            self.leg.close()
            await self._dtls.stop()
            self._move(ConnectionState.GONE)
            self._part()

    def _part(self) -> None:
        """Let go of everything that holds this connection: its handshake's memory, its keys and its ring are
        to be free when its owner forgets it, not when the garbage collector comes by (ADR 0049)."""
        self.port.remove(self)
        self._dtls.forget()
        self._listener = _Nobody()

    async def _until_ended(self, handshake: Coroutine[None, None, Keys | None]) -> Keys | None:
        """The handshake's outcome, None when the connection was closed before it was over."""
        shaking = asyncio.ensure_future(handshake)
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({shaking, ending}, return_when=asyncio.FIRST_COMPLETED)
            return shaking.result() if shaking.done() else None
        finally:
            for task in (shaking, ending):
                task.cancel()
            await asyncio.gather(shaking, ending, return_exceptions=True)

    def _move(self, state: ConnectionState) -> None:
        if state is not self.state and self.state is not ConnectionState.GONE:
            self.state = state
            self._listener.on_state(state)
