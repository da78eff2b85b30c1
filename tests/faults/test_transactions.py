"""Transactions survive cancellation at any moment, and nothing but their own task is inside them."""

from __future__ import annotations

import asyncio
import random
import sqlite3

import pytest
from tortoise import connections

from app import db
from app.tasks import Tasks
from tests.faults.shop.models import Book, Shelf

ROUNDS = 1_500


async def lend(number: int) -> None:
    async with db.transaction():
        shelf = await Shelf.create(name=f"shelf {number}")
        await Book.create(title="one", shelf=shelf)
        await Book.create(title="two", shelf=shelf)


async def add_many(count: int) -> None:
    await Shelf.bulk_create([Shelf(name=str(number)) for number in range(count)])


async def test_tasks_cancelled_anywhere_leave_the_database_answering(shop: str) -> None:
    generator = random.Random(1)
    for _ in range(ROUNDS // 30):
        tasks = [asyncio.create_task(lend(number)) for number in range(30)]
        for task in tasks:
            for _ in range(generator.randrange(12)):
                await asyncio.sleep(0)
            task.cancel()
        await asyncio.wait(tasks)
    async with asyncio.timeout(5):
        await lend(0)
    assert await Shelf.all().count() * 2 == await Book.all().count()


async def test_a_cancelled_bulk_insert_leaves_no_transaction_open(shop: str) -> None:
    generator = random.Random(2)
    for _ in range(60):
        task = asyncio.create_task(add_many(200))
        await asyncio.sleep(generator.random() * 0.005)
        task.cancel()
        await asyncio.wait({task})
    async with asyncio.timeout(5):
        await lend(0)
    assert (await Shelf.all().count() - 1) % 200 == 0


async def test_an_exception_undoes_all_and_a_block_inside_only_itself(shop: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            await Shelf.create(name="gone")
            raise ZeroDivisionError
    async with db.transaction():
        await Shelf.create(name="kept")
        with pytest.raises(ZeroDivisionError):
            async with db.transaction():
                await Shelf.create(name="gone too")
                raise ZeroDivisionError
    assert await Shelf.all().values_list("name", flat=True) == ["kept"]


async def test_a_spawned_task_is_outside_the_transaction_of_who_spawned_it(shop: str) -> None:
    tasks = Tasks()
    entered, done = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        await entered.wait()
        await Shelf.create(name="of the task")
        done.set()

    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            tasks.spawn(write(), name="write")
            await Shelf.create(name="gone")
            entered.set()
            if db.dialect() == "postgres":  # SQLite's task waits for the lock of this block
                await asyncio.wait_for(done.wait(), 5)
            raise ZeroDivisionError
    await asyncio.wait_for(done.wait(), 5)
    await tasks.close()
    assert await Shelf.all().values_list("name", flat=True) == ["of the task"]


async def test_sqlite_takes_the_write_lock_when_the_transaction_begins(sqlite_url: str) -> None:
    await db.connect(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite://"), isolation_level=None, timeout=0)
    try:
        async with db.transaction():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
    finally:
        other.close()
        await db.close()


async def test_sqlite_keeps_what_it_acknowledged_and_checks_its_keys(sqlite_url: str) -> None:
    await db.connect(sqlite_url)
    settings = {}
    for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
        settings[name] = next(iter((await db.rows(f"PRAGMA {name}"))[0].values()))
    await db.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


async def test_a_broken_deferred_key_at_commit_leaves_no_transaction_open(sqlite_url: str) -> None:
    await db.connect(sqlite_url)
    await db.rows("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    await db.rows("CREATE TABLE child (parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
    try:
        with pytest.raises(sqlite3.IntegrityError):
            async with db.transaction():
                await db.rows("INSERT INTO child VALUES (7)")
        async with db.transaction():
            assert await db.rows("SELECT * FROM child") == []
    finally:
        await db.close()


async def test_both_engines_take_numbered_parameters(database: str) -> None:
    found = await db.rows("SELECT CAST($2 AS INTEGER) AS second, CAST($1 AS INTEGER) AS first", [1, 2])
    assert [dict(row) for row in found] == [{"second": 2, "first": 1}]


async def test_the_cured_clients_are_the_ones_in_use(database: str) -> None:
    """Tortoise chooses the dialect of its migrations by this module name."""
    client = type(connections.get("default"))
    assert client.__module__ == {"sqlite": "app.db.sqlite", "postgres": "app.db.asyncpg"}[db.dialect()]
