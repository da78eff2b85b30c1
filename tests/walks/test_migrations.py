"""The migrations, one after the other, make exactly the tables that the models describe and that an empty
database gets at once (ADR 0081), and lose nothing of what was in the tables on the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from tortoise.migrations.operations import RunPython

from app import db, migration
from models import migrations
from tests.walks import old_offers

FOLDER = Path(migrations.__file__).parent
OFFERS = "0023_negotiation_and_watch"


async def test_models_and_migrations_agree(sqlite_url: str) -> None:
    assert [writer.operations for writer in await migration.unwritten(sqlite_url)] == []


SQLITE_FACTS = """
    SELECT t.name AS tbl, 'column' AS kind, c.name AS what,
           upper(c.type) || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '-') AS how
      FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'
    UNION ALL
    SELECT t.name, CASE i."unique" WHEN 1 THEN 'unique' ELSE 'index' END,
           (SELECT group_concat(x.name, ',')
              FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) x), ''
      FROM sqlite_master t, pragma_index_list(t.name) i WHERE t.type = 'table'
    UNION ALL
    SELECT t.name, 'key', k."from", k."table" || ' ' || k.on_delete
      FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'
"""

POSTGRES_FACTS = """
    SELECT table_name::text AS tbl, 'column' AS kind, column_name::text AS what,
           concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default) AS how
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT i.indrelid::regclass::text, CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END,
           (SELECT string_agg(a.attname, ',' ORDER BY k.place)
              FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number), ''
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT k.conrelid::regclass::text, 'key',
           (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]),
           k.confrelid::regclass::text || ' ' || k.confdeltype::text
      FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""


async def facts(url: str) -> set[tuple[str, ...]]:
    """What a database says of its tables: columns, indexes, UNIQUE and foreign keys, whatever their names."""
    await db.connect(url)
    found = await db.rows(SQLITE_FACTS if db.dialect() == "sqlite" else POSTGRES_FACTS)
    await db.close()
    return {
        tuple(str(value) for value in dict(row).values()) for row in found if "migrations" not in row["tbl"]
    }


async def grown(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that came up step by step and was in use before the migration of offers."""
    module = import_module(f"models.migrations.{OFFERS}").Migration
    monkeypatch.setattr(module, "operations", [RunPython(old_offers.fill), *module.operations])
    assert await migration.migrate(url, folder, stepwise=True) == names()


@pytest.mark.timeout(300)
async def test_step_by_step_sqlite_has_the_tables_that_an_empty_database_gets(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite://{tmp_path / 'grown.sqlite3'}"
    await grown(url, tmp_path, monkeypatch)
    assert await facts(url) ^ await facts(sqlite_url) == set()
    assert await migration.pending(url) == await migration.pending(sqlite_url) == []
    await old_offers.are_intact(url)


@pytest.mark.servers
@pytest.mark.timeout(300)
async def test_step_by_step_postgres_has_the_tables_that_an_empty_database_gets(
    postgres_url: str, empty_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grown(empty_postgres, tmp_path, monkeypatch)
    assert await facts(empty_postgres) ^ await facts(postgres_url) == set()
    assert await migration.pending(empty_postgres) == await migration.pending(postgres_url) == []
    await old_offers.are_intact(empty_postgres)


@pytest.mark.parametrize("left", ["DROP TABLE tortoise_migrations", "DELETE FROM tortoise_migrations"])
async def test_a_beginning_that_was_cut_off_is_begun_again(
    sqlite_url: str, tmp_path: Path, left: str
) -> None:
    file = sqlite_url.removeprefix("sqlite://")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(left)
        connection.execute("DROP TABLE seat_quality")
        connection.commit()
    assert await migration.migrate(sqlite_url, tmp_path) == names()
    assert await migration.pending(sqlite_url) == []
    assert any(fact[0] == "seat_quality" for fact in await facts(sqlite_url))


def names() -> list[str]:
    """Those of all migrations, in order."""
    return sorted(file.stem for file in FOLDER.glob("0*.py"))


def test_the_migrations_are_one_chain() -> None:
    for before, name in pairwise(names()):
        module = import_module(f"models.migrations.{name}")
        assert module.Migration.dependencies == [("models", before)], name
