"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

from app import migration


async def test_models_and_migrations_agree(sqlite_url: str) -> None:
    assert [writer.operations for writer in await migration.unwritten(sqlite_url)] == []
