"""How values are written for people: dates, money, numbers of documents. Pure functions, Portuguese forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

from app.i18n import SOURCE_LOCALE
from models.rules import identity

LOCALE = Locale.parse(SOURCE_LOCALE)
NO_BREAK_SPACE = "\u00a0"
"""Joins a number and its unit so that a line never breaks between them."""


def money(centavos: int) -> str:
    """``123450`` → ``R$ 1.234,50`` (amounts are whole centavos everywhere)."""
    return format_currency(centavos / 100, "BRL", locale=LOCALE)


def number(value: float) -> str:
    """``1234.5`` → ``1.234,5``."""
    return format_decimal(value, locale=LOCALE)


def percent(value: Decimal) -> str:
    """``Decimal("0.4200")`` → ``0,42%``: two places at least, four at most."""
    return format_decimal(value, format="0.00##", locale=LOCALE) + "%"


def days(count: int) -> str:
    """``1`` → ``1 dia``, ``90`` → ``90 dias``, ``1825`` → ``1.825 dias (5 anos)``."""
    written = f"{number(count)}{NO_BREAK_SPACE}{'dia' if count == 1 else 'dias'}"
    years, rest = divmod(count, 365)
    if rest:
        return written
    return f"{written} ({years}{NO_BREAK_SPACE}{'ano' if years == 1 else 'anos'})"


def filesize(size: int) -> str:
    """``1572864`` → ``1,5 MB``; steps of 1024, as the limits of uploads are set."""
    if size < 1024:
        return f"{size}{NO_BREAK_SPACE}B"
    value, unit = size / 1024, "kB"
    if value >= 1023.5:
        value, unit = value / 1024, "MB"
    written = format_decimal(value, format="#,##0" if value >= 10 else "#,##0.#", locale=LOCALE)
    return f"{written}{NO_BREAK_SPACE}{unit}"


def for_zone(zone: ZoneInfo) -> Mapping[str, Callable[..., Any]]:
    """All filters by the name templates use; times are shown in ``zone``, the agency's."""

    def local(value: dt.datetime) -> dt.datetime:
        """The agency's wall clock; a naive time would be a mistake upstream and raises ValueError."""
        if value.tzinfo is None:
            raise ValueError("a time shown to people needs its time zone")
        return value.astimezone(zone)

    def date(value: dt.date, form: Literal["short", "long", "weekday"] = "short") -> str:
        """``23/11/2026``, ``23 de novembro de 2026`` or ``segunda-feira, 23 de novembro de 2026``."""
        day = local(value).date() if isinstance(value, dt.datetime) else value
        if form == "short":
            return f"{day:%d/%m/%Y}"
        return format_date(day, {"long": "long", "weekday": "full"}[form], locale=LOCALE)

    def datetime(value: dt.datetime, form: Literal["short", "long"] = "short") -> str:
        """``23/11/2026 14:30`` or ``23 de novembro de 2026, às 14h30``."""
        there = local(value)
        return f"{there:%d/%m/%Y %H:%M}" if form == "short" else f"{date(there, 'long')}, às {there:%Hh%M}"

    def time(value: dt.datetime) -> str:
        """``14:30``."""
        return f"{local(value):%H:%M}"

    def month(value: dt.date) -> str:
        """``novembro de 2026``."""
        return str(format_skeleton("yMMMM", value, locale=LOCALE))

    def iso(value: dt.date) -> str:
        """The form of ``<time datetime>``."""
        return value.isoformat()

    return {
        "date": date,
        "datetime": datetime,
        "time": time,
        "month": month,
        "iso": iso,
        "money": money,
        "number": number,
        "days": days,
        "cpf": identity.written_cpf,
        "cpf_masked": identity.masked_cpf,
        "cnpj": identity.written_cnpj,
        "cep": identity.written_cep,
        "percent": percent,
        "phone": identity.written_phone,
        "filesize": filesize,
    }
