"""A media process from start to end."""

import asyncio
import contextlib
import gc
import json
import os
import secrets
import signal
import socket
import sys
from dataclasses import asdict, dataclass
from typing import Any, TextIO

import hypercorn.asyncio
import hypercorn.config
import socketio
import structlog

from hearings.addresses import media_addresses
from hearings.config import MediaConfig
from hearings.door import Outbox, new_server, open_door
from hearings.port import MediaPort
from hearings.pulse import Pulse
from hearings.registry import Registry

log = structlog.get_logger(__name__)

FAREWELL_S = 2.0
"""A link that takes nothing any more does not keep the process from ending."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a started process says of itself, one JSON line on standard output.

    `name` is its own from start to end: a process that was started again is another one.
    """

    name: str
    door: str
    udp_port: int
    addresses: tuple[str, ...]

    def line(self) -> str:
        """The JSON line, without its end."""
        return json.dumps(asdict(self))


async def serve(config: MediaConfig, output: TextIO = sys.stdout) -> None:
    """Run until SIGTERM or SIGINT, or, as a child, until standard input closes."""
    ended, wanted = asyncio.Event(), asyncio.Event()
    _end_on_signals(ended)
    if config.child:
        await _hear_parent(wanted, ended)
    if config.spare and not await _is_wanted(wanted, ended):
        return
    port = MediaPort(media_addresses(config.addresses), config.udp_port)
    server = new_server()
    outbox = Outbox(server)
    registry = Registry(port, outbox.tell, config.max_rooms, config.codec, config.captions)
    name = f"{socket.gethostname()[:32]}.{os.getpid()}.{secrets.token_hex(4)}"
    links = open_door(server, registry, config.secret, name)
    pulse = Pulse(registry, outbox, links)
    listener = socket.create_server((config.door_host, config.door_port))
    listener.setblocking(False)
    host, number = listener.getsockname()[:2]
    ready = Ready(
        name,
        f"http://{f'[{host}]' if ':' in host else host}:{number}",
        port.number,
        tuple(address.announced for address in port.addresses),
    )
    port.start()
    registry.start()
    tasks = [asyncio.create_task(outbox.run())]
    door = asyncio.create_task(_run_door(server, listener, ended))
    keep_what_is_loaded()
    print(ready.line(), file=output, flush=True)
    tasks.append(asyncio.create_task(pulse.run(output if config.child else None)))
    log.info("hearings.ready", process=name, udp_port=ready.udp_port)
    try:
        await door
    finally:
        registry.stop()
        await registry.recordings.finish()
        await port.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.shutdown()
        log.info("hearings.ended")


def keep_what_is_loaded() -> None:
    """What is alive now lives as long as the process: the collector need never look at it again.

    The second collection is of nothing. It lets the collector know how little is left to look at: it looks at
    all of it when a quarter has been added, and would else wait for a quarter of what was put aside.
    """
    gc.collect()
    gc.freeze()
    gc.collect()


async def _run_door(server: Any, listener: socket.socket, ended: asyncio.Event) -> None:
    config = hypercorn.config.Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.accesslog = None
    config.errorlog = None
    config.graceful_timeout = 0.5
    app: Any = socketio.ASGIApp(server)
    await hypercorn.asyncio.serve(app, config, shutdown_trigger=_trigger(server, ended), mode="asgi")


def _trigger(server: Any, ended: asyncio.Event) -> Any:
    async def wait() -> None:
        await ended.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await _say_farewell(server)

    return wait


async def _say_farewell(server: Any) -> None:
    # Who is told looks for another process at once, and need not wait until this one seems dead.
    await server.emit("ending", {})
    # Connections are closed before hypercorn cuts them off, and below Socket.IO: a link told to
    # disconnect would take it for a farewell and not come back.
    for _, connection in list(server.manager.get_participants("/", None)):
        await server.eio.disconnect(connection)


def _end_on_signals(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)


async def _hear_parent(wanted: asyncio.Event, ended: asyncio.Event) -> None:
    """A line says that a spare process is wanted now. A parent that dies closes its end, however it dies."""

    class Watch(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            wanted.set()

        def connection_lost(self, exc: Exception | None) -> None:
            ended.set()

        def eof_received(self) -> bool:
            ended.set()
            return False

    await asyncio.get_running_loop().connect_read_pipe(Watch, sys.stdin)


async def _is_wanted(wanted: asyncio.Event, ended: asyncio.Event) -> bool:
    """Wait, with everything loaded, until one of the two; True when the process is to begin."""
    waiting = [asyncio.ensure_future(event.wait()) for event in (wanted, ended)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return not ended.is_set()
