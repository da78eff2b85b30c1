"""The sequence numbers of one incoming stream: order, duplicates, what is missing and when to ask for it.

The rule everything downstream rests on: an extended sequence number is accepted at most once. A receiver is
then never sent two different packets under one number, which under AES-GCM would break the encryption
(RFC 7714 section 8.1).
"""

from dataclasses import dataclass

MAX_MISSING = 512
RESYNC_AFTER = 100
"""So many packets in a row from behind the window mean that the source began to count anew."""
ASK_AT_ONCE = 100
FIRST_RESPONSE_S = 0.08
"""What an answer is taken to need before the first one has come."""
MAX_RESPONSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How a stream's holes are asked for: `reorder_s` after they were seen, then at most `asks` times, not
    more often than each `retry_s` (nor than answers can come), until a packet is `give_up_s` old. A hole
    larger than `max_gap` is not worth asking for: the source restarted or was away."""

    asks: int
    retry_s: float
    give_up_s: float
    max_gap: int
    reorder_s: float = 0.01


VIDEO = Patience(asks=10, retry_s=0.04, give_up_s=1.5, max_gap=200)
AUDIO = Patience(asks=3, retry_s=0.025, give_up_s=0.4, max_gap=25)
"""Sound is played within a fraction of a second: a later packet is of no use."""


@dataclass(slots=True)
class _Missing:
    since: float
    first_asked: float = 0.0
    asked: float = float("-inf")
    asks: int = 0


class SequenceWindow:
    """Unwraps 16-bit numbers.

    `unsettled` is set when a packet leaves a hole, `jumped` besides when it is too large to repair; the owner
    clears both.
    Its numbers are higher than `above`, those of an earlier window of the same layer.
    `response_s` is how long an answer takes at present (smoothed).
    """

    def __init__(self, patience: Patience = VIDEO, above: int = -1) -> None:
        self.newest = -1
        self.first = -1
        self.accepted = 0
        self.unsettled = self.jumped = False
        self.response_s = FIRST_RESPONSE_S
        self._patience = patience
        # A cycle up, so that a packet that overtakes the first one still has a number above all earlier ones.
        self._base = ((above >> 16) + 2) << 16
        self._missing: dict[int, _Missing] = {}
        self._behind = 0

    def accept(self, number: int, now: float) -> int | None:
        """The extended number of a packet to be forwarded, None for a duplicate or one too late."""
        newest = self.newest
        ahead = (number - newest) & 0xFFFF
        if ahead == 1 and newest >= 0:
            self.newest = newest = newest + 1
            self.accepted += 1
            self._behind = 0
            return newest
        if newest < 0:
            self.newest = self.first = number + self._base
            self.accepted = 1
            return self.newest
        if ahead and ahead < 0x8000:
            return self._advance(newest + ahead, now)
        late = newest - ((newest - number) & 0xFFFF)
        entry = self._missing.pop(late, None)
        if entry is None:
            return self._refuse(number)
        if entry.asks:
            self._measure(now - entry.first_asked)
        self._behind = 0
        self.accepted += 1
        return late

    def is_missing(self, number: int) -> bool:
        """Whether the packet of this 16-bit number is being waited for."""
        return self.newest - ((self.newest - number) & 0xFFFF) in self._missing

    def awaits(self, number: int) -> bool:
        """Whether the packet of this extended number is being waited for."""
        return number in self._missing

    def due(self, now: float) -> list[int]:
        """The 16-bit numbers to ask for now, oldest first."""
        pause = max(self._patience.retry_s, self.response_s * 1.25)
        asks = []
        for number, entry in self._missing.items():
            if now - entry.since < self._patience.reorder_s:
                break  # and later ones are younger
            if entry.asks < self._patience.asks and now - entry.asked >= pause:
                if not entry.asks:
                    entry.first_asked = now
                entry.asked = now
                entry.asks += 1
                asks.append(number & 0xFFFF)
                if len(asks) == ASK_AT_ONCE:
                    break
        return asks

    def give_up(self, now: float) -> bool:
        """Forget what has been missing too long; True when something was."""
        limit = self._patience.give_up_s
        lost = [number for number, entry in self._missing.items() if now - entry.since > limit]
        for number in lost:
            del self._missing[number]
        return bool(lost)

    @property
    def has_missing(self) -> bool:
        return bool(self._missing)

    @property
    def expected(self) -> int:
        """How many packets there should have been by now."""
        return self.newest - self.first + 1 if self.newest >= 0 else 0

    def _advance(self, number: int, now: float) -> int:
        hole = number - self.newest - 1
        self.unsettled = True
        if hole > self._patience.max_gap:
            self._missing.clear()
            self.jumped = True
        else:
            for lost in range(self.newest + 1, number):
                self._missing[lost] = _Missing(now)
            while len(self._missing) > MAX_MISSING:
                del self._missing[next(iter(self._missing))]
        self.newest = number
        self._behind = 0
        self.accepted += 1
        return number

    def _refuse(self, number: int) -> int | None:
        self._behind += 1
        if self._behind < RESYNC_AFTER:
            return None
        # Two cycles up: no number of the time before can come again.
        self.newest = self.first = ((self.newest >> 16) + 2) << 16 | number
        self._missing.clear()
        self._behind = 0
        self.accepted = 1
        self.unsettled = self.jumped = True
        return self.newest

    def _measure(self, seconds: float) -> None:
        """Counted from the first question, for nobody knows which one was answered: where questions and
        answers get lost, long answers are mostly ones to a later question, and short ones are true."""
        change = min(seconds, MAX_RESPONSE_S) - self.response_s
        self.response_s += change / 8 if change > 0 else change / 2
