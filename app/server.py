"""Serve an ASGI application: hypercorn on uvloop in this very process, ended gracefully by a signal.

One process serves on one loop. Several are several starts of this behind a proxy: hypercorn's own
workers orphan their children when the parent is killed and drop requests when they end.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from hypercorn.asyncio import serve
from hypercorn.config import Config

log = structlog.get_logger(__name__)

GRACE_SECONDS = 10
LAST_SECONDS = 20
HEADERS_BYTES = 16 * 1024
MESSAGE_BYTES = 128 * 1024


def run(
    app: Any,
    *,
    host: str,
    port: int,
    started: Callable[[], None] = lambda: None,
    leaving: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in flight (at most ten seconds).

    ``started`` is called once the application is ready; ``leaving`` when the signal has come, before
    the sockets close. Raises OSError when the address is taken.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(app, _config(host, port), started, leaving))


async def _serve(
    app: Any,
    config: Config,
    started: Callable[[], None],
    leaving: Callable[[], Awaitable[None]] | None,
) -> None:
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    serving = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_end.set)

    async def until_signal() -> None:
        # hypercorn asks for this once it listens
        started()
        await asked_to_end.wait()
        if serving is not None:
            loop.call_later(GRACE_SECONDS + LAST_SECONDS, serving.cancel)
        if leaving is not None:
            await leaving()

    try:
        await serve(app, config, shutdown_trigger=until_signal)
    except asyncio.CancelledError:
        log.warning("shutdown_took_too_long", seconds=GRACE_SECONDS + LAST_SECONDS)


def _config(host: str, port: int) -> Config:
    config = Config()
    config.bind = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    config.include_server_header = False
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.errorlog.setLevel(logging.WARNING)
    config.graceful_timeout = GRACE_SECONDS
    config.h11_max_incomplete_size = HEADERS_BYTES
    config.websocket_max_message_size = MESSAGE_BYTES
    # config.websocket_ping_interval stays unset: with 0 hypercorn floods every client with pings
    return config


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
