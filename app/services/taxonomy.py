"""What complaints are about: área → assunto → problema, kept as data in ``app/data/taxonomy.toml``.

A code never changes its meaning. A problem that leaves the file stays in the database, closed by its
last day of validity, because cases were classified with it.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from tortoise.expressions import Q

from app.db import transaction
from models import Problem
from models.rules.taxonomy import GovGroup, Origin

FILE = Path(__file__).parent.parent / "data" / "taxonomy.toml"


@dataclass(frozen=True)
class Leaf:
    """One problem to choose."""

    id: int
    code: str
    label: str


@dataclass(frozen=True)
class Subject:
    """A subject and its problems."""

    name: str
    problems: tuple[Leaf, ...]


@dataclass(frozen=True)
class Area:
    """An area and its subjects."""

    name: str
    subjects: tuple[Subject, ...]


async def load(today: date, file: Path = FILE) -> None:
    """Make the table say what the file says; doing it again changes nothing.

    Problems that are no longer in the file are valid until yesterday. What the coordination has edited is no
    longer the file's.
    """
    raw = await asyncio.to_thread(_read, file)
    async with transaction():
        rows = await Problem.all()
        edited = {problem.code for problem in rows if problem.origin is Origin.EDITED}
        known = {problem.code: problem for problem in rows if problem.code not in edited}
        for code, area, subject, label, group in _leaves(raw):
            if code in edited:
                continue
            wanted: dict[str, Any] = {
                "area": area,
                "subject": subject,
                "label": label,
                "valid_to": None,
                "gov_group": group,
            }
            problem = known.pop(code, None)
            if problem is None:
                await Problem.create(code=code, valid_from=raw["valid_from"], **wanted)
            elif any(getattr(problem, name) != value for name, value in wanted.items()):
                await problem.update_from_dict(wanted).save()
        gone = [problem.id for problem in known.values() if problem.valid_to is None]
        if gone:
            await Problem.filter(id__in=gone).update(valid_to=today - timedelta(days=1))


async def tree(today: date) -> tuple[Area, ...]:
    """The problems that may be chosen on ``today``, in the order of their codes."""
    found = await _valid(today).order_by("code").values("id", "code", "area", "subject", "label")
    return tuple(
        Area(
            area,
            tuple(
                Subject(subject, tuple(Leaf(row["id"], row["code"], row["label"]) for row in leaves))
                for subject, leaves in groupby(rows, key=lambda row: row["subject"])
            ),
        )
        for area, rows in groupby(found, key=lambda row: row["area"])
    )


async def may_choose(problem_id: int, today: date) -> bool:
    """Whether a complaint of ``today`` may be about this problem."""
    return bool(await _valid(today).filter(id=problem_id).exists())


async def problem(code: str, today: date) -> Leaf | None:
    """The problem of this code, if it may be chosen on ``today``."""
    row = await _valid(today).filter(code=code).first().values("id", "code", "label")
    return Leaf(**row) if row else None


def _valid(today: date) -> Any:
    return Problem.filter(valid_from__lte=today).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def _leaves(raw: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    for area in raw["area"]:
        for subject in area["subject"]:
            for code, label, *group in subject["problems"]:
                named = GovGroup[group[0].upper()] if group else ""
                yield code, area["name"], subject["name"], label, str(named)
