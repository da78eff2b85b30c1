"""Letters: what is written to people, queued in the same transaction as its cause.

A letter is a subject, paragraphs, at most one button and at most one calendar entry, in the words of a
standard text. It is composed when the act happens (so it says what was true then) and sent by the ``letter``
job; its key makes it go out once even when the act is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from app import standard_texts as catalogue
from app.services import queue, standard_texts
from models import User
from models.rules.news import News
from models.rules.people import Role

KIND = "letter"


@dataclass(frozen=True)
class Text:
    """A letter's words. ``path`` is an address on this site; ``calendar`` an iCalendar text (RFC 5545)."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""
    path: str = ""
    calendar: str = ""
    documents: tuple[str, ...] = ()
    """Ids of documents to attach, read from storage when the letter is sent."""
    news: News = News.LEGAL
    """Of which kind it is: by that the person chooses the means, and may do without some e-mails."""
    page: str = ""
    """Where a push or a text message leads, when ``path`` is a link for this letter alone."""
    delivery: int = 0
    """The attempt to serve a notice that this letter is; its fate is written into the ledger."""
    case: int = 0
    """The case that the letter is about: who must act in it is said beneath, as of the sending."""


async def standard(
    kind: str,
    values: Mapping[str, str],
    *,
    path: str = "",
    button: str = "",
    page: str = "",
    case: int = 0,
    news: News = News.LEGAL,
    documents: tuple[str, ...] = (),
) -> Text:
    """A letter of a standard kind (``app/data/texts``) in the words that are in force.

    There is no other way to a letter. ``values`` are those of all the kind's variables; ``button`` is what
    the button says where it leads elsewhere than the kind's own does.
    """
    wording = await standard_texts.worded(kind, values)
    return Text(
        wording.subject,
        wording.paragraphs,
        button=(button or catalogue.kinds()[kind].button) if path else "",
        path=path,
        page=page,
        case=case,
        news=news,
        documents=documents,
    )


async def write(people: Iterable[User], key: str, text: Text, *, now: datetime) -> None:
    """Queue ``text`` for each person, inside the caller's transaction.

    ``key`` names the cause, for example "case:17:accepted"; each person gets it once.
    """
    for person in people:
        if person.email:  # none yet: registered at the counter, told on paper
            await _queue(person.email, person.name, f"{key}:{person.id}", text, person.role, person.id, now)


async def write_to(address: str, name: str, key: str, text: Text, *, now: datetime, user_id: int = 0) -> None:
    """The same to an address, such as a company's own; ``key`` once. ``user_id`` if it is an account's."""
    await _queue(address, name, key, text, Role.COMPANY, user_id, now)


async def _queue(
    address: str, name: str, key: str, text: Text, role: Role, user_id: int, now: datetime
) -> None:
    payload = {"to": address, "name": name, "role": role, "user": user_id, **asdict(text)}
    await queue.enqueue(KIND, f"{KIND}:{key}", payload, now=now)


def serving(text: Text, delivery: int) -> Text:
    """The same words as the letter of an attempt to serve a notice."""
    return replace(text, delivery=delivery)


def from_payload(payload: Mapping[str, Any]) -> tuple[str, str, Text]:
    """The recipient's address and name, and the words, of a queued letter."""
    text = Text(
        subject=payload["subject"],
        paragraphs=tuple(payload["paragraphs"]),
        button=payload["button"],
        path=payload["path"],
        calendar=payload["calendar"],
        documents=tuple(payload["documents"]),
        case=payload.get("case", 0),
        news=News(payload.get("news", News.LEGAL)),
        page=payload.get("page", ""),
        delivery=payload.get("delivery", 0),
    )
    return payload["to"], payload["name"], text
