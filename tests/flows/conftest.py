"""A furnished, running house on each engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.house import FIRST, OTHER, House


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """``procon serve`` with the demonstration's people: Criciúma on SQLite, the other city on PostgreSQL."""
    made = House(tmp_path, database_url, FIRST if database_url.startswith("sqlite") else OTHER)
    await made.furnish()
    await made.start()
    try:
        yield made
    finally:
        await made.close()
