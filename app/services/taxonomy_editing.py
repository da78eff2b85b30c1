"""The taxonomy as the coordination keeps it: add, rename from a day on, close, map, and CSV both ways.

A renamed problem is a new row of the same code, valid from its day on, so cases keep the words they were
classified with. Every change is an entry of the history.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.db import rows, transaction
from models import Problem, ProblemChange, User
from models.rules.errors import Invalid, NotFound
from models.rules.people import Role, Viewer
from models.rules.taxonomy import AREA, CODE, PROBLEM, SUBJECT, Change, GovGroup, Origin, new_area, next_code

LENGTHS = {"area": 80, "subject": 120, "label": 160, "gov_problem": 160}
COLUMNS = (
    "codigo",
    "area",
    "assunto",
    "problema",
    "valido_de",
    "valido_ate",
    "grupo_consumidor_gov",
    "problema_consumidor_gov",
)
MAX_LINES = 2000
LATEST_START_DAYS = 400


@dataclass(frozen=True)
class Line:
    """A code in the coordination's list, by its last row, with how many cases it has."""

    code: str
    area: str
    subject: str
    label: str
    valid_from: date
    valid_to: date | None
    gov_group: str
    gov_problem: str
    edited: bool
    cases: int


@dataclass(frozen=True)
class Happened:
    """An entry of the history."""

    at: datetime
    author: str
    code: str
    change: Change
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Imported:
    """What an import did, in numbers of problems."""

    added: int
    renamed: int
    closed: int
    mapped: int


async def lines() -> list[Line]:
    """Every code by its last row, in order of the codes."""
    last = {row.code: row for row in await Problem.all().order_by("code", "valid_from")}
    counted = await rows(
        "SELECT p.code AS code, COUNT(*) AS n FROM problem p"
        " JOIN case_file c ON c.problem_id = p.id GROUP BY p.code"
    )
    cases = {row["code"]: int(row["n"]) for row in counted}
    return [
        Line(
            row.code,
            row.area,
            row.subject,
            row.label,
            row.valid_from,
            row.valid_to,
            row.gov_group,
            row.gov_problem,
            row.origin is Origin.EDITED,
            cases.get(row.code, 0),
        )
        for row in last.values()
    ]


async def history(limit: int = 50) -> list[Happened]:
    """The last changes, the newest first."""
    found = await ProblemChange.all().order_by("-id").limit(limit).select_related("author")
    return [Happened(row.at, row.author.name, row.code, row.change, row.facts) for row in found]


async def add(viewer: Viewer, typed: Mapping[str, str], *, today: date, now: datetime) -> str:
    """A new problem, in an area and a subject that exist or are new; answers its code."""
    values, wrong = _words(typed, ("area", "subject", "label"))
    start = _start(typed.get("valid_from", ""), today, wrong)
    if wrong:
        raise Invalid(wrong)
    async with transaction():
        await _coordinator(viewer)
        rows = await Problem.all().order_by("code", "valid_from")
        if any(_same(row, values) and row.valid_to is None for row in rows):
            raise Invalid({"label": "problem_known"})
        code = _code(values, rows)
        await _create(viewer, code, values, start, _mapped(typed), now)
    return code


async def rename(viewer: Viewer, prefix: str, typed: Mapping[str, str], *, today: date, now: datetime) -> int:
    """Other words from a day on, for an area, a subject or a problem, by its code's length; how many.

    Cases that were classified before keep the words of then.
    """
    field = {AREA: "area", SUBJECT: "subject", PROBLEM: "label"}.get(len(prefix))
    if field is None:
        raise NotFound
    values, wrong = _words({field: typed.get("name", "")}, (field,))
    wrong = {"name": wrong[field]} if wrong else {}
    start = _start(typed.get("valid_from", ""), today, wrong)
    if wrong:
        raise Invalid(wrong)
    async with transaction():
        await _coordinator(viewer)
        rows = [row for row in await _last(prefix) if row.valid_to is None or row.valid_to >= start]
        if not rows:
            raise NotFound
        changed = [row for row in rows if getattr(row, field) != values[field]]
        for row in changed:
            await _follow(viewer, row, values, start, now)
    return len(changed)


async def close(viewer: Viewer, code: str, last: date | None, *, today: date, now: datetime) -> None:
    """Let a problem be chosen until ``last``, not before yesterday."""
    if last is None or last < today - timedelta(days=1):
        raise Invalid({"last": "day_past"})
    async with transaction():
        await _coordinator(viewer)
        row = await _one(code)
        row.valid_to, row.origin = max(last, row.valid_from), Origin.EDITED
        await row.save()
        await _enter(viewer, code, Change.CLOSED, {"last": row.valid_to.isoformat()}, now)


async def reopen(viewer: Viewer, code: str, *, now: datetime) -> None:
    """Let a closed problem be chosen again."""
    async with transaction():
        await _coordinator(viewer)
        row = await _one(code)
        row.valid_to, row.origin = None, Origin.EDITED
        await row.save()
        await _enter(viewer, code, Change.REOPENED, {}, now)


async def map_to_gov(viewer: Viewer, code: str, typed: Mapping[str, str], *, now: datetime) -> None:
    """Say what a problem is called at consumidor.gov.br, for its open data."""
    async with transaction():
        await _coordinator(viewer)
        await _map(viewer, await _one(code), _mapped(typed), now)


async def export_csv() -> str:
    """Every row, with those that were valid before, as a spreadsheet reads it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in await Problem.all().order_by("code", "valid_from"):
        until = row.valid_to.isoformat() if row.valid_to else ""
        cells = (row.code, row.area, row.subject, row.label, row.valid_from.isoformat(), until)
        writer.writerow([*cells, row.gov_group, row.gov_problem])
    return out.getvalue()


async def import_csv(viewer: Viewer, text: str, *, today: date, now: datetime) -> Imported:
    """Enter a CSV with the columns of the export: all of it, or nothing.

    A line without a code is a new problem; one with a code that is known renames, closes or maps it. What is
    not in the file stays. Invalid names ``text``, with the ``line`` and the ``fault`` in words.
    """
    lines = _read(text)
    done = dict.fromkeys(Change, 0)
    async with transaction():
        await _coordinator(viewer)
        for number, cells in lines:
            try:
                for change in await _import_line(viewer, cells, today, now):
                    done[change] += 1
            except Invalid as error:
                code = next(iter(error.fields.values()))
                raise Invalid({"text": code}, **{**error.facts, "line": number}) from error
    return Imported(done[Change.ADDED], done[Change.RENAMED], done[Change.CLOSED], done[Change.MAPPED])


async def _import_line(viewer: Viewer, cells: Mapping[str, str], today: date, now: datetime) -> list[Change]:
    values, wrong = _words(
        {"area": cells["area"], "subject": cells["assunto"], "label": cells["problema"]},
        ("area", "subject", "label"),
    )
    if wrong:
        raise Invalid({"text": "csv_words"})
    mapping = _mapped(
        {"gov_group": cells["grupo_consumidor_gov"], "gov_problem": cells["problema_consumidor_gov"]}
    )
    code, until = cells["codigo"].upper(), _day(cells["valido_ate"])
    rows = await Problem.all().order_by("code", "valid_from")
    last = next((row for row in reversed(rows) if row.code == code), None)
    if last is None:
        start = _day(cells["valido_de"]) or today
        if code and (not CODE.fullmatch(code) or not _fits(code, values, rows)):
            raise Invalid({"text": "csv_code"})
        code = code or _code(values, rows)
        await _create(viewer, code, values, start, mapping, now, until)
        return [Change.ADDED]
    if (_day(cells["valido_de"]) or last.valid_from) < last.valid_from:
        return []  # a row of the past, as the export has it
    done = []
    if not _same(last, values):
        start = max(_day(cells["valido_de"]) or today, today)
        last = await _follow(viewer, last, values, start, now)
        done.append(Change.RENAMED)
    if until is not None and until != last.valid_to:
        last.valid_to, last.origin = max(until, last.valid_from), Origin.EDITED
        await last.save()
        await _enter(viewer, code, Change.CLOSED, {"last": last.valid_to.isoformat()}, now)
        done.append(Change.CLOSED)
    if await _map(viewer, last, mapping, now):
        done.append(Change.MAPPED)
    return done


def _read(text: str) -> list[tuple[int, dict[str, str]]]:
    """The lines of a CSV with their numbers, by column; Invalid when it is not of this form or too long."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    rows = [(number, row) for number, row in rows if any(row)]
    if not rows or [name.lower() for name in rows[0][1]] != list(COLUMNS):
        raise Invalid({"text": "csv_heading"}, columns=";".join(COLUMNS), line=1)
    if len(rows) > MAX_LINES:
        raise Invalid({"text": "csv_long"}, most=MAX_LINES, line=MAX_LINES)
    for number, row in rows[1:]:
        if len(row) != len(COLUMNS):
            raise Invalid({"text": "csv_columns"}, line=number)
    return [(number, dict(zip(COLUMNS, row, strict=True))) for number, row in rows[1:]]


def _words(typed: Mapping[str, str], names: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    values = {name: " ".join(typed.get(name, "").split()) for name in names}
    wrong = {name: "required" for name, value in values.items() if not value}
    wrong |= {name: "too_long" for name, value in values.items() if len(value) > LENGTHS[name]}
    return values, wrong


def _start(typed: str, today: date, wrong: dict[str, str]) -> date:
    start = _day(typed) if typed else today
    if start is None or not today <= start <= today + timedelta(days=LATEST_START_DAYS):
        wrong["valid_from"] = "day_past"
    return start or today


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _mapped(typed: Mapping[str, str]) -> dict[str, str]:
    group = typed.get("gov_group", "")
    if group and group not in set(GovGroup):
        raise Invalid({"gov_group": "choice_invalid"})
    return {"gov_group": group, "gov_problem": " ".join(typed.get("gov_problem", "").split())[:160]}


def _same(row: Problem, values: Mapping[str, str]) -> bool:
    return (row.area, row.subject, row.label) == (values["area"], values["subject"], values["label"])


def _code(values: Mapping[str, str], rows: Sequence[Problem]) -> str:
    """A code that nobody has, under the area and the subject of these names."""
    codes = [row.code for row in rows]
    area = next((row.code[:AREA] for row in reversed(rows) if row.area == values["area"]), None)
    area = area or new_area(values["area"], {code[:AREA] for code in codes})
    same = (row for row in reversed(rows) if (row.area, row.subject) == (values["area"], values["subject"]))
    subject = next((row.code[:SUBJECT] for row in same), None) or next_code(area, codes)
    code = next_code(subject, codes) if subject else None
    if code is None:
        raise Invalid({"label": "codes_used_up"})
    return code


def _fits(code: str, values: Mapping[str, str], rows: Sequence[Problem]) -> bool:
    """Whether a code given by hand is of the area and the subject that it is written beside."""
    last = {row.code: row for row in rows}.values()
    return all(
        (row.code[:AREA] == code[:AREA]) == (row.area == values["area"])
        and (
            (row.code[:SUBJECT] == code[:SUBJECT])
            == ((row.area, row.subject) == (values["area"], values["subject"]))
        )
        for row in last
    )


async def _last(prefix: str) -> list[Problem]:
    """The last row of each code under a prefix."""
    rows = await Problem.filter(code__startswith=prefix).order_by("code", "valid_from")
    return list({row.code: row for row in rows}.values())


async def _one(code: str) -> Problem:
    found = await _last(code) if len(code) == PROBLEM else []
    if not found:
        raise NotFound
    return found[0]


async def _follow(
    viewer: Viewer, row: Problem, values: Mapping[str, str], start: date, now: datetime
) -> Problem:
    """Another row of the same code from ``start`` on; the one before ends the day before."""
    if start <= row.valid_from:
        raise Invalid({"valid_from": "renamed_already"}, day=f"{row.valid_from + timedelta(days=1):%d/%m/%Y}")
    words = {"area": row.area, "subject": row.subject, "label": row.label, **values}
    follower = Problem(code=row.code, valid_from=start, valid_to=row.valid_to, origin=Origin.EDITED)
    follower.update_from_dict({**words, "gov_group": row.gov_group, "gov_problem": row.gov_problem})
    await follower.save()
    before = {name: getattr(row, name) for name, value in words.items() if getattr(row, name) != value}
    row.valid_to, row.origin = start - timedelta(days=1), Origin.EDITED
    await row.save()
    after = {name: words[name] for name in before}
    facts = {"before": before, "after": after, "from": start.isoformat()}
    await _enter(viewer, row.code, Change.RENAMED, facts, now)
    return follower


async def _create(
    viewer: Viewer,
    code: str,
    values: Mapping[str, str],
    start: date,
    mapping: Mapping[str, str],
    now: datetime,
    until: date | None = None,
) -> None:
    row = Problem(code=code, valid_from=start, valid_to=until, origin=Origin.EDITED)
    await row.update_from_dict({**values, **mapping}).save()
    await _enter(viewer, code, Change.ADDED, {"after": dict(values), "from": start.isoformat()}, now)


async def _map(viewer: Viewer, row: Problem, mapping: Mapping[str, str], now: datetime) -> bool:
    if (row.gov_group, row.gov_problem) == (mapping["gov_group"], mapping["gov_problem"]):
        return False
    row.gov_group, row.gov_problem, row.origin = mapping["gov_group"], mapping["gov_problem"], Origin.EDITED
    await row.save()
    await _enter(viewer, row.code, Change.MAPPED, dict(mapping), now)
    return True


async def _enter(viewer: Viewer, code: str, change: Change, facts: Mapping[str, Any], now: datetime) -> None:
    await ProblemChange.create(code=code, change=change, facts=dict(facts), author_id=viewer.user_id, at=now)


async def _coordinator(viewer: Viewer) -> None:
    """The coordination alone; two who edit at once follow one another."""
    if viewer.role is not Role.COORDINATOR:
        raise NotFound
    await User.filter(role=Role.COORDINATOR).order_by("id").select_for_update()
