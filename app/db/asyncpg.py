"""Tortoise's PostgreSQL client with transactions that give their connection back when cancelled.

Named as the ``engine`` of a connection (``app.db.config``). Tortoise's migrations choose their dialect
by the client's module name, so this module must keep "asyncpg" in its own.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from app.db.settle import settle

ACQUIRE_SECONDS = 20


async def _nothing_to_reset(_: Any) -> None:
    return None


class Client(AsyncpgDBClient):
    """A pool of connections."""

    async def create_pool(self, **options: Any) -> Any:
        """The pool, without asyncpg's RESET after each use: that is a round trip for every query.

        It clears what a session was told (settings, LISTEN, session-level locks, cursors), and nothing
        here tells a session anything. An open transaction is rolled back all the same, by asyncpg itself.
        """
        return await super().create_pool(reset=_nothing_to_reset, **options)

    def _in_transaction(self) -> TransactionContext:
        return Transaction(TransactionWrapper(self), self._pool_init_lock)


class Transaction(TransactionContextPooled):
    """Holds one pooled connection from before BEGIN until after COMMIT or ROLLBACK."""

    client: TransactionWrapper

    async def __aenter__(self) -> TransactionWrapper:
        await self.ensure_connection()
        self.client._connection = await self._acquire()
        try:
            await settle(self.client.begin())
        except BaseException:
            # asyncpg's own reset rolls back what BEGIN may have started
            await settle(self._release())
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await settle(self._end(keep=exc_type is None))
        finally:
            get_connections().reset(self.token)

    async def _acquire(self) -> Any:
        """A connection of the pool; with none free for too long, an error rather than a queue."""
        pool: Any = self.client._parent._pool
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                return await pool.acquire()
        except TimeoutError as error:
            raise OperationalError("no database connection became free") from error

    async def _end(self, *, keep: bool) -> None:
        try:
            if not self.client._finalized:
                await (self.client.commit() if keep else self.client.rollback())
        finally:
            await self._release()

    async def _release(self) -> None:
        if pool := self.client._parent._pool:
            await pool.release(self.client._connection)


client_class = Client
