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
from models.rules.identity import written_phone

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


def cpf(digits: str) -> str:
    """``12345678909`` → ``123.456.789-09``; anything of another length stays as it is."""
    return _shaped(digits, "###.###.###-##")


def cpf_masked(digits: str) -> str:
    """``12345678909`` → ``***.456.789-**``: what the other side of a case may see."""
    return f"***.{digits[3:6]}.{digits[6:9]}-**" if len(digits) == 11 else "***"


def cnpj(text: str) -> str:
    """``12ABC34501DE35`` → ``12.ABC.345/01DE-35`` (letters are valid since July 2026)."""
    return _shaped(text, "##.###.###/####-##")


def cep(digits: str) -> str:
    """``88801000`` → ``88801-000``."""
    return _shaped(digits, "#####-###")


def phone(digits: str) -> str:
    """``48999990000`` → ``(48) 99999-0000``; ten digits are a fixed line."""
    return written_phone(digits)


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
        "cpf": cpf,
        "cpf_masked": cpf_masked,
        "cnpj": cnpj,
        "cep": cep,
        "percent": percent,
        "phone": phone,
        "filesize": filesize,
    }


def _shaped(text: str, pattern: str) -> str:
    if len(text) != pattern.count("#"):
        return text
    characters = iter(text)
    return "".join(next(characters) if place == "#" else place for place in pattern)
