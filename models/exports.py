"""Copies of cases: who asked for one, how far it is, and who took it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case
from models.people import User
from models.rules.people import Side


class ExportState(StrEnum):
    """Where a copy is."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class CaseExport(Model):
    """A copy of a case that somebody asked for, cut to their ``side``, and the log of it for good.

    ``address`` is from where it was asked for; ``progress`` in per cent; ``taken_at`` when it was last
    downloaded, ``taken_from`` to where.
    """

    id = fields.UUIDField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="exports", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="exports", on_delete=OnDelete.RESTRICT
    )
    user_id: int
    side = fields.CharEnumField(Side, max_length=12)
    state = fields.CharEnumField(ExportState, max_length=12)
    progress = fields.IntField(db_default=0)
    asked_at = fields.DatetimeField()
    address = fields.CharField(max_length=45, db_default="")
    ready_at: datetime | None = fields.DatetimeField(null=True)
    storage_key = fields.CharField(max_length=80, db_default="")
    size = fields.BigIntField(db_default=0)
    sha256 = fields.CharField(max_length=64, db_default="")
    taken_at: datetime | None = fields.DatetimeField(null=True)
    taken_from = fields.CharField(max_length=45, db_default="")
    times_taken = fields.IntField(db_default=0)

    class Meta:
        table = "case_export"
        indexes = (("case_id", "user_id", "asked_at"), ("state", "ready_at"))
