"""Whoever takes the packets of a source: a receiver's outgoing track, or the recording's tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearings.forwarding.continuity import Continuity, Edge

if TYPE_CHECKING:
    from hearings.forwarding.incoming import IncomingTrack
    from hearings.forwarding.source import Source

TOP = 99
"""A target above every layer: the best one that arrives."""


class Follower:
    """Follows one layer of a source at a time, in numbers that carry on over every change.

    `target` is the layer it should have (an index into `source.layers`, None: paused), `layer` the one it
    gets at present, `awaited` the one it will change to at that layer's next keyframe. Until then it
    keeps `layer`.
    """

    def __init__(self, *, video: bool) -> None:
        self.video = video
        self.clock_rate = 90000 if video else 48000
        self.source: Source | None = None
        self.target: int | None = TOP
        self.layer: IncomingTrack | None = None
        self.awaited: IncomingTrack | None = None
        self.numbers = Continuity(self.clock_rate)

    @property
    def ready(self) -> bool:
        """Whether packets may be given to it by now."""
        return True

    @property
    def layer_index(self) -> int | None:
        """The index of `layer` in its source, None when there is none."""
        return None if self.layer is None else self.layer.source.layers.index(self.layer)

    def link(self, source: Source | None, now: float) -> None:
        """Follow `source` from now on, None: nobody. The same source is no change."""
        if source is self.source:
            return
        if self.source is not None:
            self.source.followers.remove(self)
            self.detach()
        self.source = source
        if source is not None:
            source.followers.append(self)
            self.begin(now)

    def aim(self, target: int | None, now: float) -> None:
        """Ask for another layer, None: for nothing until further notice. Sound is never paused."""
        if self.video and target != self.target:
            self.target = target
            self.begin(now)

    def begin(self, now: float) -> None:
        """See to it that the right layer is followed or awaited; called again when anything has changed."""
        wanted = self.source.choose(self.target, now) if self.source is not None and self.ready else None
        if wanted is None:
            self.detach()
        elif wanted is self.layer:
            self._await(None)
        elif wanted is not self.awaited:
            self._await(wanted)
            wanted.request_keyframe(now, urgent=True)

    def detach(self) -> None:
        """Take nothing more, for the time being."""
        self._await(None)
        if self.layer is not None:
            self.layer.takers.remove(self)
            self.numbers.leave(self.layer.edge())
            self.layer = None

    def enter(self, layer: IncomingTrack, edge: Edge) -> None:
        """Called by the layer: its packet at `edge` is one to begin with, and goes to its takers next."""
        self.detach()
        self.numbers.enter(edge)
        self.layer = layer
        layer.takers.append(self)
        if layer.reception.sent is not None:
            self.report(*layer.reception.sent, edge.at)

    def interrupt(self) -> None:
        """Called by the layer: its numbers broke; begin again at its next keyframe."""
        layer = self.layer
        self.detach()
        if self.awaited is None:
            self._await(layer)

    def request_keyframe(self, now: float) -> None:
        """The pictures are broken: ask for one to begin anew with."""
        if self.layer is not None:
            self.layer.request_keyframe(now)

    def take(self, sequence: int, timestamp: int, marker: int, body: bytearray, now: float) -> None:
        """One packet of the layer followed, in the layer's numbers; `body` is tail and payload."""
        raise NotImplementedError

    def report(self, ntp: int, timestamp: int, now: float) -> None:
        """The publisher's sender report for the layer followed, in the layer's timestamps."""
        raise NotImplementedError

    def _await(self, layer: IncomingTrack | None) -> None:
        if self.awaited is not None:
            self.awaited.waiting.remove(self)
        self.awaited = layer
        if layer is not None:
            layer.waiting.append(self)
