"""Who speaks, from the audio levels in the header extension (RFC 6464); nothing is decoded."""

import enum
from dataclasses import dataclass

SPEAKING_DBOV = 50
"""As loud as -50 dBov or louder counts as speech."""
HOLD_S = 1.0
"""Speech goes on through pauses of this length."""
ABSENT_S = 2.5
"""Opus in discontinuous transmission sends a packet each 0.4 s of silence; longer means nothing arrives."""
YIELD_DB = 6
"""By so much another must be louder to take over from one who still speaks."""


class Voice(enum.StrEnum):
    """What is heard of a seat."""

    SPEAKING = "speaking"
    SILENT = "silent"
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
    """Remembers one seat's speech between observations."""

    def __init__(self) -> None:
        self.level = 127
        self._spoke_at = float("-inf")

    def voice(self, loudest: int, heard_at: float, now: float) -> Voice:
        """Judge the loudest level (in -dBov, 127 silence) since the last call."""
        self.level = loudest
        if loudest <= SPEAKING_DBOV:
            self._spoke_at = now
        if now - heard_at > ABSENT_S:
            return Voice.ABSENT
        return Voice.SPEAKING if now - self._spoke_at <= HOLD_S else Voice.SILENT


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
