"""The small shop, migrated, on either engine, alone or behind its own web server."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from app import db, migration
from tests.servers import Server, serving

MODELS = "tests.faults.shop.models"
BEFORE = "tests.faults.shop.before"
AFTER = "tests.faults.shop.after"


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path / 'shop.sqlite3'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.servers)])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without any table, once on each engine."""
    return str(request.getfixturevalue(f"empty_{request.param}"))


@pytest.fixture
async def shop_url(empty_url: str, tmp_path: Path) -> str:
    """The shop's tables, empty."""
    await migration.migrate(empty_url, tmp_path, models=MODELS, migrations=AFTER, stepwise=True)
    return empty_url


@pytest.fixture
async def shop(shop_url: str) -> AsyncIterator[str]:
    """The shop's database, open."""
    await db.connect(shop_url, models=MODELS)
    yield shop_url
    await db.close()


def shop_serving(url: str, folder: Path) -> AbstractContextManager[Server]:
    command = [sys.executable, "-m", "tests.faults.shop.web"]
    return serving(folder, command=command, env={"DATABASE_URL": url}, ready="/ready")


@pytest.fixture
def shop_server(shop_url: str, tmp_path: Path) -> Iterator[Server]:
    """The shop's web server, once on each engine."""
    with shop_serving(shop_url, tmp_path / "web") as server:
        yield server


@pytest.fixture
async def server(empty_sqlite: str, tmp_path: Path) -> AsyncIterator[Server]:
    """The shop's web server on SQLite, for what no database decides."""
    await migration.migrate(empty_sqlite, tmp_path, models=MODELS, migrations=AFTER)
    with shop_serving(empty_sqlite, tmp_path / "web") as running:
        yield running
