"""How values are written for people."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from app.web import filters

NOON_UTC = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)
HERE = filters.for_zone(ZoneInfo("America/Sao_Paulo"))


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("money", 123450, "R$\u00a01.234,50"),
        ("money", -5, "-R$\u00a00,05"),
        ("days", 1, "1\u00a0dia"),
        ("days", 90, "90\u00a0dias"),
        ("days", 365, "365\u00a0dias (1\u00a0ano)"),
        ("days", 1825, "1.825\u00a0dias (5\u00a0anos)"),
        ("cpf", "12345678909", "123.456.789-09"),
        ("cpf", "123", "123"),
        ("cpf_masked", "12345678909", "***.456.789-**"),
        ("cpf_masked", "1234", "***"),
        ("cnpj", "12ABC34501DE35", "12.ABC.345/01DE-35"),
        ("cep", "88801000", "88801-000"),
        ("phone", "48999990000", "(48) 99999-0000"),
        ("phone", "4834458500", "(48) 3445-8500"),
        ("filesize", 512, "512\u00a0B"),
        ("filesize", 1_572_864, "1,5\u00a0MB"),
        ("filesize", 25 * 1024 * 1024, "25\u00a0MB"),
        ("filesize", 1024 * 1024 - 1, "1\u00a0MB"),
    ],
)
def test_values(name: str, value: object, written: str) -> None:
    assert HERE[name](value) == written


def test_times_are_those_of_the_agency_and_not_of_the_server() -> None:
    assert HERE["date"](NOON_UTC) == "22/11/2026"
    assert HERE["date"](NOON_UTC, "long") == "22 de novembro de 2026"
    assert HERE["date"](dt.date(2026, 11, 23), "weekday") == "segunda-feira, 23 de novembro de 2026"
    assert HERE["datetime"](NOON_UTC) == "22/11/2026 23:30"
    assert HERE["datetime"](NOON_UTC, "long") == "22 de novembro de 2026, às 23h30"
    assert HERE["time"](NOON_UTC) == "23:30"
    assert HERE["month"](NOON_UTC) == "novembro de 2026"


def test_a_time_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        HERE["datetime"](dt.datetime(2026, 11, 23, 12))  # noqa: DTZ001 - the mistake under test
