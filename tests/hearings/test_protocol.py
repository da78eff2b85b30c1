"""The protocol that readers are told is the one that the media door speaks: every call with its fields."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from hearings import errors, messages

TEXT = (Path(__file__).parents[2] / "docs" / "hearing-protocol.md").read_text("utf-8")
CALLS = TEXT.split("### Calls")[1].split("\n###")[0]
ROWS = {
    name: {field.strip(" ?`") for field in re.sub(r"\([^)]*\)", "", fields).split(",") if field.strip()}
    for name, fields in re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", CALLS, re.MULTILINE)
}


def test_every_call_is_told() -> None:
    assert set(ROWS) == set(messages.KINDS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_call_is_told_with_its_fields(name: str) -> None:
    assert ROWS[name] == {field.name for field in dataclasses.fields(messages.KINDS[name])}


def test_every_refusal_is_told() -> None:
    codes = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str)}
    told = set(
        re.findall(r"`([a-z_]+)`", TEXT.split("## The media door")[1].split("## Media in the browser")[0])
    )
    assert codes <= told | {"internal"}, codes - told
