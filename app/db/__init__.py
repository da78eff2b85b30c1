"""The database under Tortoise: connect, close, one kind of transaction, and rows for reading.

Tortoise 1.1.9 leaves its lock (SQLite) or a pooled connection (PostgreSQL) behind when a task is
cancelled at the edge of a transaction; one impatient browser can stop the whole application. The two
client classes in this package cure that through Tortoise's own extension point, the ``engine`` of a
connection; nothing is patched from outside. See docs/adr/0003-transactions.md.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Literal, overload

from tortoise import Tortoise, connections
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.transactions import in_transaction

Dialect = Literal["sqlite", "postgres"]

POOL_SIZE = 15
STATEMENT_SECONDS = 30
IDLE_TRANSACTION_SECONDS = 60
SQLITE_BUSY_MILLISECONDS = 10_000

_PARAMETER = re.compile(r"\$(\d+)")


def dialect_of(url: str) -> Dialect:
    """Which of the two engines a database address names; another one raises ValueError."""
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        return "sqlite"
    if scheme in ("postgres", "postgresql", "asyncpg"):
        return "postgres"
    raise ValueError(f"DATABASE_URL: {scheme}:// is neither sqlite:// nor postgres://")


def config(
    url: str,
    *,
    models: str = "models",
    migrations: str = "models.migrations",
    migrating: bool = False,
) -> dict[str, Any]:
    """Tortoise's configuration for an address such as ``sqlite:///var/procon.sqlite3``.

    ``migrating`` gives the connection that migrations need: foreign keys off on SQLite, where changing
    a column remakes the table and would cascade, and no limit on the length of a statement.
    """
    return {
        "connections": {"default": _connection(url, migrating=migrating)},
        "apps": {"models": {"models": [models], "migrations": migrations, "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str, *, migrating: bool) -> dict[str, Any]:
    credentials: dict[str, Any] = dict(expand_db_url(url)["credentials"])
    if dialect_of(url) == "sqlite":
        credentials.update(
            journal_mode="WAL",
            synchronous="FULL",
            foreign_keys="OFF" if migrating else "ON",
            busy_timeout=SQLITE_BUSY_MILLISECONDS,
        )
        return {"engine": "app.db.sqlite", "credentials": credentials}
    credentials.update(maxsize=POOL_SIZE)
    if not migrating:
        credentials.update(
            command_timeout=STATEMENT_SECONDS,
            server_settings={"idle_in_transaction_session_timeout": str(IDLE_TRANSACTION_SECONDS * 1000)},
        )
    return {"engine": "app.db.asyncpg", "credentials": credentials}


async def connect(url: str, **options: Any) -> None:
    """Open the database for the whole process and check that it answers; ``options`` as in ``config``.

    Tortoise's state lives in a context variable. The global fallback makes it visible to tasks that do
    not descend from the caller, which is how an ASGI server runs its requests.
    """
    await Tortoise.init(config=config(url, **options), _enable_global_fallback=True)
    try:
        await rows("SELECT 1 AS one")
    except BaseException:
        await close()
        raise


async def close() -> None:
    """Close every connection. Without it aiosqlite's thread keeps the process alive.

    Tortoise keeps the text of its INSERTs per connection name, whatever the engine: the next ``connect``
    may be to the other one.
    """
    await Tortoise.close_connections()
    EXECUTOR_CACHE.clear()


def dialect() -> Dialect:
    """The engine of the open database."""
    name = connections.get("default").capabilities.dialect
    return "sqlite" if name == "sqlite" else "postgres"


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One transaction: everything inside is kept, or, when an exception leaves the block, nothing is.

    Nothing in the block may wait for anything but the database: on SQLite the transaction holds the
    process's only connection. A block inside another one is a savepoint. A task must not be started
    in it, as it would inherit the connection: see ``app.tasks``.
    """
    async with in_transaction("default"):
        yield


async def rows(sql: str, params: Sequence[Any] = ()) -> list[Mapping[str, Any]]:
    """The rows of a query, as mappings, without making models of them.

    Parameters are written ``$1``, ``$2``… for both engines. Values come as the driver gives them: on
    SQLite a time or a date is text (``moment`` and ``day`` read them) and a truth value is 0 or 1; JSON
    is text on both. Where a page is not asked for often, ``await Model.filter(…).values(…)`` gives the
    same shape with converted values, for ten times the work.
    """
    connection = connections.get("default")
    if connection.capabilities.dialect == "sqlite":
        sql = _PARAMETER.sub(r"?\1", sql)
    found: list[Mapping[str, Any]] = list(await connection.execute_query_dict(sql, list(params)))
    return found


@overload
def moment(value: None) -> None: ...
@overload
def moment(value: datetime | str) -> datetime: ...
def moment(value: datetime | str | None) -> datetime | None:
    """A time out of ``rows``, where there is one."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@overload
def day(value: None) -> None: ...
@overload
def day(value: date | str) -> date: ...
def day(value: date | str | None) -> date | None:
    """A date out of ``rows``, where there is one."""
    return date.fromisoformat(value) if isinstance(value, str) else value
