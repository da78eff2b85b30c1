"""Who speaks, from the audio levels in the header extension (RFC 6464); nothing is decoded."""

import enum
from collections import deque
from dataclasses import dataclass

from hearings.forwarding.packet import SILENCE

SPEAKING_DBOV = 50
"""As loud as -50 dBov or louder counts as speech."""
HOLD_S = 1.0
"""Speech goes on through pauses of this length."""
ABSENT_S = 0.9
"""Sound unheard of for so long does not come: in silence Opus (discontinuous transmission) still sends a
packet each 0.4 s, and one of those may be lost."""
UNSEEN_S = 2.5
"""The same of pictures: a screen that stands still is sent rarely."""
FAINT_DBOV = 65
"""Fainter than this is the room's own noise."""
FAINT_SWING_DB = 8
"""Speech rises and falls by so much and more from packet to packet, a fan does not."""
FAINT_PACKETS = 12
"""So many packets of a second must be faint speech: a quarter of it, more than a knock lasts, and less than
who begins to speak has said by the second look."""
FAINT_LOOKS = 2
"""So many observations, one second, are looked at together."""
YIELD_DB = 6
"""By so much another must be louder to take over from one who still speaks."""


class Voice(enum.StrEnum):
    """What is heard of a seat."""

    SPEAKING = "speaking"
    SILENT = "silent"
    MUTED = "muted_talking"
    """It speaks and nobody hears: the server was told to silence it."""
    FAINT = "too_low"
    """It seems to speak, too low to be understood."""
    ABSENT = "no_packets"


@dataclass(frozen=True, slots=True)
class SeatActivity:
    """`level` in steps of 10 dB above silence, 0 to 12; `video` and `screen`: packets arrive."""

    voice: Voice
    level: int
    video: bool
    screen: bool

    def payload(self) -> dict[str, object]:
        """As it is told at the door."""
        return {
            "voice": self.voice.value,
            "level": self.level,
            "video": self.video,
            "screen": self.screen,
        }


class Ear:
    """Remembers one seat's speech between observations, which are half a second apart."""

    def __init__(self) -> None:
        self.level = SILENCE
        self._spoke_at = self._faint_at = float("-inf")
        self._recent: deque[bytes] = deque(maxlen=FAINT_LOOKS)

    def voice(self, levels: bytes, heard_at: float, now: float, *, muted: bool = False) -> Voice:
        """Judge the levels (in -dBov, 127 silence; one of each packet) that came since the last call."""
        self.level = min(levels, default=SILENCE)
        self._recent.append(levels)
        if self.level <= SPEAKING_DBOV:
            self._spoke_at = now
        if now - heard_at > ABSENT_S:
            self._recent.clear()
            return Voice.ABSENT
        if now - self._spoke_at <= HOLD_S:
            return Voice.MUTED if muted else Voice.SPEAKING
        if self._faint():
            self._faint_at = now
        return Voice.FAINT if now - self._faint_at <= HOLD_S and not muted else Voice.SILENT

    def _faint(self) -> bool:
        """The loudest and the faintest tenth do not count: a click is no speech, a gap no pause."""
        levels = sorted(b"".join(self._recent))
        audible = sum(SPEAKING_DBOV < level <= FAINT_DBOV for level in levels)
        if audible < FAINT_PACKETS or levels[0] <= SPEAKING_DBOV:
            return False
        tenth = len(levels) // 10
        return levels[-1 - tenth] - levels[tenth] >= FAINT_SWING_DB


def choose_speaker(current: str | None, speaking: dict[str, int]) -> str | None:
    """The active speaker among those who speak (seat -> level in -dBov), reluctant to change.

    When nobody speaks the last speaker remains.
    """
    if not speaking:
        return current
    loudest = min(sorted(speaking), key=lambda seat: speaking[seat])
    if current in speaking and speaking[loudest] + YIELD_DB > speaking[current]:
        return current
    return loudest
