"""Debian's Janus as a peer of the benches: its configuration, and a session on its WebSocket API.

Version 1.x, the videoroom plugin and the WebSocket transport alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = "janus"
PLUGIN = "janus.plugin.videoroom"
MODULES = next(Path("/usr/lib").glob("*/janus"), Path("/usr/lib/janus"))
NEEDED = ("plugins/libjanus_videoroom.so", "transports/libjanus_websockets.so")
ANSWER_S = 30.0
KEEP_ALIVE_S = 20.0

_CONFIG = """
general: {{
  configs_folder = "{folder}"; plugins_folder = "{folder}/plugins"; transports_folder = "{folder}/transports";
  events_folder = "{folder}/none"; loggers_folder = "{folder}/none";
  debug_level = 2; event_loops = {event_loops};
}}
media: {{ ipv6 = false; rtp_port_range = "20000-29000"; slowlink_threshold = 0; }}
nat: {{ ice_enforce_list = "{host}"; ice_tcp = false; full_trickle = false; ice_lite = false; }}
"""
_SOCKET = """
general: {{ json = "compact"; ws = true; ws_port = {port}; ws_ip = "127.0.0.1"; wss = false; }}
admin: {{ admin_ws = false; admin_wss = false; }}
"""


class Refused(Exception):
    """Janus answered with an error."""


def installed() -> bool:
    """Whether the program and the modules we need are there."""
    return shutil.which(PROGRAM) is not None and all((MODULES / name).exists() for name in NEEDED)


def configure(folder: Path, *, host: str, port: int, event_loops: int) -> list[str]:
    """Write a configuration of its own into `folder`; returns the command that runs it.

    `host` is its media address, `port` that of the WebSocket on the loopback; `event_loops` 0 is the default,
    a thread for each connection.
    """
    for name in NEEDED:
        # Janus loads whatever it finds in its folders, so it is given folders with these alone.
        (folder / name).parent.mkdir()
        (folder / name).symlink_to(MODULES / name)
    (folder / "none").mkdir()
    (folder / "janus.jcfg").write_text(_CONFIG.format(folder=folder, host=host, event_loops=event_loops))
    (folder / "janus.transport.websockets.jcfg").write_text(_SOCKET.format(port=port))
    (folder / f"{PLUGIN}.jcfg").write_text("general: { }\n")
    return [PROGRAM, "-C", f"{folder}/janus.jcfg", "-F", str(folder)]


class Session:
    """Requests with their answers, over one WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._id = 0
        self._numbers = itertools.count()
        self._waiting: dict[str, tuple[asyncio.Future[dict[str, Any]], bool]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to read, create the session, keep it alive."""
        self._tasks.append(asyncio.create_task(self._read()))
        self._id = (await self._ask({"janus": "create"}))["data"]["id"]
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def stop(self) -> None:
        """End the session's tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def attach(self) -> int:
        """A handle of the videoroom."""
        return int((await self._ask({"janus": "attach", "plugin": PLUGIN}))["data"]["id"])

    async def detach(self, handle: int) -> None:
        """Give the handle up, and its peer connection with it."""
        await self._ask({"janus": "detach", "handle_id": handle})

    async def message(
        self, handle: int, body: dict[str, Any], jsep: dict[str, Any] | None = None, *, at_once: bool = False
    ) -> dict[str, Any]:
        """A request to the plugin; `at_once` for those it answers without an event. Gives data and `jsep`."""
        request: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            request["jsep"] = jsep
        answer = await self._ask(request, by_event=not at_once)
        data: dict[str, Any] = answer["plugindata"]["data"]
        if "error" in data:
            raise Refused(f"{body['request']}: {data['error']}")
        return {**data, "jsep": answer.get("jsep")}

    async def _ask(self, request: dict[str, Any], *, by_event: bool = False) -> dict[str, Any]:
        transaction = str(next(self._numbers))
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = (waiting, by_event)
        session = {"session_id": self._id} if self._id else {}
        await self._socket.send_json({**request, **session, "transaction": transaction})
        told = await asyncio.wait_for(waiting, ANSWER_S)
        if told["janus"] == "error":
            raise Refused(f"{request['janus']}: {told['error']['reason']}")
        return told

    async def _read(self) -> None:
        async for frame in self._socket:
            told = frame.json()
            waiting, by_event = self._waiting.get(told.get("transaction", ""), (None, False))
            if waiting is None or (by_event and told["janus"] == "ack"):
                continue
            del self._waiting[told["transaction"]]
            with contextlib.suppress(asyncio.InvalidStateError):
                waiting.set_result(told)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE_S)
            await self._ask({"janus": "keepalive"})
