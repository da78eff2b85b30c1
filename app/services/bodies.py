"""The bodies to which a matter that is not the agency's is forwarded: data of ``app/data/bodies.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "bodies.toml"


@dataclass(frozen=True)
class Body:
    """A body: its name, how it is reached ("{city}" is the agency's), and why it is competent."""

    code: str
    name: str
    reach: str
    basis: str


@cache
def all_bodies(file: Path = FILE) -> Mapping[str, Body]:
    """Every body by its code; read once, it comes with the program."""
    raw = tomllib.loads(file.read_text("utf-8"))["body"]
    return {
        code: Body(code, fields["name"], fields["reach"], fields["basis"]) for code, fields in raw.items()
    }
