"""``procon migrate`` loses no row of a filled database, backs it up first and lets one run at a time."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError

from app import db, migration
from tests.faults.conftest import AFTER, BEFORE, MODELS
from tests.faults.shop.models import Book

TABLES = ("shelf", "book", "loan", "tag", "book_tag")


@asynccontextmanager
async def the_shop(url: str) -> AsyncIterator[None]:
    """The database, open; closed whatever fails in between, for an open one would hang the run at its end."""
    await db.connect(url, models=MODELS)
    try:
        yield
    finally:
        await db.close()


async def fill(url: str) -> None:
    async with the_shop(url):
        for shelf in range(1, 4):
            await db.rows(f"INSERT INTO shelf (name) VALUES ('shelf {shelf}')")
            await db.rows("INSERT INTO loan (shelf_id) VALUES ($1)", [shelf])
            for book in range(1, 5):
                await db.rows("INSERT INTO book (title, shelf_id) VALUES ($1, $2)", [f"book {book}", shelf])
        await db.rows("INSERT INTO tag (word) VALUES ('old')")
        await db.rows("INSERT INTO book_tag (book_id, tag_id) SELECT id, 1 FROM book")


async def counts(url: str) -> dict[str, int]:
    async with the_shop(url):
        return {table: (await db.rows(f"SELECT COUNT(*) AS n FROM {table}"))[0]["n"] for table in TABLES}


async def test_a_changed_parent_column_keeps_parents_and_children(empty_url: str, tmp_path: Path) -> None:
    await migration.migrate(empty_url, tmp_path, models=MODELS, migrations=BEFORE, stepwise=True)
    await fill(empty_url)
    before = await counts(empty_url)

    applied = await migration.migrate(empty_url, tmp_path, models=MODELS, migrations=AFTER, stepwise=True)

    assert applied == ["0002_widen_shelf"]
    assert await counts(empty_url) == before == {"shelf": 3, "book": 12, "loan": 3, "tag": 1, "book_tag": 12}
    async with the_shop(empty_url):
        book = await Book.filter(title="book 4").order_by("-id").first().prefetch_related("shelf")
    assert book is not None
    assert (book.shelf.name, book.shelf.place) == ("shelf 3", "hall")


async def test_a_changed_column_keeps_the_indexes_and_constraints_of_its_table(
    empty_sqlite: str, tmp_path: Path
) -> None:
    await migration.migrate(empty_sqlite, tmp_path, models=MODELS, migrations=BEFORE, stepwise=True)
    await fill(empty_sqlite)

    await migration.migrate(empty_sqlite, tmp_path, models=MODELS, migrations=AFTER)

    async with the_shop(empty_sqlite):
        with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: tag\.word, tag\.language"):
            await db.rows("INSERT INTO tag (word) VALUES ('old')")
        indexes = await db.rows("SELECT \"unique\" AS single FROM pragma_index_list('tag') ORDER BY single")
    assert [row["single"] for row in indexes] == [0, 1]


async def test_nothing_to_do_does_nothing(shop_url: str, tmp_path: Path) -> None:
    assert await migration.migrate(shop_url, tmp_path, models=MODELS, migrations=AFTER) == []
    assert not (tmp_path / "backups").exists()


async def test_two_runs_at_once_do_the_work_once(empty_url: str, tmp_path: Path) -> None:
    async def run() -> str:
        script = (
            "import asyncio, pathlib, sys; from app import migration; "
            f"print(asyncio.run(migration.migrate(sys.argv[1], pathlib.Path(sys.argv[2]), "
            f"models='{MODELS}', migrations='{AFTER}')))"
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, empty_url, str(tmp_path), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        assert process.returncode == 0
        return output.decode().strip()

    assert sorted(await asyncio.gather(run(), run())) == ["['0001_initial', '0002_widen_shelf']", "[]"]


async def test_a_backup_is_made_before_and_the_last_five_are_kept(empty_sqlite: str, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    for number in range(1, 7):
        (backups / f"{number:06d}-before-x.sqlite3").touch()
    await migration.migrate(empty_sqlite, tmp_path, models=MODELS, migrations=BEFORE, stepwise=True)
    await fill(empty_sqlite)
    await migration.migrate(empty_sqlite, tmp_path, models=MODELS, migrations=AFTER)

    kept = sorted(path.name for path in backups.iterdir())
    assert len(kept) == 5
    assert kept[-1] == "000007-before-0002_widen_shelf.sqlite3"
    connection = sqlite3.connect(backups / kept[-1])
    assert connection.execute("SELECT COUNT(*) FROM book").fetchone() == (12,)
    connection.close()


async def test_a_key_that_points_nowhere_is_told(empty_sqlite: str, tmp_path: Path) -> None:
    await migration.migrate(empty_sqlite, tmp_path, models=MODELS, migrations=BEFORE, stepwise=True)
    connection = sqlite3.connect(empty_sqlite.removeprefix("sqlite://"))
    connection.execute("INSERT INTO loan (shelf_id) VALUES (99)")
    connection.commit()
    connection.close()
    with pytest.raises(migration.MigrationError, match="1 foreign keys point nowhere in loan"):
        await migration.migrate(empty_sqlite, tmp_path, models=MODELS, migrations=AFTER)


async def test_migrations_and_models_of_the_shop_agree(empty_sqlite: str) -> None:
    assert await migration.unwritten(empty_sqlite, models=MODELS, migrations=AFTER) == []
    assert len(await migration.unwritten(empty_sqlite, models=MODELS, migrations=BEFORE)) == 1
