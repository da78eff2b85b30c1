"""Migrations: Tortoise's own, run so that no row is lost and no two runs meet.

Tortoise remakes a SQLite table to change a column: with foreign keys on, dropping the old table
cascades into its children and reports success, and the indexes of the old table are gone. So on SQLite
migrations run with foreign keys off, over a fresh backup, by an editor that keeps indexes, and the keys
are checked afterwards; on PostgreSQL under an advisory lock.

An empty database has no rows to lose: it gets its tables from the models at once, and every migration is
written down as done (ADR 0081). Migration by migration that took a dozen seconds, most of them spent on
models as they once were.
"""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.context import require_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, PlanStep
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.writer import MigrationWriter, format_migration_name
from tortoise.transactions import in_transaction

from app import db
from app.db.remaking import KeepingSchemaEditor

BACKUPS_KEPT = 5
_RECORDED = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'tortoise_migrations'",
    "postgres": "SELECT 1 FROM pg_class WHERE oid = to_regclass('tortoise_migrations')",
}
ADVISORY_LOCK = 0x50524F434F4E  # "PROCON": any fixed number will do


class MigrationError(Exception):
    """The database is not in order after migrating; the message says what to do."""


async def migrate(url: str, data_dir: Path, *, stepwise: bool = False, **options: str) -> list[str]:
    """Bring the database up to date and return the names of the migrations applied.

    ``data_dir`` receives the lock and, on SQLite, the backups (``data_dir/backups``, the last five).
    ``stepwise``: one migration after the other even where there is nothing yet. ``options`` are those of
    ``app.db.config``. Raises MigrationError when a foreign key points nowhere.
    """
    configuration = db.config(url, migrating=True, **options)
    credentials = configuration["connections"]["default"]["credentials"]
    if db.dialect_of(url) == "sqlite":
        with _file_lock(data_dir / "migrate.lock"):
            file = Path(credentials["file_path"])
            return await _migrate_sqlite(configuration, file, data_dir / "backups", stepwise=stepwise)
    async with _advisory_lock(credentials), _executor(configuration) as executor:
        return await _apply(executor, stepwise=stepwise)


async def _migrate_sqlite(
    configuration: dict[str, Any], file: Path, backups: Path, *, stepwise: bool
) -> list[str]:
    filled = _prepare(file)
    async with _executor(configuration) as executor:
        if filled and (steps := await executor.plan()):
            await asyncio.to_thread(_backup, file, backups, before=steps[0].migration.name)
        applied = await _apply(executor, stepwise=stepwise)
        broken = await db.rows("PRAGMA foreign_key_check") if applied else []
    if broken:
        tables = ", ".join(sorted({str(row["table"]) for row in broken}))
        raise MigrationError(
            f"{len(broken)} foreign keys point nowhere in {tables}; the backup is in {backups}"
        )
    return applied


async def _apply(executor: MigrationExecutor, *, stepwise: bool) -> list[str]:
    steps = await executor.plan()
    if stepwise or not await _untouched():
        await executor.migrate(direction="forward")
    else:
        await _create(executor, steps)
    return [step.migration.name for step in steps]


async def _untouched() -> bool:
    """Whether no migration was ever written down. Asked of the catalogue: the executor takes any failure to
    read them for there being none."""
    if not await db.rows(_RECORDED[db.dialect()]):
        return True
    return not await db.rows("SELECT 1 FROM tortoise_migrations LIMIT 1")


async def _create(executor: MigrationExecutor, steps: Sequence[PlanStep]) -> None:
    """Make the tables that are not there, then write all migrations down, in one transaction: cut off at any
    point, it is done again from the start."""
    await Tortoise.generate_schemas(safe=True)
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    async with in_transaction() as client:
        recorder = MigrationRecorder(client)
        for step in steps:
            await recorder.record_applied(step.migration.app_label, step.migration.name)


def _prepare(file: Path) -> bool:
    """Make the folder of a SQLite database; whether there is a filled database in it already."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.exists() and file.stat().st_size > 0


def _backup(file: Path, folder: Path, *, before: str) -> Path:
    """Copy a SQLite database, open or not, to ``folder`` under a running number; keep the last five."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.glob("*.sqlite3"))
    number = int(kept[-1].name.partition("-")[0]) + 1 if kept else 1
    target = folder / f"{number:06d}-before-{before}.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)
    for old in [*kept, target][:-BACKUPS_KEPT]:
        old.unlink()
    return target


async def pending(url: str) -> list[str]:
    """The names of the migrations that the database has not had yet."""
    async with _executor(db.config(url, migrating=True)) as executor:
        return [step.migration.name for step in await executor.plan()]


async def make(url: str, name: str, **options: str) -> list[Path]:
    """Write the migration that brings the migrations up to the models; no difference, no file."""
    written: list[Path] = []
    for writer in await unwritten(url, **options):
        number = int(writer.name.partition("_")[0])
        writer.name = format_migration_name(number, name)
        written.append(Path(writer.write()))
    return written


async def unwritten(url: str, **options: str) -> list[MigrationWriter]:
    """What the models say and no migration does yet; a test keeps this list empty."""
    configuration = db.config(url, migrating=True, **options)
    await Tortoise.init(config=configuration, init_connections=False)
    try:
        apps = require_context().apps
        if apps is None:
            raise MigrationError("the models are not loaded")
        return await MigrationAutodetector(apps, configuration["apps"]).changes()
    finally:
        await Tortoise.close_connections()


class _Executor(MigrationExecutor):
    """Tortoise's, with our editor on SQLite."""

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:
        if self.connection.capabilities.dialect == "sqlite":
            return KeepingSchemaEditor(self.connection, atomic=atomic, collect_sql=collect_sql)
        return super()._schema_editor(atomic, collect_sql)


@asynccontextmanager
async def _executor(configuration: dict[str, Any]) -> AsyncIterator[MigrationExecutor]:
    await Tortoise.init(config=configuration, init_connections=False)
    try:
        yield _Executor(get_connection("default"), configuration["apps"])
    finally:
        await Tortoise.close_connections()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def _advisory_lock(credentials: dict[str, Any]) -> AsyncIterator[None]:
    wanted = {key: credentials.get(key) for key in ("user", "password", "database", "host", "port")}
    connection = await asyncpg.connect(**wanted)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        yield
    finally:
        await connection.close()
