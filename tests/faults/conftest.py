"""The small shop, migrated, on either engine, alone or behind its own web server."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app import db, migration
from tests.conftest import Databases
from tests.servers import Server, serving

MODELS = "tests.faults.shop.models"
BEFORE = "tests.faults.shop.before"
AFTER = "tests.faults.shop.after"


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path / 'shop.sqlite3'}"


@pytest.fixture
def empty_postgres(postgres_databases: Databases) -> Iterator[str]:
    url = postgres_databases.make("template0")
    yield url
    postgres_databases.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.servers)])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without any table, once on each engine."""
    return str(request.getfixturevalue(f"empty_{request.param}"))


@pytest.fixture
async def shop_url(empty_url: str, tmp_path: Path) -> str:
    """The shop's tables, empty."""
    await migration.migrate(empty_url, tmp_path, models=MODELS, migrations=AFTER)
    return empty_url


@pytest.fixture
async def shop(shop_url: str) -> AsyncIterator[str]:
    """The shop's database, open."""
    await db.connect(shop_url, models=MODELS)
    yield shop_url
    await db.close()


@pytest.fixture
def shop_server(shop_url: str, tmp_path: Path) -> Iterator[Server]:
    """The shop's web server."""
    command = [sys.executable, "-m", "tests.faults.shop.web"]
    with serving(tmp_path / "web", command=command, env={"DATABASE_URL": shop_url}, ready="/ready") as server:
        yield server
