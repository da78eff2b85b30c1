"""The media port: one UDP port number, a socket per address, and what is no media sorted by first byte.

RFC 7983: 0-3 STUN, 20-63 DTLS, 128-191 RTP and RTCP. Media and DTLS are taken only from addresses bound by an
authenticated check. Nothing a datagram does can end the reader.
"""

import asyncio
import contextlib
import errno
import random
import socket
import time
from collections.abc import Callable, Coroutine

import structlog

from hearings.addresses import MediaAddress
from hearings.connection import Connection
from hearings.counters import Counters
from hearings.dtls import Certificate
from hearings.forwarding.forwarder import Aside, Forwarder
from hearings.ice import IceLite, Path

log = structlog.get_logger(__name__)

BUFFER = 4 << 20
BIND_TRIES = 20


class MediaPort:
    """Owns the sockets, the connections and the connections' tasks."""

    def __init__(
        self,
        addresses: tuple[MediaAddress, ...],
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.counters = Counters()
        self.certificate = Certificate()
        self._sockets, self.addresses = _bind(addresses, port)
        self.forwarder = Forwarder(self._sockets, self.counters)
        self.ice = IceLite(self.send, self, self.counters)
        self.number: int = self._sockets[0].getsockname()[1]
        self.candidates = tuple(
            # RFC 8445 section 5.1.2.1: host type preference 126, earlier addresses first.
            f"{index + 1} 1 udp {126 << 24 | (65535 - index) << 8 | 255} {a.announced} {self.number} typ host"
            for index, a in enumerate(self.addresses)
        )
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to read."""
        loop = asyncio.get_running_loop()
        for index, sock in enumerate(self._sockets):
            loop.add_reader(sock.fileno(), self._read, index)

    async def stop(self) -> None:
        """Say goodbye on every connection, then close the sockets."""
        for connection in list(self._connections):
            connection.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=2)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        loop = asyncio.get_running_loop()
        for sock in self._sockets:
            loop.remove_reader(sock.fileno())
            sock.close()

    def add(self, connection: Connection) -> None:
        """A connection is open."""
        self._connections.add(connection)

    def bind(self, path: Path, owner: object) -> None:
        """Told by ICE: what comes from this path is the owner's."""
        if isinstance(owner, Connection):
            self.forwarder.bind(path, owner.leg)

    def unbind(self, path: Path) -> None:
        """Told by ICE: what comes from this path is nobody's."""
        self.forwarder.unbind(path)

    def aim(self, owner: object, path: Path | None) -> None:
        """Told by ICE: what goes to the owner goes to this path."""
        if isinstance(owner, Connection):
            self.forwarder.aim(owner.leg, path)

    def remove(self, connection: Connection) -> None:
        """A connection is over: its credentials and addresses are nobody's."""
        self._connections.discard(connection)
        self.ice.close(connection.peer)

    def own(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run a connection's work; `stop` ends it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def check(self, now: float) -> None:
        """Called each half second: time-outs of all connections."""
        for connection in list(self._connections):
            connection.check(now)

    @property
    def connections(self) -> int:
        return len(self._connections)

    def send(self, path: Path, data: bytes) -> None:
        """Send without waiting; a full buffer drops the packet, as a full network would."""
        try:
            self._sockets[path.socket].sendto(data, path.address)
            self.counters.sent += 1
        except OSError:
            self.counters.send_blocked += 1

    def _read(self, index: int) -> None:
        now = self.clock()
        self.forwarder.read(index, now)
        self.work(now)

    def work(self, now: float) -> None:
        """Do what packets have caused and the forwarder laid aside. Also called by the timer."""
        for aside in self.forwarder.drain(now):
            try:
                self._handle(aside, now)
            except Exception:
                # The last net: whatever a stranger's bytes provoke may cost that datagram and no more.
                self.forwarder.count_failure(now)

    def _handle(self, aside: Aside, now: float) -> None:
        if aside.leg is not None:
            if isinstance(aside.leg.owner, Connection):
                aside.leg.owner.receive_rtcp(aside.data, now)
            return
        path, data = aside.path, aside.data
        peer = self.ice.peer_at(path)
        if not data or (peer is None and self.ice.limited(path)):
            self.counters.limited += 1
        elif data[0] < 4:
            peer = self.ice.receive(data, path, now)
            if peer is not None and isinstance(peer.owner, Connection):
                peer.owner.leg.heard_at = now
        elif peer is None or not isinstance(peer.owner, Connection):
            self.counters.unknown_source += 1
        elif 19 < data[0] < 64:
            peer.owner.receive_dtls(data)
        else:
            self.counters.unknown_kind += 1


def _bind(
    addresses: tuple[MediaAddress, ...], port: int
) -> tuple[list[socket.socket], tuple[MediaAddress, ...]]:
    """A socket per address that can be bound, all on one port number."""
    for _ in range(1 if port else BIND_TRIES):
        with contextlib.suppress(_Taken):
            return _bind_all(addresses, port or random.randint(20000, 60000))  # noqa: S311 - a port is no secret
    raise OSError(f"no UDP port to bind for media (asked for {port or 'any'})")


class _Taken(Exception):
    pass


def _bind_all(
    addresses: tuple[MediaAddress, ...], port: int
) -> tuple[list[socket.socket], tuple[MediaAddress, ...]]:
    sockets: list[socket.socket] = []
    bound: list[MediaAddress] = []
    for address in addresses:
        sock = socket.socket(address.family, socket.SOCK_DGRAM)
        try:
            if address.family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
            sock.bind((address.local, port))
        except OSError as error:
            sock.close()
            if error.errno == errno.EADDRINUSE:
                for other in sockets:
                    other.close()
                raise _Taken from error
            log.warning("hearings.address_not_bound", address=address.local, reason=error.strerror)
            continue
        sock.setblocking(False)
        sockets.append(sock)
        bound.append(address)
    if not sockets:
        raise OSError("none of the media addresses can be bound")
    return sockets, tuple(bound)
