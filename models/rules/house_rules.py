"""The house rules of a hearing: their version, their text, and what a person answered to them.

A seat keeps one short word: the version that was accepted, or the version that was refused with a mark
before it. An answer to another version than today's is no answer: who is to enter reads the new text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

REFUSAL_MARK = "!"
MAX_VERSION = 15
"""So that a refusal fits the column, which has sixteen characters."""


class RulesAnswer(StrEnum):
    """What somebody answered to the house rules of today."""

    NONE = "none"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class HouseRules:
    """The rules that everybody accepts before entering a hearing, a sentence each."""

    version: str
    text: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.version) <= MAX_VERSION or self.version.startswith(REFUSAL_MARK):
            raise ValueError(f"house_rules.version: {self.version!r}")
        if not self.text:
            raise ValueError("house_rules.text")


def answer(kept: str, version: str) -> RulesAnswer:
    """What a seat's kept word says of ``version``."""
    if kept == version:
        return RulesAnswer.ACCEPTED
    return RulesAnswer.REFUSED if kept == refusal(version) else RulesAnswer.NONE


def refusal(version: str) -> str:
    """The word that a seat keeps of a refusal."""
    return REFUSAL_MARK + version
