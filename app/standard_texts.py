"""The kinds of standard texts that the program has, with their original words (``app/data/texts.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.rules.standard_texts import Kind, Medium, Variable, Wording

FILE = Path(__file__).parent / "data" / "texts.toml"
MINUTES = "minutes_"
"""Begins the kinds of a hearing's minutes; the opening's or the outcome's name follows."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its id, in the order of the file, which comes with the program and is read once."""
    raw = tomllib.loads(FILE.read_text("utf-8"))
    return {name: _kind(name, fields, raw["variable"]) for name, fields in raw["text"].items()}


def _kind(name: str, raw: Mapping[str, Any], variables: Mapping[str, Mapping[str, str]]) -> Kind:
    return Kind(
        id=name,
        group=raw["group"],
        title=raw["title"],
        when=raw["when"],
        medium=Medium(raw["medium"]),
        variables=tuple(
            Variable(each, variables[each]["meaning"], variables[each]["sample"]) for each in raw["variables"]
        ),
        original=Wording(raw.get("subject", ""), tuple(raw.get("paragraphs", ()))),
        fixed=tuple(raw.get("fixed", ())),
    )
