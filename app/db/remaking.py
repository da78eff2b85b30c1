"""SQLite's tables, remade by a migration without losing their indexes and UNIQUE constraints (ADR 0005)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tortoise.fields.base import Field
from tortoise.migrations.schema_editor.sqlite import SqliteSchemaEditor
from tortoise.models import Model


@dataclass(frozen=True)
class TableIndex:
    """An index as SQLite tells it; ``sql`` is None for one that a UNIQUE of the table made."""

    columns: tuple[str, ...]
    unique: bool
    sql: str | None


class KeepingSchemaEditor(SqliteSchemaEditor):
    """Tortoise's editor copies columns and rows of a table that it remakes; this one its indexes too.

    Without it a changed column silently takes away, say, that nobody signs a hearing twice.
    """

    async def _remake_table(
        self,
        model: type[Model],
        create_field: Field[Any] | None = None,
        delete_field: Field[Any] | None = None,
        alter_fields: list[tuple[Field[Any], Field[Any]]] | None = None,
    ) -> None:
        table = model._meta.db_table
        before = await self._indexes(table)
        await super()._remake_table(model, create_field, delete_field, alter_fields)
        there = {(index.columns, index.unique) for index in await self._indexes(table)}
        columns = {row["name"] for row in await self._told(f'PRAGMA table_info("{table}")')}
        dropped = {
            (old.source_field or old.model_field_name)
            for old, new in alter_fields or ()
            if old.index and not new.index
        }
        for index in before:
            if (index.columns, index.unique) in there or not columns.issuperset(index.columns):
                continue
            # What one column alone has is said by its field, which the remade table follows
            if len(index.columns) == 1 and (index.unique or index.columns[0] in dropped):
                continue
            await self._run_sql(index.sql or self._unique_sql(model, index.columns))

    def _unique_sql(self, model: type[Model], columns: tuple[str, ...]) -> str:
        return self.UNIQUE_INDEX_CREATE_TEMPLATE.format(
            index_name=self._generate_index_name("uid", model, list(columns)),
            table_name=self._qualify_table_name(model._meta.db_table, model._meta.schema),
            fields=", ".join(self.quote(column) for column in columns),
            extra="",
        )

    async def _indexes(self, table: str) -> list[TableIndex]:
        """The indexes of a table but that of its primary key."""
        found = []
        for row in await self._told(f'PRAGMA index_list("{table}")'):
            if row["origin"] == "pk":
                continue
            columns = await self._told(f'PRAGMA index_info("{row["name"]}")')
            (source,) = await self._told("SELECT sql FROM sqlite_master WHERE name = ?", [row["name"]])
            found.append(
                TableIndex(tuple(column["name"] for column in columns), bool(row["unique"]), source["sql"])
            )
        return found

    async def _told(self, sql: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        _, rows = await self.client.execute_query(sql, values)
        return [dict(row) for row in rows]
