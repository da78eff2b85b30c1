"""Tasks of the agency's people around hearings, and what they write with somebody who is stuck."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.hearings import Hearing, Seat
from models.people import User
from models.rules.alerts import AlertKind, Resolution


class Alert(Model):
    """Something that is wrong in a hearing, as a task.

    ``standing`` is unique and names the condition while it stands, so that it is raised once; it may stand
    longer than the task is open. ``note`` is how somebody resolved it.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="alerts", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    seat: fields.ForeignKeyNullableRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name="alerts", null=True, on_delete=OnDelete.CASCADE
    )
    seat_id: int | None
    kind = fields.CharEnumField(AlertKind, max_length=20)
    standing: str | None = fields.CharField(  # type: ignore[assignment]  # the stub forgets null
        max_length=64, unique=True, null=True
    )
    raised_at = fields.DatetimeField()
    taken_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="alerts_taken", null=True, on_delete=OnDelete.SET_NULL
    )
    taken_by_id: int | None
    taken_at: datetime | None = fields.DatetimeField(null=True)
    resolved_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="alerts_resolved", null=True, on_delete=OnDelete.SET_NULL
    )
    resolved_by_id: int | None
    resolved_at: datetime | None = fields.DatetimeField(null=True)
    resolution: Resolution | None = fields.CharEnumField(  # type: ignore[assignment]  # the stub forgets null
        Resolution, max_length=12, null=True
    )
    note = fields.CharField(max_length=300, db_default="")

    class Meta:
        table = "alert"
        indexes = (("hearing_id", "id"), ("resolved_at", "raised_at"))


class HelpMessage(Model):
    """A line between somebody who is stuck and the agency, which is no part of the record."""

    id = fields.IntField(primary_key=True)
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name="help_messages", on_delete=OnDelete.CASCADE
    )
    seat_id: int
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="help_messages", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    text = fields.CharField(max_length=1000)
    at = fields.DatetimeField()

    class Meta:
        table = "help_message"
        indexes = (("seat_id", "id"), ("at",))
