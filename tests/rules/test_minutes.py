"""The minutes' text and the profile's texts that fill it."""

from __future__ import annotations

import pytest

from models.rules.hearing import Outcome
from models.rules.minutes import OPENING, VARIABLES, filled, joined, unknown_variables


def test_paragraphs_are_joined_by_an_empty_line_and_blank_ones_vanish() -> None:
    assert joined([" um \n", "", "dois\nlinhas"]) == "um\n\ndois\nlinhas"


def test_a_text_is_filled_and_what_people_are_named_is_never_evaluated() -> None:
    values = dict.fromkeys(VARIABLES, "") | {"consumer": "{agency} Ana", "present": ""}
    assert filled(["Presente {consumer}.", "{present}"], values) == ("Presente {agency} Ana.",)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{consumer} e {company}", ()),
        ("{consumidor}", ("consumidor",)),
        ("{agency.__class__}", ("agency.__class__",)),
        ("{{livre}}", ()),
    ],
)
def test_variables_that_no_minutes_know_are_found(text: str, unknown: tuple[str, ...]) -> None:
    assert unknown_variables(text) == unknown


def test_braces_that_do_not_close_are_an_error() -> None:
    with pytest.raises(ValueError, match="expected"):
        unknown_variables("Aos {date, abriu-se")


def test_texts_are_named_by_the_opening_or_an_outcome() -> None:
    assert OPENING not in set(Outcome)
