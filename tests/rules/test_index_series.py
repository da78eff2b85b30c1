"""A monthly index as its publishers write it: every way is read, nothing is guessed, holes are seen."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.calculation import months
from models.rules.errors import Invalid
from models.rules.index_series import holes, read, twelve_months

TODAY = date(2026, 11, 30)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
WAYS = {
    "a spreadsheet": "mes;percentual\n01/2026;1,00\n02/2026;-0,5%\n",
    "SGS": '"data";"433 - Índice (IPCA)"\n"01/01/2026";"1,00"\n"01/02/2026";"-0,5"\n"Fonte";"IBGE"\n',
    "SIDRA": "Tabela 1737\nMês;Variação (%)\njaneiro 2026;1,00\nfevereiro de 2026;-0,50\nFonte: IBGE\n",
    "ISO": "2026-01,1.00\n2026-02-01\t-0.5\n",
    "short names": "Jan/2026;1\nfev/2026;-0,5;\n\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_comes_to_the_same(way: str) -> None:
    assert read(WAYS[way], TODAY) == {JANUARY: Decimal(1), FEBRUARY: Decimal("-0.5")}


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("01/2026;1\nfoi 0,42\n", 2, "series_line"),
        ("13/2026;1", 1, "series_line"),
        ("abc/2026;1", 1, "series_line"),
        ("01/2026;1\nxyz 2026;2", 2, "series_line"),
        ("01/2026;um", 1, "series_line"),
        ("01/2026;1\n01/2026;1,00\n01/2026;2", 3, "series_twice"),
        ("10/2026;1\n11/2026;1", 2, "series_future"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(text: str, number: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text, TODAY)
    assert (caught.value.facts["line"], caught.value.fields) == (number, {"text": code})


@given(
    st.sets(st.dates(date(1990, 1, 1), date(2026, 12, 31)).map(lambda day: day.replace(day=1)), max_size=60)
)
def test_a_hole_is_a_month_between_two_that_are_there(known: set[date]) -> None:
    missing = set(holes(known))
    assert not missing & known
    if known:
        assert missing | known == {*months(min(known), max(known)), max(known)}


@given(st.lists(st.integers(-300, 900), min_size=12, max_size=12), st.booleans())
def test_twelve_months_are_compounded_and_need_every_one(hundredths: list[int], first_is_gone: bool) -> None:
    series = {date(2025 + n // 12, n % 12 + 1, 1): Decimal(h) / 100 for n, h in enumerate(hundredths, 3)}
    if first_is_gone:
        del series[min(series)]
        assert twelve_months(series) is None
        return
    grown = Fraction(1)
    for value in hundredths:
        grown *= 1 + Fraction(value, 10000)
    found = twelve_months(series)
    assert found is not None
    assert abs(Fraction(found) - (grown - 1) * 100) < Fraction(1, 10**20)
    assert twelve_months({}) is None
