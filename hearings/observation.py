"""What is heard and seen of the seats of a room, and who speaks: looked at twice a second."""

from collections.abc import Mapping
from typing import Any

from hearings.activity import ABSENT_S, UNSEEN_S, Ear, SeatActivity, Voice, choose_speaker
from hearings.forwarding.packet import SILENCE
from hearings.negotiation import AUDIO, SCREEN, VIDEO
from hearings.participant import Participant
from hearings.permission import may_record


class Observation:
    """Of one room. `speaker` is the seat that spoke last and loudest, None before anybody has."""

    def __init__(self) -> None:
        self.speaker: str | None = None
        self.activity: dict[str, SeatActivity] = {}
        self._ears: dict[str, Ear] = {}
        self._told: tuple[dict[str, SeatActivity], str | None] = ({}, None)

    def look(self, seats: Mapping[str, Participant], now: float) -> None:
        """Each half second."""
        for gone in self._ears.keys() - seats.keys():
            del self._ears[gone], self.activity[gone]
        if self.speaker not in seats:
            self.speaker = None
        speaking: dict[str, int] = {}
        for name, seat in seats.items():
            ear = self._ears.setdefault(name, Ear())
            self.activity[name] = _look_at(seat, ear, now)
            # Who speaks in a private room is nobody's business here, least of all the recording's.
            if self.activity[name].voice is Voice.SPEAKING and may_record(seat.standing, AUDIO):
                speaking[name] = ear.level
        self.speaker = choose_speaker(self.speaker, speaking)

    def fell_silent(self, seats: Mapping[str, Participant], now: float) -> bool:
        """Whether somebody of whom sound came at the last look has just become one of whom none comes."""
        return any(
            activity.voice is not Voice.ABSENT and now - _heard_at(seats[name]) > ABSENT_S
            for name, activity in self.activity.items()
            if name in seats
        )

    def news(self) -> dict[str, Any] | None:
        """What to tell, None when it is as it was told last."""
        told = (dict(self.activity), self.speaker)
        if told == self._told:
            return None
        self._told = told
        seats = {name: activity.payload() for name, activity in self.activity.items()}
        return {"seats": seats, "speaker": self.speaker}

    def forget_told(self) -> None:
        """Somebody new listens: tell everything again."""
        self._told = ({}, None)


def _heard_at(seat: Participant) -> float:
    source = seat.publisher.sources.get(AUDIO) if seat.publisher is not None else None
    return float("-inf") if source is None else source.heard_at


def _look_at(seat: Participant, ear: Ear, now: float) -> SeatActivity:
    sources = seat.publisher.sources if seat.publisher is not None else {}
    audio = sources[AUDIO].layers[0] if AUDIO in sources else None
    seen = {media: now - source.heard_at <= UNSEEN_S for media, source in sources.items()}
    levels = audio.take_levels() if audio is not None else b""
    voice = ear.voice(levels, _heard_at(seat), now, muted=seat.standing.muted)
    level = 0 if seat.standing.muted else (SILENCE - ear.level) // 10
    return SeatActivity(voice, level, seen.get(VIDEO, False), seen.get(SCREEN, False))
