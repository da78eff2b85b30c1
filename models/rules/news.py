"""What people are told, by which means, and when not: the kinds of news and the choices that a person has.

What the procedure turns on (a notice, a term, a decision, a hearing) always goes by e-mail, whatever was
chosen: it is the agency's duty to tell it (Decreto 2.181/1997, arts. 39 and 42). All else is a convenience.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum


class News(StrEnum):
    """A kind of news."""

    LEGAL = "legal"
    """What sets a term or tells a decision: it always goes by e-mail."""
    REMINDER = "reminder"
    """A term or a hearing is near."""
    PROGRESS = "progress"
    """Something happened in a case and asks for nothing by a day."""
    MESSAGE = "message"
    """Somebody wrote in the thread of a case."""
    ACCOUNT = "account"
    """Codes and the safety of an account: by e-mail alone, and always."""


class Means(StrEnum):
    """A way to a person. A push goes to each device that asked for it; a text message to a number."""

    EMAIL = "email"
    PUSH = "push"
    TEXT = "text"


CHOSEN = (News.LEGAL, News.REMINDER, News.PROGRESS, News.MESSAGE)
"""The kinds that a person's page lists."""
OPTIONAL = frozenset({News.REMINDER, News.PROGRESS, News.MESSAGE})
"""Kinds whose e-mail a person may do without."""
WITHOUT_TEXT = frozenset({News.PROGRESS, News.MESSAGE})
"""Kinds that cost the agency a text message only when the person asked for it."""


def choice(news: News, means: Means) -> str:
    """The name under which a choice is kept."""
    return f"{news}:{means}"


def may_choose(news: News, means: Means) -> bool:
    """Whether a person has the choice: the e-mail of what the law wants told is none."""
    return news in OPTIONAL or (news is News.LEGAL and means is not Means.EMAIL)


def wanted(choices: Mapping[str, bool], news: News, means: Means) -> bool:
    """Whether news of a kind goes to a person by ``means``; ``choices`` are theirs, by ``choice``."""
    if not may_choose(news, means):
        return means is Means.EMAIL
    default = means is not Means.TEXT or news not in WITHOUT_TEXT
    return choices.get(choice(news, means), default)


def quiet_until(local: datetime, begins: time | None, ends: time | None) -> datetime | None:
    """When the quiet hours that ``local`` (aware) lies in are over; None when it lies in none.

    They may go over midnight. Equal times, or a missing one, are no quiet hours. E-mails do not wait.
    """
    if begins is None or ends is None or begins == ends:
        return None
    at = local.time()
    inside = begins <= at < ends if begins < ends else at >= begins or at < ends
    if not inside:
        return None
    over = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return over if over > local else over + timedelta(days=1)
