"""Parents and children as they are after the second migration."""

from __future__ import annotations

from typing import ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Shelf(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200)
    place = fields.CharField(max_length=20, db_default="hall")

    class Meta:
        table = "shelf"


class Tag(Model):
    id = fields.IntField(primary_key=True)
    word = fields.CharField(max_length=40)
    language = fields.CharField(max_length=5, db_default="pt")

    class Meta:
        table = "tag"
        unique_together = (("word", "language"),)
        indexes = (Index(fields=["language", "id"]),)


class Book(Model):
    """Goes with its shelf."""

    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=100)
    shelf: fields.ForeignKeyRelation[Shelf] = fields.ForeignKeyField(
        "models.Shelf", related_name="books", on_delete=fields.CASCADE
    )
    tags: fields.ManyToManyRelation[Tag] = fields.ManyToManyField(
        "models.Tag", related_name="books", through="book_tag"
    )

    class Meta:
        table = "book"


class Loan(Model):
    """Keeps its shelf from going."""

    id = fields.IntField(primary_key=True)
    shelf: fields.ForeignKeyRelation[Shelf] = fields.ForeignKeyField(
        "models.Shelf", related_name="loans", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "loan"


__models__: ClassVar = [Shelf, Tag, Book, Loan]
