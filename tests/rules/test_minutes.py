"""The minutes' text and the profile's texts that fill it."""

from __future__ import annotations

from models.rules.hearing import Outcome
from models.rules.minutes import OPENING, joined


def test_paragraphs_are_joined_by_an_empty_line_and_blank_ones_vanish() -> None:
    assert joined([" um \n", "", "dois\nlinhas"]) == "um\n\ndois\nlinhas"


def test_texts_are_named_by_the_opening_or_an_outcome() -> None:
    assert OPENING not in set(Outcome)
