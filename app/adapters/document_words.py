"""How values become words on paper: in Portuguese, in the agency's time zone, in characters that print."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from babel.dates import format_datetime
from babel.numbers import format_decimal

from app.adapters.glyphs import has_glyph

MISSING = "□"
LOCALE = "pt_BR"


def printable(text: str) -> str:
    """The text in characters that the documents' fonts have and that show in the order they are read.

    Line breaks stay. Controls and invisible marks go, among them those that turn the direction of reading
    and could make an amount look like another. What has no form in print becomes □: PDF/A refuses it.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    return "".join(
        character if character == "\n" or has_glyph(character) else MISSING
        for character in text
        if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Mn", "Me")
    )


def template_data(document: Any, fields: dict[str, Any]) -> bytes:
    """The template's data with what every document has, each text made printable."""
    zone = document.agency.zone
    common = {
        "agency": asdict(document.agency),
        "protocol": document.protocol,
        "issued_at": moment_words(document.issued_at, zone),
        "check": None,
        "description": "",
    }
    values = common | fields
    safe = _printable_all(values)
    safe["replaced"] = MISSING in str(safe) and MISSING not in str(values)
    return orjson.dumps(safe)


def _printable_all(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable_all(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable_all(item) for item in value]
        case _:
            return value


def day_words(day: date) -> str:
    """10 de dezembro de 2026; the first of a month is 1º."""
    words = str(format_datetime(datetime(day.year, day.month, day.day), "d 'de' MMMM 'de' y", locale=LOCALE))  # noqa: DTZ001  a day has no zone
    return words.replace("1 de ", "1º de ", 1) if day.day == 1 else words


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """10 de dezembro de 2026, às 14:31."""
    return f"{day_words(moment.astimezone(zone).date())}, às {hour_words(moment, zone)}"


def hour_words(moment: datetime, zone: ZoneInfo) -> str:
    """14:31."""
    return f"{moment.astimezone(zone):%H:%M}"


def second_words(moment: datetime, zone: ZoneInfo) -> str:
    """10/12/2026 14:31:12."""
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M:%S}"


def size_words(size: int) -> str:
    """71,8 kB; ``size`` in bytes."""
    for unit, scale in (("MB", 1024**2), ("kB", 1024)):
        if size >= scale:
            return f"{format_decimal(size / scale, '0.0', locale=LOCALE)} {unit}"
    return f"{size} B"
