"""When to ask a publisher for a keyframe: at once, but not more often than it can bear."""

URGENT_S = 0.2
"""Least time between two requests when a new receiver waits for its first picture."""
USUAL_S = 0.5


class KeyframeRequests:
    """Joins requests. One that comes too early is kept and sent as soon as the interval is over."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._due = float("inf")

    def ask(self, now: float, *, urgent: bool = False) -> bool:
        """Whether to send a request now; otherwise one is due later."""
        earliest = self._last + (URGENT_S if urgent else USUAL_S)
        if now < earliest:
            self._due = min(self._due, earliest)
            return False
        self._sent(now)
        return True

    def due(self, now: float) -> bool:
        """Whether a kept request is to be sent now."""
        if now < self._due:
            return False
        self._sent(now)
        return True

    @property
    def pending(self) -> bool:
        """Whether a request is kept."""
        return self._due < float("inf")

    def _sent(self, now: float) -> None:
        self._last = now
        self._due = float("inf")
