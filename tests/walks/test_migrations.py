"""The migrations make exactly the tables that the models describe, one after the other."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from pathlib import Path

from app import migration
from models import migrations

FOLDER = Path(migrations.__file__).parent


async def test_models_and_migrations_agree(sqlite_url: str) -> None:
    assert [writer.operations for writer in await migration.unwritten(sqlite_url)] == []


def test_the_migrations_are_one_chain() -> None:
    names = sorted(file.stem for file in FOLDER.glob("0*.py"))
    for before, name in pairwise(names):
        module = import_module(f"models.migrations.{name}")
        assert module.Migration.dependencies == [("models", before)], name
