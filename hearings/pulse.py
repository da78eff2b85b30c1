"""How a media process and its rooms do, told each second to its parent and to its links.

The parent takes the line for a sign of life; who hears nothing for seconds gives the process up.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Set
from typing import Any, TextIO

from hearings.door import Outbox
from hearings.figures import Figures
from hearings.health import health
from hearings.registry import Registry

PULSE_S = 1.0
SAMPLE_S = 0.05


class Pulse:
    """Measures how late the event loop is, and tells it with everything else of `health` and `figures`."""

    def __init__(self, registry: Registry, outbox: Outbox, links: Set[str]) -> None:
        self._registry = registry
        self._outbox = outbox
        self._links = links
        self._figures = Figures()
        self._worst_s = 0.0

    async def run(self, output: TextIO | None) -> None:
        """Tell until cancelled. A line for the parent on `output`, if there is a parent."""
        if output is not None:
            # A parent that reads no more must not stop the media: the line is dropped.
            os.set_blocking(output.fileno(), False)
        loop = asyncio.get_running_loop()
        while True:
            until = loop.time() + PULSE_S
            while loop.time() < until:
                due = loop.time() + SAMPLE_S
                await asyncio.sleep(SAMPLE_S)
                self._worst_s = max(self._worst_s, loop.time() - due)
            said = self._take_health()
            for link in self._links:
                self._outbox.tell(link, "health", said)
            self._tell_figures()
            if output is not None:
                with contextlib.suppress(BlockingIOError):
                    line = json.dumps({"rooms": said["rooms"], "seats": said["seats"]})
                    print(line, file=output, flush=True)

    def _take_health(self) -> dict[str, Any]:
        lag_ms, self._worst_s = round(self._worst_s * 1000, 1), 0.0
        return {**health(self._registry), "lag_ms": lag_ms, "traffic": dict(self._figures.traffic)}

    def _tell_figures(self) -> None:
        """Each room's, to the links that have seats in it."""
        rooms = self._registry.rooms
        for name, seats in self._figures.look(rooms.values(), self._registry.port.clock()).items():
            for link in {seat.link for seat in rooms[name].seats.values()}:
                self._outbox.tell(link, "figures", {"room": name, "seats": seats})
