"""Private rooms within a hearing: who may call whom, and what becomes of a call."""

from __future__ import annotations

from enum import StrEnum


class ConsultationState(StrEnum):
    """Where a private room is."""

    RINGING = "ringing"
    OPEN = "open"
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"


class CallAnswer(StrEnum):
    """What became of one person's call."""

    RINGING = "ringing"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
