"""The call of a preliminary attendance: what may come of it, and what must be written down."""

from __future__ import annotations

from enum import StrEnum


class CallResult(StrEnum):
    """What a call to the company came to."""

    SOLVED = "solved"
    """The company solves it now or promises it by a day: the case can be closed."""
    NOT_SOLVED = "not_solved"
    CALL_BACK = "call_back"
    """The company wants to look into it: somebody calls again."""
    NO_ANSWER = "no_answer"


SPOKEN = frozenset({CallResult.SOLVED, CallResult.NOT_SOLVED, CallResult.CALL_BACK})
"""Results that say that somebody was spoken to: the record then names them and what they said."""


def faults(result: str, *, number: str, spoke_with: str, said: str, least: int) -> dict[str, str]:
    """What is missing in the record of a call, field by field; ``least`` letters of what was said.

    A call is evidence: whom, when, on which number, and what was said (procedure, preliminary attendance).
    """
    wrong: dict[str, str] = {}
    if result not in set(CallResult):
        wrong["result"] = "choice_missing"
    if not number:
        wrong["number"] = "required"
    if result in SPOKEN and not spoke_with:
        wrong["spoke_with"] = "required"
    if result in SPOKEN and len(said) < least:
        wrong["said"] = "text_length"
    return wrong
