"""The load's end of ICE (RFC 8445): one host candidate, one remote candidate, aioice's STUN codec.

Works against ICE-lite (ours) and full ICE (Janus, aiortc), in both roles.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aioice import stun

from hearings.sdp import TransportDescription

Address = tuple[str, int]

CHECK_S = 0.05
"""Between checks until one was answered; a second later it is consent (RFC 7675)."""
CONSENT_S = 2.0
PRIORITY = 126 << 24 | 65535 << 8 | 255


@dataclass(frozen=True, slots=True)
class Credentials:
    """User name fragment and password of one ICE generation."""

    ufrag: str
    password: str


class Agent:
    """Checks the remote candidate and answers its checks. `send(data, address)` leaves through the socket."""

    def __init__(self, send: Callable[[bytes, Address], None]) -> None:
        self.credentials = new_credentials()
        self.connected = asyncio.Event()
        self.remote: Address | None = None
        self._send = send
        self._theirs = Credentials("", "")
        self._controlling = True
        self._tie_breaker = secrets.randbits(64)
        self._checks: set[bytes] = set()

    def begin(self, theirs: TransportDescription, *, controlling: bool) -> None:
        """Take the other side's description, the first or that of an ICE restart."""
        self._theirs = Credentials(theirs.ufrag, theirs.password)
        self._controlling = controlling
        self._checks.clear()
        self.connected.clear()
        self.remote = remote_candidate(theirs)

    def renew(self) -> None:
        """New credentials of our own, for an ICE restart."""
        self.credentials = new_credentials()

    async def run(self) -> None:
        """Check until cancelled: quickly at first, as consent later."""
        while True:
            self.check()
            await asyncio.sleep(CONSENT_S if self.connected.is_set() else CHECK_S)

    def check(self) -> None:
        """Send one check; a controlling side nominates at once, as browsers against ICE-lite do."""
        if self.remote is None:
            return
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self._theirs.ufrag}:{self.credentials.ufrag}"
        request.attributes["PRIORITY"] = PRIORITY
        if self._controlling:
            request.attributes["ICE-CONTROLLING"] = self._tie_breaker
            request.attributes["USE-CANDIDATE"] = None
        else:
            request.attributes["ICE-CONTROLLED"] = self._tie_breaker
        request.add_message_integrity(self._theirs.password.encode())
        if len(self._checks) > 100:
            self._checks.clear()
        self._checks.add(request.transaction_id)
        self._send(bytes(request), self.remote)

    def receive(self, data: bytes, address: Address) -> None:
        """A STUN datagram; what is not meant for us is ignored."""
        try:
            message = stun.parse_message(data)
        except ValueError:
            return
        if message.message_class is stun.Class.REQUEST:
            self._answer(message, address)
        elif message.message_class is stun.Class.RESPONSE and message.transaction_id in self._checks:
            self._checks.discard(message.transaction_id)
            # A controlled side waits for the other's nomination.
            if self._controlling:
                self.connected.set()

    def _answer(self, request: stun.Message, address: Address) -> None:
        password = self.credentials.password.encode()
        if not request.check_message_integrity(password):
            return
        response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = address
        response.add_message_integrity(password)
        self._send(bytes(response), address)
        if "USE-CANDIDATE" in request.attributes:
            self.connected.set()


def new_credentials() -> Credentials:
    """Fresh credentials."""
    return Credentials(secrets.token_hex(4), secrets.token_hex(16))


def host_candidate(address: Address) -> str:
    """Our candidate as it is written into a description."""
    return f"1 1 udp {PRIORITY} {address[0]} {address[1]} typ host"


def remote_candidate(theirs: TransportDescription) -> Address | None:
    """The first usable UDP candidate over IPv4 of a description."""
    for candidate in theirs.candidates:
        _, component, protocol, _, host, port, *_ = candidate.split()
        if component == "1" and protocol.lower() == "udp" and ":" not in host and not host.endswith(".local"):
            return host, int(port)
    return None
