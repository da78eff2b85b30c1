"""A monthly index as a table: read from what its publisher gives, and looked over before it counts.

Publishers write a month in many ways (SIDRA of the IBGE, SGS of the Banco Central, a spreadsheet); all come
to the month's first day and its per cent. Nothing is guessed: a line that is not one is named (ADR 0091).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, localcontext

from models.rules.calculation import HUNDRED, PRECISION, Monthly, months
from models.rules.errors import Invalid

MAX_LINES = 1200
YEAR = 12
_ABBREVIATED = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
_MONTH = (
    r"(?:(?:\d{1,2}/)?(?P<month>\d{1,2})/(?P<year>\d{4})"
    r"|(?P<y>\d{4})-(?P<m>\d\d)(?:-\d\d)?"
    r"|(?P<name>[a-zç]{3,9})[ /.-]+(?:de )?(?P<of>\d{4}))"
)
_LINE = re.compile(rf"{_MONTH}\s*[;,\t]\s*(?P<percent>-?\d{{1,4}}(?:[.,]\d{{1,6}})?)\s*%?;?", re.IGNORECASE)


def read(text: str, today: date) -> dict[date, Decimal]:
    """The months of a pasted table, by their first days; Invalid names ``text`` and the wrong ``line``.

    A line is ``01/2026;0,42``; also ``01/01/2026;0,42``, ``2026-01;0.42`` and ``janeiro 2026;0,42``, with or
    without quotes. Headings before the first month, and a last line that names the source, are passed over. A
    month must be over, and may stand twice only with one value.
    """
    values: dict[date, Decimal] = {}
    for number, written in enumerate(text.splitlines(), start=1):
        line = written.replace('"', "").strip()
        if not line or (re.match(r"[^\W\d]", line) and _is_heading(line, values)):
            continue
        month, percent = _value(line, number)
        if month >= today.replace(day=1):
            raise Invalid({"text": "series_future"}, line=number)
        if values.setdefault(month, percent) != percent:
            raise Invalid({"text": "series_twice"}, line=number)
        if len(values) > MAX_LINES:
            raise Invalid({"text": "series_line"}, line=number)
    return values


def _is_heading(line: str, values: Mapping[date, Decimal]) -> bool:
    """Whether a line that begins with a letter is one of the words around a table."""
    return _LINE.fullmatch(line) is None and (not values or line.lower().startswith("fonte"))


def _value(line: str, number: int) -> tuple[date, Decimal]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Invalid({"text": "series_line"}, line=number)
    if name := found["name"]:
        month = _ABBREVIATED.index(name[:3].lower()) + 1 if name[:3].lower() in _ABBREVIATED else 0
    else:
        month = int(found["month"] or found["m"])
    year = int(found["year"] or found["y"] or found["of"])
    if not (1 <= month <= YEAR and year > 0):
        raise Invalid({"text": "series_line"}, line=number)
    return date(year, month, 1), Decimal(found["percent"].replace(",", "."))


def holes(known: Iterable[date]) -> tuple[date, ...]:
    """The months between the first and the last that are not there."""
    have = set(known)
    if not have:
        return ()
    return tuple(month for month in months(min(have), max(have)) if month not in have)


def twelve_months(series: Monthly) -> Decimal | None:
    """The per cent of the last twelve months together, as publishers give it; None when one is missing."""
    if not series:
        return None
    last = max(series)
    first = date(last.year - 1, last.month, 1)
    after = [month for month in months(first, last) if month != first] + [last]
    if any(month not in series for month in after):
        return None
    with localcontext() as context:
        context.prec = PRECISION
        grown = Decimal(1)
        for month in after:
            grown *= 1 + series[month] / HUNDRED
        return (grown - 1) * HUNDRED
