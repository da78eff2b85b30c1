"""Attendances of the agency and their steps, and the tickets of the counter's queue."""

from __future__ import annotations

from datetime import date, datetime

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case
from models.people import User
from models.rules.attendance import Act, Channel, Kind, Stage
from models.rules.tickets import Line, TicketState
from models.taxonomy import Problem


class Attendance(Model):
    """One contact in which the agency serves somebody (models.rules.attendance).

    ``citizen`` is an account, or empty with ``name`` as it was said; ``client_key`` is what a browser that
    lost its line calls it, so that it arrives once; ``code`` lets the citizen go on at home; ``body`` is a
    code of ``app/data/bodies.toml``.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharEnumField(Kind, max_length=16)
    stage = fields.CharEnumField(Stage, max_length=16)
    channel = fields.CharEnumField(Channel, max_length=12)
    citizen: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="attendances", null=True, on_delete=OnDelete.RESTRICT
    )
    citizen_id: int | None
    name = fields.CharField(max_length=160, db_default="")
    company_name = fields.CharField(max_length=160, db_default="")
    attendant: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="attended", null=True, on_delete=OnDelete.SET_NULL
    )
    attendant_id: int | None
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="attendances", null=True, on_delete=OnDelete.RESTRICT
    )
    case_id: int | None
    problem: fields.ForeignKeyNullableRelation[Problem] = fields.ForeignKeyField(
        "models.Problem", related_name="attendances", null=True, on_delete=OnDelete.RESTRICT
    )
    problem_id: int | None
    question = fields.TextField()
    answer = fields.TextField(db_default="")
    body = fields.CharField(max_length=24, db_default="")
    rating: int | None = fields.SmallIntField(null=True)
    rating_text = fields.TextField(db_default="")
    client_key = fields.CharField(max_length=64, null=True, unique=True)
    code = fields.CharField(max_length=16, null=True, unique=True)
    created_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()

    class Meta:
        table = "attendance"
        indexes = (("stage", "created_at"), ("citizen_id", "id"), ("case_id",))


class AttendanceStep(Model):
    """Something done to an attendance: its record."""

    id = fields.IntField(primary_key=True)
    attendance: fields.ForeignKeyRelation[Attendance] = fields.ForeignKeyField(
        "models.Attendance", related_name="steps", on_delete=OnDelete.CASCADE
    )
    attendance_id: int
    act = fields.CharEnumField(Act, max_length=16)
    actor: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="attendance_steps", on_delete=OnDelete.RESTRICT
    )
    actor_id: int
    text = fields.TextField(db_default="")
    at = fields.DatetimeField()

    class Meta:
        table = "attendance_step"
        indexes = (("attendance_id", "id"),)


class Ticket(Model):
    """A place in the counter's line, numbered anew each day and per line."""

    id = fields.IntField(primary_key=True)
    day: date = fields.DateField()
    line = fields.CharEnumField(Line, max_length=12)
    number = fields.IntField()
    state = fields.CharEnumField(TicketState, max_length=12)
    desk = fields.CharField(max_length=12, db_default="")
    attendant: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="tickets", null=True, on_delete=OnDelete.SET_NULL
    )
    attendant_id: int | None
    calls = fields.IntField(db_default=0)
    issued_at = fields.DatetimeField()
    called_at: datetime | None = fields.DatetimeField(null=True)
    started_at: datetime | None = fields.DatetimeField(null=True)
    finished_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "ticket"
        unique_together = (("day", "line", "number"),)
        indexes = (("day", "state"),)
