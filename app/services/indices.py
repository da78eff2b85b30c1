"""Series of indices: kept with their source, imported from CSV, checked, read for a calculation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.db import transaction
from app.i18n import N_
from models import IndexSeries, IndexValue
from models.rules.calculation import Monthly
from models.rules.errors import Invalid, NotFound
from models.rules.index_series import holes, read, twelve_months

RECENT = 36
"""Months of a series that its picture shows."""


@dataclass(frozen=True)
class Known:
    """A series that many calculations need: by what code, and where its values are published. None ships."""

    code: str
    name: str
    published: str


KNOWN = (
    Known("inpc", "INPC", N_("IBGE, SIDRA, tabela 1736; Banco Central, SGS, série 188")),
    Known("ipca", "IPCA", N_("IBGE, SIDRA, tabela 1737; Banco Central, SGS, série 433")),
    Known("selic", N_("Selic acumulada no mês"), N_("Banco Central, SGS, série 4390")),
    Known("taxa-legal", N_("Taxa legal"), N_("Banco Central (Lei 14.905/2024; Resolução CMN 5.171/2024)")),
)


@dataclass(frozen=True)
class SeriesView:
    """A series: its months, which are missing between the first and the last, the last twelve together."""

    code: str
    name: str
    source: str
    checked: bool
    months: Monthly
    missing: tuple[date, ...]
    twelve_months: Decimal | None

    @property
    def first(self) -> date | None:
        """The first month."""
        return min(self.months, default=None)

    @property
    def last(self) -> date | None:
        """The last month."""
        return max(self.months, default=None)

    @property
    def recent(self) -> list[tuple[date, Decimal]]:
        """The newest months and their per cent, oldest first."""
        return sorted(self.months.items())[-RECENT:]


async def all_series() -> list[SeriesView]:
    """Every series that has been loaded, by name."""
    months: dict[int, dict[date, Decimal]] = {}
    for row in await IndexValue.all().values("series_id", "month", "percent"):
        months.setdefault(row["series_id"], {})[row["month"]] = Decimal(row["percent"])
    return [
        _view(series, months.get(series.id, {})) for series in await IndexSeries.all().order_by("name", "id")
    ]


def _view(series: IndexSeries, months: Monthly) -> SeriesView:
    return SeriesView(
        code=series.code,
        name=series.name,
        source=series.source,
        checked=series.checked,
        months=months,
        missing=holes(months),
        twelve_months=twelve_months(months),
    )


async def monthly(code: str) -> tuple[SeriesView, Monthly]:
    """A series and its months; NotFound."""
    series = await IndexSeries.get_or_none(code=code)
    if series is None:
        raise NotFound
    rows = await IndexValue.filter(series_id=series.id).values("month", "percent")
    months = {row["month"]: Decimal(row["percent"]) for row in rows}
    return _view(series, months), months


async def check(code: str, *, now: datetime) -> None:
    """The coordination has compared the series with its source; NotFound."""
    changed = await IndexSeries.filter(code=code).update(checked=True, changed_at=now)
    if not changed:
        raise NotFound


async def import_csv(code: str, name: str, source: str, text: str, *, today: date, now: datetime) -> int:
    """Enter the months of a table into a series, made if it is new; answers how many months it has then.

    ``text`` is as ``models.rules.index_series.read`` takes it. A month that was there gets the new value,
    and the series must be checked again. Invalid names ``code``, ``name``, ``source`` or ``text``, with the
    number of the line that cannot be taken.
    """
    code = code.strip().lower()
    wrong = {}
    if not re.fullmatch(r"[a-z0-9_-]{2,24}", code):
        wrong["code"] = "series_code_invalid"
    if not 2 <= len(name.strip()) <= 120:
        wrong["name"] = "required"
    if not 5 <= len(source.strip()) <= 240:
        wrong["source"] = "source_required"
    values, line = _months(text, today, wrong)
    if wrong:
        raise Invalid(wrong, line=line)
    async with transaction():
        series = await IndexSeries.get_or_none(code=code) or IndexSeries(code=code)
        series.update_from_dict(
            {"name": name.strip(), "source": source.strip(), "checked": False, "changed_at": now}
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


def _months(text: str, today: date, wrong: dict[str, str]) -> tuple[dict[date, Decimal], int]:
    """The months that were typed, and the number of the line that ``wrong["text"]`` is about."""
    try:
        values = read(text, today)
    except Invalid as error:
        wrong |= error.fields
        return {}, int(error.facts["line"])
    if not values:
        wrong["text"] = "series_line"
    return values, 1
