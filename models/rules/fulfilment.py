"""The settlement watch: what becomes of each obligation of an agreement, and when who is asked.

The creditor's word decides. The debtor is reminded before the date, the creditor is asked after it, asked
again, and has a term to answer. Silence is silence: it counts neither as kept nor as broken, and who was
silent may still say later that it was not done (ADR 0074).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.rules.errors import Refused
from models.rules.hearing import SeatRole
from models.rules.people import Side

REPLY_TERM = "settlement_reply"
"""The profile's term in which a creditor says whether an obligation was fulfilled."""
CREDITOR: Mapping[SeatRole, Side] = {SeatRole.COMPANY: Side.CONSUMER, SeatRole.CONSUMER: Side.COMPANY}
"""Who is owed, by who owes."""
DEBTOR: Mapping[SeatRole, Side] = {SeatRole.COMPANY: Side.COMPANY, SeatRole.CONSUMER: Side.CONSUMER}


class ObligationState(StrEnum):
    """What is known of an obligation."""

    PENDING = "pending"
    KEPT = "kept"
    BROKEN = "broken"
    SILENT = "silent"
    """The creditor was asked twice and did not answer in the term."""


class Word(StrEnum):
    """What a creditor says of an obligation."""

    KEPT = "kept"
    BROKEN = "broken"


TABLE: Mapping[tuple[ObligationState, Word], ObligationState] = {
    (ObligationState.PENDING, Word.KEPT): ObligationState.KEPT,
    (ObligationState.PENDING, Word.BROKEN): ObligationState.BROKEN,
    (ObligationState.SILENT, Word.KEPT): ObligationState.KEPT,
    (ObligationState.SILENT, Word.BROKEN): ObligationState.BROKEN,
    (ObligationState.BROKEN, Word.KEPT): ObligationState.KEPT,
}
"""A broken obligation may be done late; what was kept is over."""


class Step(StrEnum):
    """What the watch does next about an obligation."""

    REMIND = "remind"
    ASK = "ask"
    ASK_AGAIN = "ask_again"
    CLOSE = "close"


@dataclass(frozen=True)
class Standing:
    """An obligation as the watch sees it; the days are those of the agency's zone.

    ``asked`` is the day on which its creditor was asked, ``reply_until`` the last day of their answer.
    """

    state: ObligationState
    due_on: date | None
    agreed_on: date | None
    reminded: bool = False
    asked: date | None = None
    asked_again: bool = False
    reply_until: date | None = None


def say(state: ObligationState, word: Word, due_on: date | None, today: date) -> ObligationState:
    """What an obligation is after its creditor's word.

    Refused("not_due_yet") for a breach before the day has passed, "already_said" when the word changes
    nothing.
    """
    after = TABLE.get((state, word))
    if after is None:
        raise Refused("already_said")
    if word is Word.BROKEN and due_on is not None and due_on >= today:
        raise Refused("not_due_yet")
    return after


def can_say(state: ObligationState, word: Word, due_on: date | None, today: date) -> bool:
    """Whether ``say`` would not refuse."""
    try:
        say(state, word, due_on, today)
    except Refused:
        return False
    return True


def asks_on(due_on: date | None, agreed_on: date | None, undated_days: int) -> date | None:
    """From which day on the creditor is asked: the one after the date.

    Of what has no date, ``undated_days`` (the profile's) after the agreement.
    """
    if due_on is not None:
        return due_on + timedelta(days=1)
    return agreed_on + timedelta(days=undated_days) if agreed_on else None


def next_step(standing: Standing, today: date, days_before: int, undated_days: int) -> Step | None:
    """What is to be done about an obligation today, None for nothing."""
    if standing.state is not ObligationState.PENDING:
        return None
    if standing.asked is not None and standing.reply_until is not None:
        return _after_asking(standing.asked, standing.reply_until, today, again=standing.asked_again)
    first = asks_on(standing.due_on, standing.agreed_on, undated_days)
    if first is not None and today >= first:
        return Step.ASK
    near = standing.due_on is not None and today >= standing.due_on - timedelta(days=days_before)
    return Step.REMIND if near and not standing.reminded else None


def _after_asking(asked: date, until: date, today: date, *, again: bool) -> Step | None:
    if today > until:
        return Step.CLOSE
    half = asked + (until - asked) / 2
    return Step.ASK_AGAIN if today >= half and today > asked and not again else None


def settled(states: Iterable[ObligationState]) -> bool:
    """Whether nothing of an agreement is awaited any more and nothing of it is broken."""
    return all(state in (ObligationState.KEPT, ObligationState.SILENT) for state in states)


def kept(*, owed: int, confirmed: int, broken: int) -> bool | None:
    """Whether a debtor kept an agreement of ``owed`` obligations; None when it is not known.

    ``confirmed`` counts those that were said to be kept and never broken, ``broken`` those that once were:
    what was done late stays broken, and silence proves nothing.
    """
    if broken:
        return False
    return True if owed and confirmed == owed else None
