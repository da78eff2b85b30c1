"""ICE-lite on one UDP port (RFC 8445 section 2.5) with aioice's STUN codec.

The server never sends a check: it answers authenticated Binding requests and learns the browser's address
from them. Candidates in the browser's SDP, mDNS names included, are therefore not needed and not read.
"""

import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from aioice import stun

from hearings.counters import Counters

Address = tuple[Any, ...]
"""What `recvfrom` gave: (host, port) or (host, port, flow, scope)."""

STALE_PATH_S = 6.0
"""A nominated path without a check for so long gives way to any other authenticated path (browsers check the
one they use every 2.5 s, Firefox every 5 s)."""
MAX_PATHS = 8
"""Addresses one peer may hold at a time; the least recently heard of goes first."""
REFUSALS_PER_S = 50
"""Refused checks from one host in a second, after which its unbound datagrams are not even parsed."""
MAX_LIMITED_HOSTS = 1024


@dataclass(frozen=True, slots=True)
class Path:
    """A local socket (by index) and a remote address."""

    socket: int
    address: Address


@dataclass(frozen=True, slots=True)
class Credentials:
    """The server's user name fragment and password of one ICE generation."""

    ufrag: str
    password: str


def new_credentials() -> Credentials:
    """Fresh credentials, 64 and 192 bits of randomness (RFC 8445 section 5.3 asks for 24 and 128)."""
    return Credentials(secrets.token_hex(8), secrets.token_hex(24))


class IcePeer:
    """The remote end of one connection: its credentials, its paths and the path in use."""

    def __init__(self, credentials: Credentials, owner: object) -> None:
        self.credentials = credentials
        self.owner = owner
        self.path: Path | None = None
        self.path_heard = 0.0
        self.nominated_by: Credentials | None = None
        self.paths: dict[Path, float] = {}


class Paths(Protocol):
    """Who sends and receives by what is found here; `owner` is the peer's."""

    def bind(self, path: Path, owner: object) -> None:
        """What comes from this path is the owner's."""

    def unbind(self, path: Path) -> None:
        """What comes from this path is nobody's."""

    def aim(self, owner: object, path: Path | None) -> None:
        """What goes to the owner goes to this path, None: nowhere."""


class IceLite:
    """All peers of one media port. `reply(path, datagram)` sends, `paths` is told what is bound."""

    def __init__(self, reply: Callable[[Path, bytes], None], paths: Paths, counters: Counters) -> None:
        self._reply = reply
        self._paths = paths
        self._counters = counters
        self._by_ufrag: dict[str, tuple[IcePeer, Credentials]] = {}
        self._by_path: dict[Path, IcePeer] = {}
        self._refusals: dict[str, int] = {}

    def open(self, owner: object) -> IcePeer:
        """A peer with fresh credentials; `owner` comes back from `peer_at`."""
        peer = IcePeer(new_credentials(), owner)
        self._by_ufrag[peer.credentials.ufrag] = (peer, peer.credentials)
        return peer

    def restart(self, peer: IcePeer) -> Credentials:
        """New credentials for `peer`. Those of the path in use stay valid until a new pair is nominated.

        A peer that was closed has no owner any more, and is not called back: its credentials open nothing.
        """
        if peer.owner is None:
            return peer.credentials
        for old in self._credentials_of(peer):
            if old != peer.nominated_by:
                del self._by_ufrag[old.ufrag]
        peer.credentials = new_credentials()
        self._by_ufrag[peer.credentials.ufrag] = (peer, peer.credentials)
        return peer.credentials

    def close(self, peer: IcePeer) -> None:
        """Forget the peer, its credentials and its paths."""
        for old in self._credentials_of(peer):
            del self._by_ufrag[old.ufrag]
        for path in peer.paths:
            if self._by_path.get(path) is peer:
                self._unbind(path)
        peer.paths.clear()
        self._aim(peer, None)
        peer.owner = None

    def peer_at(self, path: Path) -> IcePeer | None:
        """Whom an authenticated check bound to this path."""
        return self._by_path.get(path)

    def limited(self, path: Path) -> bool:
        """Whether a host has had so many checks refused this second that it is not listened to."""
        return self._refusals.get(path.address[0], 0) >= REFUSALS_PER_S

    def receive(self, data: bytes, path: Path, now: float) -> IcePeer | None:
        """Answer a STUN datagram; returns the peer it authenticated as, None when it was dropped."""
        try:
            message = stun.parse_message(data)
        except (ValueError, struct.error):
            self._counters.stun_malformed += 1
            self._refuse(path)
            return None
        if message.message_class != stun.Class.REQUEST or message.message_method != stun.Method.BINDING:
            # An indication keeps a NAT open (RFC 8445 section 11) and wants nothing; none else was asked for.
            if message.message_class != stun.Class.INDICATION or path not in self._by_path:
                self._counters.stun_refused += 1
                self._refuse(path)
            return None
        ufrag = message.attributes.get("USERNAME", "").partition(":")[0]
        peer, credentials = self._by_ufrag.get(ufrag, (None, None))
        if peer is None or credentials is None or not _authentic(message, credentials.password):
            self._counters.stun_refused += 1
            self._refuse(path)
            return None
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=message.transaction_id,
            attributes={"XOR-MAPPED-ADDRESS": path.address[:2]},
        )
        response.add_message_integrity(credentials.password.encode())
        self._bind(peer, path, now)
        nominating = "USE-CANDIDATE" in message.attributes
        if nominating or peer.path is None or now - peer.path_heard > STALE_PATH_S:
            self._nominate(peer, path, credentials)
        if path == peer.path:
            peer.path_heard = now
        self._reply(path, bytes(response))
        return peer

    def forget_refusals(self) -> None:
        """Called each second: the refusal window starts anew."""
        self._refusals.clear()

    def __len__(self) -> int:
        return len(self._by_ufrag)

    def _credentials_of(self, peer: IcePeer) -> list[Credentials]:
        known = {peer.credentials, peer.nominated_by}
        return [c for c in known if c is not None and c.ufrag in self._by_ufrag]

    def _bind(self, peer: IcePeer, path: Path, now: float) -> None:
        previous = self._by_path.get(path)
        if previous is not None and previous is not peer:
            # The same browser socket address opened a new connection: the later credentials win.
            previous.paths.pop(path, None)
            if previous.path == path:
                self._aim(previous, None)
        if previous is not peer:
            self._by_path[path] = peer
            self._paths.bind(path, peer.owner)
        peer.paths[path] = now
        if len(peer.paths) > MAX_PATHS:
            oldest = min((p for p in peer.paths if p != peer.path), key=peer.paths.__getitem__)
            del peer.paths[oldest]
            self._unbind(oldest)

    def _nominate(self, peer: IcePeer, path: Path, credentials: Credentials) -> None:
        if path != peer.path:
            self._aim(peer, path)
        if peer.nominated_by is not None and peer.nominated_by != credentials:
            self._by_ufrag.pop(peer.nominated_by.ufrag, None)
        peer.nominated_by = credentials

    def _aim(self, peer: IcePeer, path: Path | None) -> None:
        peer.path = path
        self._paths.aim(peer.owner, path)

    def _unbind(self, path: Path) -> None:
        if self._by_path.pop(path, None) is not None:
            self._paths.unbind(path)

    def _refuse(self, path: Path) -> None:
        host = path.address[0]
        if host in self._refusals or len(self._refusals) < MAX_LIMITED_HOSTS:
            self._refusals[host] = self._refusals.get(host, 0) + 1


def _authentic(message: stun.Message, password: str) -> bool:
    return "MESSAGE-INTEGRITY" in message.attributes and message.check_message_integrity(password.encode())
