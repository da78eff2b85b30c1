"""One recording in the media process: its writer is fed with what the room's taps give, and watched.

A writer that dies, or is silent for too long, is replaced by another, which goes on in new files. The media
never waits for it. What the recording does is told in `recording` events.
"""

from __future__ import annotations

import enum
import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from hearings.forwarding.tap import Tap
from hearings.negotiation import AUDIO
from hearings.recording import space, timeline
from hearings.recording.channel import Begin, Close, Mark, Open, Report, Stop
from hearings.recording.child import WriterChild
from hearings.taps import Recorder, Stream

log = structlog.get_logger(__name__)

TELL_S = 1.0
SILENT_S = 3.0
"""A writer speaks each half second; after this silence the alarm is raised."""
BEGIN_S = 4.5
"""A new writer may take so long before it speaks first."""
GIVE_UP_S = 15.0
"""After this silence it is replaced."""
UNWRITTEN_S = 4.0
"""So long packets may be handed over without one byte more on the disk."""
AGAIN_S, AGAIN_MOST_S = 0.5, 10.0
"""A lost writer is replaced after the first pause, each further one after twice the last."""
STEADY_S = 30.0
"""A writer that lived so long is no longer counted among those that failed."""
STOP_S = 10.0
KEYFRAME_S = 1.0
NEVER = float("inf")


class RecordedRoom(Protocol):
    """The room, as far as a recording needs it."""

    def record(self, recorder: Recorder) -> None:
        """Begin the streams of everything that may be recorded."""

    def stop_recording(self) -> None:
        """End them all."""


class RecordingState(enum.StrEnum):
    """As told at the door. STOPPED is final."""

    STARTING = "starting"
    RECORDING = "recording"
    PAUSED = "paused"
    FAILED = "failed"
    STOPPED = "stopped"


DISK_LOW, OVERFLOW, WRITER_DIED, WRITER_SILENT = "disk_low", "overflow", "writer_died", "writer_silent"
NOTHING_WRITTEN, CUT = "nothing_written", "cut"


@dataclass(frozen=True, slots=True)
class Order:
    """What to record: `key` is hexadecimal, `paused` begins with a pause."""

    name: str
    folder: Path
    key: str
    paused: bool = False


@dataclass(slots=True)
class _Flow:
    """One stream on its way to the writer."""

    number: int
    tap: Tap
    asked_at: float = float("-inf")


class Recording:
    """A room's recorder (see `hearings.taps`) until it is stopped.

    `tell(payload)` is called on every change and each second. Moments are monotonic seconds of `clock`.
    Raises OSError when no writer can be started.
    """

    def __init__(
        self,
        order: Order,
        room: RecordedRoom,
        tell: Callable[[dict[str, Any]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        now = clock()
        self.name = order.name
        self.state = RecordingState.STARTING
        self.reason = ""
        self._room = room
        self._tell = tell
        self._clock = clock
        self._order = order
        self._wall_ms = (time.time() - now) * 1000
        self._flows: dict[Stream, _Flow] = {}
        self._numbers = itertools.count(1)
        self._speaker = ""
        self._paused = order.paused
        self._stopping = False
        self._stop_by = self._again_at = self._fed_at = NEVER
        self._again_s = AGAIN_S
        self._turned_at = self._told_at = now
        self._seconds = 0.0
        self._fault = ""
        self._written = self._written_before = 0
        self._ended: list[WriterChild] = []
        self._child = self._start(now)
        self._tap(now)

    @property
    def finished(self) -> bool:
        """Stopped, and no process left."""
        return self.state is RecordingState.STOPPED and not self._ended

    @property
    def writer(self) -> int:
        """The number of the writer's process."""
        return self._child.pid

    def payload(self) -> dict[str, Any]:
        """As it is told at the door: `seconds` recorded and `bytes` written in all."""
        return {
            "recording": self.name,
            "state": self.state.value,
            "reason": self.reason,
            "seconds": int(self._seconds),
            "bytes": self._written_before + self._written,
        }

    def begin(self, seat: str, media: str, codec: str) -> Tap:
        """A stream of a seat begins: what its tap is given goes to the writer."""
        number = next(self._numbers) & 0xFFFF
        sender = self._child.sender
        sender.control(Open(number, seat, media, codec))

        def on_packet(sequence: int, timestamp: int, marker: bool, payload: bytes, at: float) -> None:
            sender.packet(number, sequence, timestamp, marker, payload, at)
            if at < self._fed_at:
                self._fed_at = at

        def on_report(ntp: int, timestamp: int, at: float) -> None:
            sender.report(Report(number, ntp, timestamp))

        tap = Tap(on_packet, on_report, video=media != AUDIO)
        self._flows[seat, media] = _Flow(number, tap)
        return tap

    def end(self, seat: str, media: str) -> None:
        """A stream ends."""
        self._child.sender.control(Close(self._flows.pop((seat, media)).number))

    def speaker(self, seat: str | None) -> None:
        """Who speaks goes into the timeline."""
        self._speaker = seat or ""
        self._mark(timeline.SPEAKER, self._clock())

    def pause(self, paused: bool, now: float) -> None:
        """Record nothing for a while, or go on. While paused not one packet is copied."""
        if paused == self._paused or self._stopping:
            return
        self._paused = paused
        if paused:
            self._room.stop_recording()
            self._fed_at = NEVER
        else:
            self._mark(timeline.RESUMED, now)
        if not self._child.gone:
            self._tap(now)
        self._judge(now)

    def stop(self, now: float, *, over: bool = True) -> None:
        """End the recording; it is STOPPED when the writer has ended its files.

        `over` False: only this process's part of it ends, of which nothing is told.
        """
        if self._stopping:
            return
        if not over:
            self._tell = _nobody
        self._stopping = True
        self._stop_by = now + STOP_S
        self._room.stop_recording()
        if over:
            self._mark(timeline.STOPPED, now)
        self._child.sender.control(Stop())
        self._child.tick(now)

    def tick(self, now: float) -> None:
        """Called by the process's one timer."""
        self._ended = [child for child in self._ended if not child.reaped]
        passed, self._turned_at = now - self._turned_at, now
        if self.state is RecordingState.STOPPED:
            return
        if self.state is RecordingState.RECORDING:
            self._seconds += passed
        self._child.tick(now)
        self._hear(now)
        if self._stopping:
            self._watch_end(now)
            return
        self._watch(now)
        self._judge(now)
        if now - self._told_at >= TELL_S:
            self._told_at = now
            self._tell(self.payload())

    def _start(self, now: float) -> WriterChild:
        begin = Begin(str(self._order.folder), self._order.key, self._wall_ms, now)
        child = WriterChild(begin)
        log.info("recording.writer_started", recording=self.name, writer=child.pid)
        return child

    def _hear(self, now: float) -> None:
        """What the writer said last: bytes written, pictures that wait for a keyframe."""
        said = self._child.said
        if said is None:
            return
        if said.fault != self._fault:
            self._fault = said.fault
            log.error("recording.writer_fault", recording=self.name, fault=said.fault)
        if self._child.gone:
            return
        if said.written != self._written:
            self._written = said.written
            self._fed_at = NEVER
        for flow in self._flows.values():
            source = flow.tap.source
            if flow.number in said.awaiting and source is not None and now - flow.asked_at >= KEYFRAME_S:
                flow.asked_at = now
                source.request_keyframe(now)

    def _watch(self, now: float) -> None:
        """See to it that there is a writer that works."""
        child = self._child
        if now - child.heard_at > GIVE_UP_S:
            child.kill()
        if child.gone and self._again_at == NEVER:
            self._lose(now)
        elif now >= self._again_at:
            self._replace(now)
        elif now - child.started_at > STEADY_S:
            self._again_s = AGAIN_S

    def _lose(self, now: float) -> None:
        """The writer is gone: nothing is tapped until there is another."""
        log.error("recording.writer_lost", recording=self.name, writer=self._child.pid)
        self._room.stop_recording()
        self._count_out()
        self._again_at = now + self._again_s
        self._again_s = min(2 * self._again_s, AGAIN_MOST_S)

    def _replace(self, now: float) -> None:
        try:
            self._child = self._start(now)
        except OSError:  # no memory, no process left: later, perhaps
            self._again_at = now + self._again_s
            return
        self._again_at = self._fed_at = NEVER
        self._tap(now)

    def _tap(self, now: float) -> None:
        """A writer is there: feed it, or tell it of the pause."""
        if self._paused:
            self._mark(timeline.PAUSED, now)
        else:
            self._room.record(self)

    def _watch_end(self, now: float) -> None:
        child = self._child
        if now >= self._stop_by:
            child.kill()
        if child.gone:
            complete = child.said is not None and child.said.stopped
            self._written = child.said.written if child.said is not None else self._written
            self._count_out()
            self._change(RecordingState.STOPPED, "" if complete else CUT)

    def _count_out(self) -> None:
        """The present writer is over; what it has written stays."""
        self._ended.append(self._child)
        self._written_before += self._written
        self._written = 0

    def _judge(self, now: float) -> None:
        """The state that follows from what is seen."""
        said = self._child.said
        failure = self._failure(now)
        if failure:
            self._change(RecordingState.FAILED, failure)
        elif said is not None:  # one that has not spoken yet proves nothing: what was told still holds
            seats = {seat for seat, _ in self._flows}
            low = said.free < space.needed(len(seats), space.LOW_S)
            going = RecordingState.PAUSED if self._paused else RecordingState.RECORDING
            self._change(going, DISK_LOW if low else "")

    def _failure(self, now: float) -> str:
        child, said = self._child, self._child.said
        if said is not None and said.failure:
            return said.failure
        if child.gone:
            return WRITER_DIED
        if now - child.heard_at > (SILENT_S if said is not None else BEGIN_S):
            return WRITER_SILENT
        if child.sender.lagging:
            return OVERFLOW
        return NOTHING_WRITTEN if now - self._fed_at > UNWRITTEN_S else ""

    def _change(self, state: RecordingState, reason: str) -> None:
        if (state, reason) == (self.state, self.reason):
            return
        self.state, self.reason = state, reason
        failed = state is RecordingState.FAILED
        log.log(
            logging.ERROR if failed else logging.INFO,
            "recording.changed",
            recording=self.name,
            state=state.value,
            reason=reason,
        )
        self._tell(self.payload())

    def _mark(self, event: str, now: float) -> None:
        seat = self._speaker if event == timeline.SPEAKER else ""
        self._child.sender.control(Mark(now, event, seat))


def _nobody(payload: dict[str, Any]) -> None:
    """Tell nobody."""
