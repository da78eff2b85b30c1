"""A seat in a room and its two connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hearings.errors import STALE_GENERATION, HearingError
from hearings.messages import Report
from hearings.permission import Standing
from hearings.publisher import Publisher
from hearings.subscriber import Subscriber

PUBLISH, SUBSCRIBE = "publish", "subscribe"


@dataclass(slots=True)
class Participant:
    """What the web said of the seat, who told us (`link`, to whom its events go), and what its browser has.

    Each side has a generation, the browser's own count of its connections: a higher one replaces the
    connection, a lower one is an echo of the past and refused. `sizes` are the heights in pixels at which
    the seat's page shows the others, by "seat/medium"; `reported` is what its browser last said of its
    pictures.
    """

    standing: Standing
    link: str
    publisher: Publisher | None = None
    subscriber: Subscriber | None = None
    publish_generation: int = -1
    subscribe_generation: int = -1
    sizes: Mapping[str, int] = field(default_factory=dict)
    reported: Report | None = None

    def check_publish(self, generation: int) -> None:
        """Refuse a generation older than the present one."""
        if generation < self.publish_generation:
            raise HearingError(STALE_GENERATION)

    def check_subscribe(self, generation: int) -> None:
        """Refuse a generation older than the present one."""
        if generation < self.subscribe_generation:
            raise HearingError(STALE_GENERATION)

    def current_subscriber(self, generation: int) -> Subscriber:
        """The subscriber of exactly this generation."""
        if self.subscriber is None or generation != self.subscribe_generation:
            raise HearingError(STALE_GENERATION)
        return self.subscriber

    def current_publisher(self, generation: int) -> Publisher:
        """The publisher of exactly this generation."""
        if self.publisher is None or generation != self.publish_generation:
            raise HearingError(STALE_GENERATION)
        return self.publisher

    def close(self) -> None:
        """End both connections."""
        if self.publisher is not None:
            self.publisher.close()
        if self.subscriber is not None:
            self.subscriber.close()
