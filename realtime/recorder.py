"""A hearing's recording between the table and a media process: what should hold is said, how it goes heard.

What is said follows from the row each time, so saying it twice changes nothing, and a media process that took
over from another goes on in the same folder. A failure that is heard becomes an event of the case.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import structlog

from app.adapters.clock import Clock
from app.adapters.segments import Segments
from app.services import recordings
from app.services.recordings import Wanted
from app.wake import Wake
from realtime.media_link import MediaRefused

log = structlog.get_logger(__name__)

Say = Callable[..., Awaitable[Any]]
"""say(name, **fields): a call to the process that has the room; raises MediaRefused or MediaUnavailable."""

ANOTHER = "already_recording"
UNTOLD = frozenset({"starting", "stopped"})
"""States of the media process that say nothing of how well it records."""


class Recorder:
    """Says what should be recorded, and hears how it goes, for the hearings of this web process."""

    def __init__(self, segments: Segments, clock: Clock, wake: Wake) -> None:
        self._segments = segments
        self._clock = clock
        self._wake = wake
        self._known: dict[int, tuple[UUID, str]] = {}
        """By hearing, its recording and the failure last entered in the case: it is told each second."""

    async def direct(self, hearing: int, room: str, say: Say) -> None:
        """Make the room's recording what the row says."""
        # Read before what is wanted: one that begins between the two reads is begun, not stopped.
        begun = await recordings.was_recorded(hearing)
        wanted = await recordings.wanted(hearing, self._segments)
        if wanted is None:
            self.forget(hearing)
            if begun:
                await say("record_stop", room=room)
            return
        try:
            await self._record(wanted, room, say)
        except MediaRefused as refused:
            log.warning("recording_refused", recording=str(wanted.recording), reason=refused.code)
            await self._note(hearing, wanted.recording, refused.code)

    async def _record(self, wanted: Wanted, room: str, say: Say) -> None:
        order = {
            "recording": str(wanted.recording),
            "folder": str(wanted.folder),
            "key": wanted.key.hex(),
            "paused": wanted.paused,
        }
        try:
            await say("record", room=room, **order)
        except MediaRefused as refused:
            if refused.code != ANOTHER:
                raise
            await say("record_stop", room=room)
            await say("record", room=room, **order)
        await say("record_pause", room=room, paused=wanted.paused)

    async def heard(self, hearing: int, payload: Mapping[str, Any]) -> None:
        """The media process says how the recording of a hearing goes."""
        state = payload.get("state")
        if state not in UNTOLD:
            failure = str(payload.get("reason") or "unknown") if state == "failed" else ""
            await self._note(hearing, UUID(str(payload.get("recording"))), failure)

    def forget(self, hearing: int) -> None:
        """Nothing is recorded of a hearing, or nobody is in it through this process."""
        self._known.pop(hearing, None)

    async def _note(self, hearing: int, recording: UUID, failure: str) -> None:
        if self._known.get(hearing) == (recording, failure):
            return
        self._known[hearing] = (recording, failure)
        if await recordings.reported(recording, failure, now=self._clock.now()):
            self._wake.ring()
