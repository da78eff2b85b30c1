"""What every test may ask for: a migrated database on either engine, settings, the application."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from app import db, migration
from app.adapters.cards import ChildCards
from app.adapters.clock import FakeClock
from app.adapters.composer import FakeComposer
from app.adapters.inspect import FakeInspector
from app.adapters.mail import FakeMail
from app.adapters.passwords import FakePasswords
from app.adapters.pdf import FakePdfMaker
from app.adapters.push import FakePush
from app.adapters.scan import FakeScanner
from app.adapters.seal import FakeSeal
from app.adapters.segments import SegmentFolders
from app.adapters.storage import FolderStorage
from app.adapters.vault import Vault
from app.equipment import VIDEO_FONT, listed_holidays
from app.factory import Application, create_app
from app.parts import Parts
from app.settings import Settings, load
from app.tasks import Tasks
from tests import servers
from tests.databases import Databases

# How long an example takes is the machine's business: no test is one of time
hypothesis.settings.register_profile("procon", deadline=None)
hypothesis.settings.load_profile("procon")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A throw-away PostgreSQL, started by the first test that needs it."""
    with servers.postgres() as address:
        yield address


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A throw-away Redis, started by the first test that needs it."""
    with servers.redis() as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    file = folder / "procon.sqlite3"
    asyncio.run(migration.migrate(f"sqlite://{file}", folder))
    return file


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The maker of PostgreSQL test databases."""
    databases = Databases(postgres_server, tmp_path_factory.mktemp("postgres"))
    yield databases
    databases.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    file = tmp_path / "procon.sqlite3"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite://{file}"


@pytest.fixture
def postgres_url(postgres_databases: Databases) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    url = postgres_databases.make()
    yield url
    postgres_databases.give_back(url)


@pytest.fixture
def empty_postgres(postgres_databases: Databases) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    url = postgres_databases.make_empty()
    yield url
    postgres_databases.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.servers)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: the test runs once on each engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The same, open: models and services work. Gives the address."""
    await db.connect(database_url)
    yield database_url
    await db.close()


MakeSettings = Callable[..., Settings]


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    """Settings in a folder of the test's own; keywords are environment variables."""

    def make(**env: str) -> Settings:
        return load({"PROCON_DATA_DIR": str(tmp_path), "PORT": "8000", "PROCON_SECRET_KEY": "k" * 64, **env})

    return make


@pytest.fixture
def settings(make_settings: MakeSettings, database_url: str) -> Settings:
    """Settings on a fresh database, once on each engine."""
    return make_settings(DATABASE_URL=database_url)


START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""When the fake clock stands: a Monday, 9 o'clock in Criciúma."""


@pytest.fixture
def fake_parts(settings: Settings) -> Parts:
    """Adapters that are quick and can be looked into; the storage is a real folder of the test's own."""
    return Parts(
        profile=settings.profile,
        public_url="http://localhost",
        secret_key=settings.secret_key,
        secure=False,
        demo=False,
        clock=FakeClock(START),
        passwords=FakePasswords(),
        storage=FolderStorage(settings.data_dir / "files", bytes(32)),
        vault=Vault(bytes(32)),
        segments=SegmentFolders(settings.data_dir / "recordings", bytes(32), lambda _: 2**40),
        cards=ChildCards(settings.data_dir / "rehearsals", VIDEO_FONT),
        composer=FakeComposer(),
        inspector=FakeInspector(),
        scanner=FakeScanner(),
        mail=FakeMail(),
        push=FakePush(),
        pdf=FakePdfMaker(),
        seal=FakeSeal(),
        holidays=listed_holidays(settings.profile.calendar),
        tasks=Tasks(),
    )


@pytest.fixture
async def application(settings: Settings, fake_parts: Parts) -> AsyncIterator[Application]:
    """The whole application on either engine with fake adapters, begun, its jobs and media left out.

    Its database is open: models and services work beside it.
    """
    joined = create_app(settings, parts=fake_parts, jobs=False, media=False)
    async with joined.quart.test_app():
        yield joined


@pytest.fixture
def live_server(sqlite_template: Path, tmp_path: Path) -> Iterator[servers.Server]:
    """``procon serve`` in a process of its own, on an empty SQLite database in its own data folder."""
    data_dir = tmp_path / "live"
    data_dir.mkdir()
    shutil.copyfile(sqlite_template, data_dir / "procon.sqlite3")
    with servers.serving(data_dir) as server:
        yield server
