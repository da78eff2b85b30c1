"""A published medium: one incoming track per layer."""

from __future__ import annotations

from collections.abc import Callable

from hearings.forwarding.follower import Follower
from hearings.forwarding.incoming import IncomingTrack
from hearings.negotiation import AUDIO, PublishedTrack

LIVE_S = 1.0
"""A layer not heard of for so long is taken for switched off by its browser."""
STOPPED_S, STOPPED_PICTURES = 0.35, 4
"""So is one that has been silent for so long while a lower layer brought so many pictures. All layers are
made from the same pictures and browsers switch them off from the top: such a silence is no slow camera and no
broken line, and each tenth of a second that one waits is a picture that stands still."""
RETURNED_S = 1.0
"""A layer that was taken for switched off must have been back for so long, lest followers swing with it."""


class Source:
    """The layers of one medium, lowest first; without simulcast there is one.

    `feedback` sends RTCP to the publisher, `due` is where its layers enter themselves for another turn.
    """

    def __init__(
        self, track: PublishedTrack, feedback: Callable[[bytes], None], due: set[IncomingTrack]
    ) -> None:
        self.track = track
        self.media = track.media
        self.codec = "opus" if track.media == AUDIO else track.codec
        self.video = track.media != AUDIO
        self.followers: list[Follower] = []
        self.layers = tuple(IncomingTrack(self, feedback, due, rid) for rid in track.rids or ("",))
        # Of each layer: how many pictures each had brought by then when it was last seen to go on.
        self._seen = [(0,) * len(self.layers) for _ in self.layers]
        self._stopped: dict[int, float | None] = {}
        """Layers taken for switched off, and since when they have been back."""

    @property
    def heard_at(self) -> float:
        """When a packet of any layer arrived last, in monotonic seconds."""
        return max(layer.heard_at for layer in self.layers)

    def live(self, now: float) -> list[int]:
        """The indices of the layers that arrive at present, lowest first."""
        heard = [i for i, layer in enumerate(self.layers) if now - layer.heard_at <= LIVE_S]
        # Better one that is only just back than none.
        return [i for i in heard if i not in self._stopped] or heard

    def choose(self, target: int | None, now: float) -> IncomingTrack | None:
        """The layer for whom `target` is wanted: itself, or the best live one below it, or the lowest live.

        When nothing arrives at all it is the target itself. None for a target of None.
        """
        if target is None:
            return None
        live = self.live(now)
        below = [index for index in live if index <= target]
        chosen = below[-1] if below else live[0] if live else min(target, len(self.layers) - 1)
        return self.layers[chosen]

    def rid(self, target: int | None) -> str | None:
        """The name of the layer that is aimed at ("" without simulcast), None for none."""
        return None if target is None else self.layers[min(target, len(self.layers) - 1)].rid

    def heard(self, layer: IncomingTrack, ssrc: int, now: float) -> None:
        """A packet of this layer is about to be taken; `ssrc` is the one it came under."""
        if ssrc != layer.ssrc:
            layer.listen(ssrc)
            layer.heard_at = now
            self.settle(now)

    def settle(self, now: float) -> None:
        """Called each tenth of a second: followers of a layer that fell silent, or of one that is back,
        change."""
        self._look_for_stopped(now)
        for follower in list(self.followers):
            follower.begin(now)

    def _look_for_stopped(self, now: float) -> None:
        pictures = tuple(layer.pictures for layer in self.layers)
        for index, layer in enumerate(self.layers):
            before = self._seen[index]
            if pictures[index] != before[index]:
                self._seen[index] = pictures
                self._welcome(index, now)
            elif now - layer.heard_at > STOPPED_S:
                below = max(map(int.__sub__, pictures[:index], before), default=0)
                if below >= STOPPED_PICTURES:
                    self._stopped[index] = None

    def _welcome(self, index: int, now: float) -> None:
        """A layer goes on. One that had been switched off is trusted after a while."""
        if index not in self._stopped:
            return
        since = self._stopped[index]
        if since is None:
            self._stopped[index] = now
        elif now - since >= RETURNED_S:
            del self._stopped[index]

    def request_keyframe(self, now: float) -> None:
        """Ask for a keyframe of every layer that is followed or awaited."""
        for layer in self.layers:
            if layer.takers or layer.waiting:
                layer.request_keyframe(now, urgent=True)

    def close(self) -> None:
        """The medium is over: nobody follows it any more."""
        for follower in list(self.followers):
            follower.link(None, 0.0)
        for layer in self.layers:
            layer.close()
