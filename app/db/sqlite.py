"""Tortoise's SQLite client with transactions that survive cancellation and take the write lock first.

Named as the ``engine`` of a connection (``app.db.config``). Tortoise's migrations choose their dialect
by the client's module name, so this module must keep "sqlite" in its own.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from app.db.settle import settle


class Client(SqliteClient):
    """One connection for the process, guarded by one lock."""

    def _in_transaction(self) -> TransactionContext:
        return Transaction(Wrapper(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Insert many rows, all or none; Tortoise's own leaves BEGIN open when it is cancelled."""
        async with self._in_transaction() as connection:
            await connection.execute_many(query, values)


class Wrapper(SqliteTransactionWrapper):
    """The connection as seen inside a transaction."""

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Wrapper(self))

    async def begin(self) -> None:
        """Take the write lock at once.

        A deferred BEGIN that reads first and writes later fails with "database is locked" as soon as
        another process has written in between, without waiting for the busy timeout.
        """
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def end(self, *, keep: bool) -> None:
        """Commit or roll back. Whatever happens, no transaction stays open on the connection."""
        self._finalized = True
        try:
            if keep:
                await self._connection.commit()
        finally:
            if self._connection.in_transaction:
                await self._connection.rollback()


class Transaction(SqliteTransactionContext):
    """Holds the process's lock from before BEGIN until after COMMIT or ROLLBACK."""

    connection: Wrapper

    async def __aenter__(self) -> Wrapper:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await settle(self.connection.begin())
        except BaseException:
            try:
                await settle(self._abandon())
            finally:
                self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await settle(self.connection.end(keep=exc_type is None))
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()

    async def _abandon(self) -> None:
        if self.connection._connection:
            await self.connection.end(keep=False)


client_class = Client
