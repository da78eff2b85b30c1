"""Codes of the taxonomy: never used twice, and told apart by level."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.rules.taxonomy import CODE, new_area, next_code

AREAS = st.sets(st.from_regex(r"\A[A-Z]{2}\Z"), max_size=40)


@given(st.text(max_size=40), AREAS)
def test_a_new_area_has_two_letters_that_nobody_has(name: str, taken: set[str]) -> None:
    made = new_area(name, taken)
    assert made not in taken
    assert CODE.fullmatch(f"{made}0101")


def test_a_new_area_has_its_initials_where_they_are_free() -> None:
    assert new_area("Mobilidade Urbana", ()) == "MU"
    assert new_area("Água", {"AG"}) == "AA"


def test_numbers_go_on_after_the_highest_and_end() -> None:
    codes = ("PR0101", "PR0103", "PR0201", "SA0101")
    assert [next_code(prefix, codes) for prefix in ("PR01", "PR", "HA")] == ["PR0104", "PR03", "HA01"]
    assert next_code("PR01", ("PR0199",)) is None
