"""What stories in a browser begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.house import House


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A Procon with the demonstration's people, on a server that a story may stop and start again."""
    made = House(tmp_path / "house", sqlite_url)
    await made.furnish()
    await made.start()
    try:
        yield made
    finally:
        await made.close()
