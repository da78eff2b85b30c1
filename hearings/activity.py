"""Who speaks, from the audio levels in the header extension (RFC 6464); nothing is decoded."""

import enum
from collections import deque
from dataclasses import dataclass

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
"""Speech rises and falls by so much and more, a fan does not."""
FAINT_LOOKS = 6
"""So many observations (three seconds) are looked at; half of them must have it."""
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
        self.level = 127
        self._spoke_at = float("-inf")
        self._recent: deque[int] = deque(maxlen=FAINT_LOOKS)

    def voice(self, loudest: int, heard_at: float, now: float, *, muted: bool = False) -> Voice:
        """Judge the loudest level (in -dBov, 127 silence) since the last call."""
        self.level = loudest
        self._recent.append(loudest)
        if loudest <= SPEAKING_DBOV:
            self._spoke_at = now
        if now - heard_at > ABSENT_S:
            self._recent.clear()
            return Voice.ABSENT
        if now - self._spoke_at <= HOLD_S:
            return Voice.MUTED if muted else Voice.SPEAKING
        return Voice.FAINT if self._faint() and not muted else Voice.SILENT

    def _faint(self) -> bool:
        recent = self._recent
        audible = sum(SPEAKING_DBOV < level <= FAINT_DBOV for level in recent)
        return (
            len(recent) == FAINT_LOOKS
            and min(recent) > SPEAKING_DBOV
            and audible >= FAINT_LOOKS // 2
            and max(recent) - min(recent) >= FAINT_SWING_DB
        )


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
