"""The agency's calendar as its people keep it: what the library of holidays does not know."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.people import User


class DayKind(StrEnum):
    """What a decree makes of its days; WORKING takes back a holiday of the list."""

    HOLIDAY = "holiday"
    OPTIONAL = "optional"
    SUSPENSION = "suspension"
    WORKING = "working"


class CalendarDay(Model):
    """Days set by the coordinator, both ends included, with the decree that says so.

    ``file_key`` is where the published decree is kept, empty for none. Nothing is deleted: a day that was
    taken back has ``revoked_at``, so that an old count can be explained.
    """

    id = fields.IntField(primary_key=True)
    first_day = fields.DateField()
    last_day = fields.DateField()
    kind = fields.CharEnumField(DayKind, max_length=12)
    name = fields.CharField(max_length=120)
    decree = fields.CharField(max_length=160)
    file_key = fields.CharField(max_length=80, db_default="")
    file_name = fields.CharField(max_length=160, db_default="")
    file_type = fields.CharField(max_length=40, db_default="")
    file_sha256 = fields.CharField(max_length=64, db_default="")
    file_size = fields.BigIntField(db_default=0)
    added_by: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="calendar_days", on_delete=OnDelete.RESTRICT
    )
    added_by_id: int
    added_at = fields.DatetimeField()
    revoked_at: datetime | None = fields.DatetimeField(null=True)
    revoked_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="revoked_calendar_days", null=True, on_delete=OnDelete.RESTRICT
    )
    revoked_by_id: int | None

    class Meta:
        table = "calendar_day"
        indexes = (("first_day", "last_day"),)


class CalendarYear(Model):
    """A year whose calendar the coordinator has looked through and confirmed."""

    id = fields.IntField(primary_key=True)
    year = fields.IntField(unique=True)
    confirmed_by: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="calendar_years", on_delete=OnDelete.RESTRICT
    )
    confirmed_by_id: int
    confirmed_at = fields.DatetimeField()

    class Meta:
        table = "calendar_year"
