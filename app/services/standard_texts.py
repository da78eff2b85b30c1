"""Standard texts in force: the coordination's words, else the municipality's, else the program's own.

Every version is kept with its author; ``app.services.letters.standard`` and the papers ask here, so a text is
worded in one place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app import standard_texts as catalogue
from app.db import transaction
from models import StandardText, User
from models.rules import standard_texts as rules
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.people import Role, Viewer
from models.rules.standard_texts import Kind, Medium, UnclosedBrace, Wording

SUBJECT_MAX = 150
BODY_MAX = 6000


@dataclass(frozen=True)
class Version:
    """One version; ``author`` is empty for the municipality's profile."""

    revision: int
    wording: Wording
    author: str
    at: datetime
    reverted: bool


@dataclass(frozen=True)
class Desk:
    """A kind with the words in force, upon which revision, and its versions, the newest first.

    ``in_force`` is the revision whose words are sent, 0 for the program's own.
    """

    kind: Kind
    wording: Wording
    revision: int
    in_force: int
    edited: bool
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Line:
    """A kind in the list; ``author`` and ``at`` are those of the coordination's words, if there are any."""

    kind: Kind
    author: str
    at: datetime | None


async def worded(kind: str, values: Mapping[str, str]) -> Wording:
    """The words of a kind for these values, with what the law fixes."""
    known = catalogue.kinds()[kind]
    return rules.worded(known, await _in_force(known), values)


async def minutes(name: str, profile: Sequence[str]) -> Sequence[str]:
    """The texts of the minutes for the opening or an outcome; ``profile`` are the municipality's."""
    last = await StandardText.filter(kind=f"{catalogue.MINUTES}{name}").order_by("-revision").first()
    return profile if last is None or last.reverted else tuple(last.paragraphs)


async def lines() -> tuple[Line, ...]:
    """Every kind, with who worded it last."""
    edited: dict[str, tuple[str, datetime] | None] = {}
    for row in await StandardText.all().order_by("id").select_related("author"):
        if row.author is not None:
            edited[row.kind] = None if row.reverted else (row.author.name, row.at)
    return tuple(Line(kind, *(edited.get(name) or ("", None))) for name, kind in catalogue.kinds().items())


async def desk(name: str, minutes_texts: Mapping[str, Sequence[str]]) -> Desk:
    """One kind to be read and edited; NotFound for one that does not exist."""
    kind = known(name, minutes_texts)
    rows = await StandardText.filter(kind=name).order_by("-revision").select_related("author")
    versions = tuple(
        Version(
            row.revision,
            Wording(row.subject, tuple(row.paragraphs)),
            row.author.name if row.author else "",
            row.at,
            row.reverted,
        )
        for row in rows
    )
    edited = bool(rows) and rows[0].author_id is not None and not rows[0].reverted
    chosen = _chosen(rows)
    return Desk(
        kind,
        _words(chosen) if chosen else kind.original,
        versions[0].revision if versions else 0,
        chosen.revision if chosen else 0,
        edited,
        versions,
    )


def known(name: str, minutes_texts: Mapping[str, Sequence[str]]) -> Kind:
    """A kind by its id, that of minutes with the municipality's words as the original."""
    kind = catalogue.kinds().get(name)
    if kind is None:
        raise NotFound
    if kind.medium is not Medium.MINUTES:
        return kind
    original = Wording("", tuple(minutes_texts.get(name.removeprefix(catalogue.MINUTES), ())))
    return Kind(**{**vars(kind), "original": original})


def read(kind: Kind, subject: str, body: str) -> Wording:
    """The words as typed, paragraphs between empty lines.

    Invalid names ``subject`` or ``body``, with the first unknown variable in ``unknown`` and those that the
    paragraphs must have and have not in ``absent``.
    """
    subject = " ".join(subject.split())
    texts = [" ".join(part.split("\n")).strip() for part in body.replace("\r\n", "\n").split("\n\n")]
    if kind.medium is Medium.MINUTES:
        texts = [part.strip() for part in body.replace("\r\n", "\n").split("\n\n")]
    paragraphs = tuple(text for text in texts if text)
    wording = Wording(subject if kind.medium is Medium.LETTER else "", paragraphs)
    wrong = _wrong_lengths(kind, wording, body)
    facts = {"names": ", ".join(f"{{{variable.name}}}" for variable in kind.variables)}
    for field, text in (("subject", subject), ("body", body)):
        try:
            stray = rules.unknown(text, kind.names)
        except UnclosedBrace:
            wrong[field] = "braces_unclosed"
            continue
        if stray:
            wrong[field], facts["unknown"] = "variable_unknown", stray[0]
    if "body" not in wrong and (absent := rules.absent(kind, wording)):
        wrong["body"], facts["absent"] = "variable_absent", ", ".join(f"{{{name}}}" for name in absent)
    if wrong:
        raise Invalid(wrong, **facts)
    return wording


def _wrong_lengths(kind: Kind, wording: Wording, body: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if kind.medium is Medium.LETTER and not wording.subject:
        wrong["subject"] = "required"
    if len(wording.subject) > SUBJECT_MAX:
        wrong["subject"] = "too_long"
    if not wording.paragraphs and not kind.fixed:
        wrong["body"] = "required"
    if len(body) > BODY_MAX:
        wrong["body"] = "too_long"
    return wrong


async def save(viewer: Viewer, kind: Kind, wording: Wording, revision: int, *, now: datetime) -> None:
    """A new version upon ``revision``; Conflict("wording_changed") when somebody saved another meanwhile."""
    await _write(viewer, kind, wording, revision, reverted=False, now=now)


async def revert(viewer: Viewer, kind: Kind, revision: int, *, now: datetime) -> None:
    """Back to the original words, as a version of its own."""
    await _write(viewer, kind, await _in_force(kind), revision, reverted=True, now=now)


async def load(own: Mapping[str, Wording], now: datetime) -> None:
    """Enter the municipality's own words (profile, ``[texts]``); doing it again changes nothing."""
    async with transaction():
        for name, kind in catalogue.kinds().items():
            rows = await StandardText.filter(kind=name).order_by("-revision")
            last = next((row for row in rows if row.author_id is None), None)
            wanted = own.get(name)
            before = _words(last) if last and not last.reverted else None
            if wanted != before:
                await StandardText.create(
                    kind=name,
                    revision=rows[0].revision + 1 if rows else 1,
                    subject=(wanted or kind.original).subject,
                    paragraphs=list((wanted or kind.original).paragraphs),
                    reverted=wanted is None,
                    at=now,
                )


async def _write(
    viewer: Viewer, kind: Kind, wording: Wording, revision: int, *, reverted: bool, now: datetime
) -> None:
    if viewer.role is not Role.COORDINATOR:
        raise NotFound
    async with transaction():
        await User.filter(id=viewer.user_id).select_for_update().get()
        last = await StandardText.filter(kind=kind.id).order_by("-revision").select_related("author").first()
        if (last.revision if last else 0) != revision:
            raise Conflict("wording_changed", by=last.author.name if last and last.author else "")
        await StandardText.create(
            kind=kind.id,
            revision=revision + 1,
            subject=wording.subject,
            paragraphs=list(wording.paragraphs),
            reverted=reverted,
            author_id=viewer.user_id,
            at=now,
        )


async def _in_force(kind: Kind) -> Wording:
    chosen = _chosen(await StandardText.filter(kind=kind.id).order_by("-revision"))
    return _words(chosen) if chosen else kind.original


def _chosen(rows: Sequence[StandardText]) -> StandardText | None:
    """The coordination's last, unless it went back to the original: the profile's, or None for ours."""
    for by_people in (True, False):
        last = next((row for row in rows if (row.author_id is not None) is by_people), None)
        if last is not None and not last.reverted:
            return last
    return None


def _words(row: StandardText) -> Wording:
    return Wording(row.subject, tuple(row.paragraphs))
