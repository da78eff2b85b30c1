"""Amounts as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.money import MAX_CENTS, typed_cents, written_cents


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1.234,56", 123456),
        ("1234,56", 123456),
        ("R$ 1.234,5", 123450),
        ("r$89", 8900),
        (" 0,07 ", 7),
        ("R$\u00a010,00", 1000),
    ],
)
def test_amounts_are_read_in_brazilian_notation(typed: str, cents: int) -> None:
    assert typed_cents(typed) == cents


@pytest.mark.parametrize("typed", ["", "abc", "12.50", "1,234.56", "-5", "1.23,00", "1,234", "9" * 20, "١٢"])
def test_what_could_mean_two_things_or_nothing_is_refused(typed: str) -> None:
    assert typed_cents(typed) is None


@given(st.integers(min_value=0, max_value=MAX_CENTS))
def test_what_is_written_is_read_back(cents: int) -> None:
    assert typed_cents(written_cents(cents)) == cents
