"""The sequence numbers of one incoming stream: order, duplicates, what is missing and when to ask for it.

The rule everything downstream rests on: an extended sequence number is accepted at most once. A receiver is
then never sent two different packets under one number, which under AES-GCM would break the encryption
(RFC 7714 section 8.1).
"""

from dataclasses import dataclass

MAX_GAP = 200
"""A larger hole is not worth asking for: the source restarted or was away; a keyframe mends it."""
MAX_MISSING = 512
MAX_ASKS = 8
RETRY_S = 0.05
GIVE_UP_S = 1.5
RESYNC_AFTER = 100
"""So many packets in a row from behind the window mean that the source began to count anew."""
ASK_AT_ONCE = 100


@dataclass(slots=True)
class _Missing:
    since: float
    asked: float = 0.0
    asks: int = 0


class SequenceWindow:
    """Unwraps 16-bit numbers. `jumped` is set after a hole too large to repair; the owner clears it."""

    def __init__(self) -> None:
        self.newest = -1
        self.first = -1
        self.accepted = 0
        self.jumped = False
        self._missing: dict[int, _Missing] = {}
        self._behind = 0

    def accept(self, number: int, now: float) -> int | None:
        """The extended number of a packet to be forwarded, None for a duplicate or one too late."""
        if self.newest < 0:
            # One cycle up, so that a packet that overtook the first one still has a number above zero.
            self.newest = self.first = number + 0x10000
            self.accepted = 1
            return self.newest
        ahead = (number - self.newest) & 0xFFFF
        if ahead and ahead < 0x8000:
            return self._advance(self.newest + ahead, now)
        late = self.newest - ((self.newest - number) & 0xFFFF)
        if self._missing.pop(late, None) is None:
            return self._refuse(number)
        self._behind = 0
        self.accepted += 1
        return late

    def is_missing(self, number: int) -> bool:
        """Whether the packet of this 16-bit number is being waited for."""
        return self.newest - ((self.newest - number) & 0xFFFF) in self._missing

    def due(self, now: float) -> list[int]:
        """The 16-bit numbers to ask for now, oldest first."""
        asks = []
        for number, entry in self._missing.items():
            if entry.asks < MAX_ASKS and now - entry.asked >= RETRY_S * entry.asks:
                entry.asked = now
                entry.asks += 1
                asks.append(number & 0xFFFF)
                if len(asks) == ASK_AT_ONCE:
                    break
        return asks

    def give_up(self, now: float) -> bool:
        """Forget what has been missing too long; True when something was."""
        lost = [number for number, entry in self._missing.items() if now - entry.since > GIVE_UP_S]
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
        if hole > MAX_GAP:
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
        # Two cycles up: far enough for every receiver to see a break and splice (see continuity).
        self.newest = self.first = ((self.newest >> 16) + 2) << 16 | number
        self._missing.clear()
        self._behind = 0
        self.accepted = 1
        self.jumped = True
        return self.newest
