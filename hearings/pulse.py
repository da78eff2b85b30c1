"""How a media process does, told each second to its parent and to its links.

The parent takes the line for a sign of life; who hears nothing for seconds gives the process up.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Set
from typing import TextIO

from hearings.door import Outbox
from hearings.health import health
from hearings.registry import Registry

PULSE_S = 1.0
SAMPLE_S = 0.05


class Pulse:
    """Measures how late the event loop is, and tells it with everything else of `stats.health`."""

    def __init__(self, registry: Registry, outbox: Outbox, links: Set[str]) -> None:
        self._registry = registry
        self._outbox = outbox
        self._links = links
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
            said = {**health(self._registry), "lag_ms": round(self._worst_s * 1000, 1)}
            self._worst_s = 0.0
            for link in self._links:
                self._outbox.tell(link, "health", said)
            if output is not None:
                with contextlib.suppress(BlockingIOError):
                    print(
                        json.dumps({"rooms": said["rooms"], "seats": said["seats"]}), file=output, flush=True
                    )
