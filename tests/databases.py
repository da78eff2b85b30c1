"""PostgreSQL databases for tests: a fresh one costs a tenth of a second, an emptied one a hundredth."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app import migration

USES = 40
"""So often a database is used: what is deleted leaves its place behind, and nothing here vacuums."""
SHAPE = """SELECT count(*), sum(relnatts), max(oid::bigint) FROM pg_class
           WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'S')"""
TABLES = """SELECT quote_ident(relname) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname <> 'tortoise_migrations'"""
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()"""
SEQUENCES = """SELECT setval(quote_ident(sequencename), 1, false) FROM pg_sequences
               WHERE schemaname = 'public' AND last_value IS NOT NULL"""


@dataclass
class Kept:
    """A database between two tests: our own connection to it, and what its tables looked like when new."""

    url: str
    connection: asyncpg.Connection
    shape: tuple[Any, ...]
    filled: str
    """The statement that names the tables with rows."""
    uses: int = 0


class Databases:
    """Makes PostgreSQL databases by copying a migrated one, and empties them for the next test."""

    def __init__(self, server: str, folder: Path) -> None:
        self.server = server
        self._folder = folder
        self._numbers = itertools.count(1)
        self._migrated = False
        self._loop = asyncio.new_event_loop()
        self._given: dict[str, Kept] = {}
        self._free: list[Kept] = []

    def close(self) -> None:
        """The connections; the databases end with their server."""
        for kept in (*self._given.values(), *self._free):
            self._loop.run_until_complete(kept.connection.close())
        self._loop.close()

    def make_empty(self) -> str:
        """The address of a fresh database without tables."""
        return self._create("template0")

    def make(self) -> str:
        """The address of a database with the empty tables of the application, new or as good as new."""
        if not self._migrated:
            # A test whose time ended while it migrated left a half: the next one begins anew
            self._run("DROP DATABASE IF EXISTS migrated WITH (FORCE)")
            self._run("CREATE DATABASE migrated")
            asyncio.run(migration.migrate(f"{self.server}/migrated", self._folder))
            self._migrated = True
        kept = self._free.pop() if self._free else self._new()
        kept.uses += 1
        self._given[kept.url] = kept
        return kept.url

    def give_back(self, url: str) -> None:
        """Empty a database for the next test; one that has other tables now, or is worn, is dropped."""
        kept = self._given.pop(url)
        if kept.uses < USES and self._loop.run_until_complete(self._emptied(kept)):
            self._free.append(kept)
            return
        self._loop.run_until_complete(kept.connection.close())
        self.drop(url)

    def drop(self, url: str) -> None:
        """Forget a database, connections included."""
        self._run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def _new(self) -> Kept:
        return self._loop.run_until_complete(self._keep(self._create("migrated")))

    async def _keep(self, url: str) -> Kept:
        connection = await asyncpg.connect(url)
        tables = [row[0] for row in await connection.fetch(TABLES)]
        filled = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in tables)
        await connection.execute("SET session_replication_role = replica")  # rows go in any order
        return Kept(url, connection, tuple(await connection.fetchrow(SHAPE)), filled)

    async def _emptied(self, kept: Kept) -> bool:
        connection = kept.connection
        await connection.execute(OTHERS)
        if tuple(await connection.fetchrow(SHAPE)) != kept.shape:
            return False
        filled = [row[0] for row in await connection.fetch(kept.filled)]
        await connection.execute("".join(f"DELETE FROM {table};" for table in filled) + SEQUENCES)
        return True

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        # Copied as files: several times quicker than through the log, which nobody will ever replay
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return f"{self.server}/{name}"

    def _run(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(f"{self.server}/postgres")
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())
