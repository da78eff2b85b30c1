"""The minutes: a text of paragraphs, filled from the profile's texts, with the parties' remarks."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

OPENING = "opening"
"""The text with which minutes start; the others are named as the outcomes are."""

VARIABLES = frozenset(
    {
        "agency",
        "protocol",
        "consumer",
        "company",
        "mediator",
        "date",
        "time",
        "opened",
        "present",
        "tolerance",
    }
)
"""What the profile's texts may name in braces."""


class RemarkState(StrEnum):
    """A remark is open until the mediator takes it into the minutes, answers it, or leaves it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    LEFT = "left"


def joined(paragraphs: Iterable[str]) -> str:
    """The text of the minutes: paragraphs between empty lines, as it is signed and printed."""
    return "\n\n".join(text.strip() for text in paragraphs if text.strip())
