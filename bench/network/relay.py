"""Lines between browsers and a server: a thread that passes UDP datagrams on, later or never.

A hop stands for one peer connection's way over a person's line, as a NAT does: the browser speaks to the
hop's front, and each address of the browser gets a socket of its own towards the server. All hops of one
person share that person's two lanes, so they also share the rate.
"""

from __future__ import annotations

import contextlib
import heapq
import selectors
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from queue import SimpleQueue
from typing import TypeVar

from bench.network.cases import CLEAN, Condition
from bench.network.lane import Lane
from hearings.addresses import own_addresses

Address = tuple[str, int]
Result = TypeVar("Result")

HOST = next((address for address in own_addresses() if "." in address), "127.0.0.1")
"""Where everybody is: an address of this machine, since Janus offers none of loopback. It stays here."""
READ_AT_ONCE = 32
MAX_WAYS = 16
BUFFER = 4 << 20


class Line:
    """One person's way to the server, there (``up``) and back (``down``)."""

    def __init__(self, seed: int) -> None:
        self.up, self.down = Lane(seed), Lane(seed + 1000)
        self.hops: list[Hop] = []


class Hop:
    """One peer connection on a line. ``target`` is the server's address, as soon as it is known."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.front = _bound()
        self.target: Address | None = None
        self.ways: dict[Address, socket.socket] = {}
        self.spare: socket.socket | None = _bound()
        self.back_address: Address = self.spare.getsockname()

    @property
    def front_address(self) -> Address:
        """What the browser is told to be the server."""
        address: Address = self.front.getsockname()
        return address


class Relay:
    """All lines. Every method may be called from any thread; sockets are touched by the relay's own alone."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._heap: list[tuple[float, int, socket.socket, bytes, Address]] = []
        self._number = count()
        self._commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wake, self._waked = socket.socketpair()
        self._selector.register(self._waked, selectors.EVENT_READ, lambda: self._waked.recv(64))
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    def __enter__(self) -> Relay:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        self._wake.send(b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]  # only sockets are registered
        self._wake.close()
        self._selector.close()

    def hop(self, line: Line) -> Hop:
        """A way for a new peer connection."""

        def make() -> Hop:
            hop = Hop(line)
            line.hops.append(hop)
            self._listen(hop.front, lambda: self._from_browser(hop))
            return hop

        return self._do(make)

    def aim(self, hop: Hop, target: Address) -> None:
        """The hop's server is there."""
        hop.target = target

    def set(self, line: Line, condition: Condition) -> float:
        """Both lanes are like this from now on; gives the time of day of the change."""

        def change() -> float:
            now = time.monotonic()
            line.up.set(condition, now)
            line.down.set(condition, now)
            return time.time()

        return self._do(change)

    def move(self, line: Line) -> float:
        """Every hop gets other ports towards the server, as behind a NAT that forgot them; gives the time."""

        def change() -> float:
            for hop in line.hops:
                for browser, back in list(hop.ways.items()):
                    self._forget(back)
                    self._open_way(hop, browser, _bound())
            return time.time()

        return self._do(change)

    def clear(self, line: Line) -> None:
        """Close the line's hops; the line is clean again."""

        def close() -> None:
            for hop in line.hops:
                for sock in (hop.front, hop.spare, *hop.ways.values()):
                    if sock is not None:
                        self._forget(sock)
            line.hops.clear()

        self._do(close)
        self.set(line, CLEAN)

    def _do(self, work: Callable[[], Result]) -> Result:
        """Run in the relay's thread and wait for it."""
        done: Future[Result] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:
                done.set_exception(error)

        self._commands.put(run)
        self._wake.send(b"x")
        return done.result(5)

    def _run(self) -> None:
        while not self._ending:
            wait = max(0.0, self._heap[0][0] - time.monotonic()) if self._heap else None
            for key, _ in self._selector.select(wait):
                key.data()
            while not self._commands.empty():
                self._commands.get()()
            now = time.monotonic()
            while self._heap and self._heap[0][0] <= now:
                _, _, sock, data, address = heapq.heappop(self._heap)
                _send(sock, data, address)

    def _from_browser(self, hop: Hop) -> None:
        for data, browser in _read(hop.front):
            back = hop.ways.get(browser) or self._first_heard(hop, browser)
            if back is not None and hop.target is not None:
                self._pass(hop.line.up, back, data, hop.target)

    def _from_server(self, hop: Hop, back: socket.socket, browser: Address) -> None:
        for data, _ in _read(back):
            self._pass(hop.line.down, hop.front, data, browser)

    def _pass(self, lane: Lane, sock: socket.socket, data: bytes, address: Address) -> None:
        arrives = lane.admit(len(data), time.monotonic())
        if arrives is not None:
            heapq.heappush(self._heap, (arrives, next(self._number), sock, data, address))

    def _first_heard(self, hop: Hop, browser: Address) -> socket.socket | None:
        if len(hop.ways) >= MAX_WAYS:
            return None
        back, hop.spare = hop.spare or _bound(), None
        self._open_way(hop, browser, back)
        return back

    def _open_way(self, hop: Hop, browser: Address, back: socket.socket) -> None:
        hop.ways[browser] = back
        self._listen(back, lambda: self._from_server(hop, back, browser))

    def _listen(self, sock: socket.socket, heard: Callable[[], object]) -> None:
        self._selector.register(sock, selectors.EVENT_READ, heard)

    def _forget(self, sock: socket.socket) -> None:
        with contextlib.suppress(KeyError):  # one that nobody was heard on yet
            self._selector.unregister(sock)
        sock.close()


def _bound() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    sock.bind((HOST, 0))
    sock.setblocking(False)
    return sock


def _read(sock: socket.socket) -> list[tuple[bytes, Address]]:
    """What waits in the socket, at most so much that the others get their turn."""
    heard = []
    for _ in range(READ_AT_ONCE):
        try:
            heard.append(sock.recvfrom(2048))
        except OSError:
            break
    return heard


def _send(sock: socket.socket, data: bytes, address: Address) -> None:
    try:
        sock.sendto(data, address)
    except OSError:
        return  # closed since, or full: as lost as on any other line
