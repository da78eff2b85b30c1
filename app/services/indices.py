"""Series of indices: kept with their source, imported from CSV, read for a calculation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.db import transaction
from models import IndexSeries, IndexValue
from models.rules.calculation import Monthly
from models.rules.errors import Invalid, NotFound

MAX_LINES = 1200
_LINE = re.compile(r"(\d{1,2})/(\d{4})\s*[;,\t]\s*(-?\d{1,4}(?:[.,]\d{1,4})?)\s*%?")


@dataclass(frozen=True)
class SeriesView:
    """A series in a list: how many months it has, from when to when."""

    code: str
    name: str
    source: str
    checked: bool
    first: date | None
    last: date | None
    count: int


async def all_series() -> list[SeriesView]:
    """Every series, by name."""
    found = await IndexSeries.all().order_by("name")
    views = []
    for series in found:
        months = [row["month"] for row in await IndexValue.filter(series_id=series.id).values("month")]
        views.append(
            SeriesView(
                series.code,
                series.name,
                series.source,
                series.checked,
                min(months, default=None),
                max(months, default=None),
                len(months),
            )
        )
    return views


async def monthly(code: str) -> tuple[SeriesView, Monthly]:
    """A series and its months; NotFound."""
    view = next((one for one in await all_series() if one.code == code), None)
    if view is None:
        raise NotFound
    values = await IndexValue.filter(series__code=code).values("month", "percent")
    return view, {row["month"]: Decimal(row["percent"]) for row in values}


async def import_csv(code: str, name: str, source: str, text: str, *, now: datetime) -> int:
    """Enter the months of a CSV into a series, made if it is new; answers how many months it has then.

    A line is ``01/2026;0,42``: month, and the per cent. A month that was there gets the new value. Invalid
    names ``code``, ``name``, ``source`` or ``text``, with the number of the line that cannot be read.
    """
    code = code.strip().lower()
    wrong = {}
    if not re.fullmatch(r"[a-z0-9_-]{2,24}", code):
        wrong["code"] = "series_code_invalid"
    if not 2 <= len(name.strip()) <= 120:
        wrong["name"] = "required"
    if not 5 <= len(source.strip()) <= 240:
        wrong["source"] = "source_required"
    values, bad = _read(text)
    if bad or not values:
        wrong["text"] = "series_line"
    if wrong:
        raise Invalid(wrong, line=bad or 1)
    async with transaction():
        series = await IndexSeries.get_or_none(code=code) or IndexSeries(code=code)
        series.update_from_dict(
            {"name": name.strip(), "source": source.strip(), "checked": True, "changed_at": now}
        )
        await series.save()
        await IndexValue.filter(series_id=series.id, month__in=list(values)).delete()
        await IndexValue.bulk_create(
            [
                IndexValue(series_id=series.id, month=month, percent=percent)
                for month, percent in values.items()
            ]
        )
        return await IndexValue.filter(series_id=series.id).count()


def _read(text: str) -> tuple[dict[date, Decimal], int]:
    """The months of a CSV, and the number of the first wrong line, 0 for none; a heading is left out."""
    values: dict[date, Decimal] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or (number == 1 and not re.match(r"\s*\d", line)):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or not 1 <= int(match[1]) <= 12 or len(values) >= MAX_LINES:
            return {}, number
        month, year, percent = match.groups()
        values[date(int(year), int(month), 1)] = Decimal(percent.replace(",", "."))
    return values, 0
