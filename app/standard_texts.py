"""The kinds of standard texts that the program has, with their original words (``app/data/texts``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.rules.standard_texts import Kind, Medium, Variable, Wording

FOLDER = Path(__file__).parent / "data" / "texts"
FILES = (
    "cases",
    "attendance",
    "negotiation",
    "hearings",
    "companies",
    "accounts",
    "papers",
    "minutes",
)
"""In the order in which the coordination sees them; ``variables`` has what each may name."""
MINUTES = "minutes_"
"""Begins the kinds of a hearing's minutes; the opening's or the outcome's name follows."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its id, in the order of the files, which come with the program and are read once."""
    variables = _read("variables")["variable"]
    return {
        name: _kind(name, fields, variables) for file in FILES for name, fields in _read(file)["text"].items()
    }


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


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
        required=tuple(raw.get("required", ())),
        button=raw.get("button", ""),
    )
