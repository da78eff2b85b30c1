"""Standard texts as the agency has worded them: every version, with its author."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.people import User


class StandardText(Model):
    """One version of a kind's words.

    Kinds are those of ``app/data/texts``. ``revision`` counts from 1 without a gap. Without an author it
    is what the municipality's profile says. ``reverted``: back to the original, with the words that were in
    force before. Nothing is deleted.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=40)
    revision = fields.IntField()
    subject = fields.CharField(max_length=200, db_default="")
    paragraphs: Any = fields.JSONField()
    reverted = fields.BooleanField(db_default=False)
    author: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="standard_texts", null=True, on_delete=OnDelete.RESTRICT
    )
    author_id: int | None
    at = fields.DatetimeField()

    class Meta:
        table = "standard_text"
        unique_together = (("kind", "revision"),)
