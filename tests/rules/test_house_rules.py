"""House rules: what a seat's word says of today's version."""

from __future__ import annotations

import pytest

from models.rules.house_rules import HouseRules, RulesAnswer, answer, refusal


def test_only_the_version_in_force_counts() -> None:
    assert answer("", "2") is RulesAnswer.NONE
    assert answer("2", "2") is RulesAnswer.ACCEPTED
    assert answer("1", "2") is RulesAnswer.NONE
    assert answer(refusal("2"), "2") is RulesAnswer.REFUSED
    assert answer(refusal("1"), "2") is RulesAnswer.NONE


@pytest.mark.parametrize("version", ["", "!2", "x" * 16])
def test_a_version_that_a_seat_cannot_keep_is_an_error(version: str) -> None:
    with pytest.raises(ValueError, match="version"):
        HouseRules(version, ("Um de cada vez.",))


def test_rules_without_text_are_an_error() -> None:
    with pytest.raises(ValueError, match="text"):
        HouseRules("1", ())
