"""When people can be in hearings: working hours, absences, offered slots, blocks, and what is taken."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case, Statement
from models.companies import Company
from models.hearings import Hearing
from models.people import User
from models.rules.people import Side
from models.rules.rescheduling import RequestState


class WorkingHours(Model):
    """A shift in a mediator's week, in minutes after midnight.

    Without any, the agency's hours hold.
    """

    id = fields.IntField(primary_key=True)
    mediator: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="working_hours", on_delete=OnDelete.CASCADE
    )
    mediator_id: int
    weekday = fields.IntField()
    opens = fields.IntField()
    closes = fields.IntField()

    class Meta:
        table = "working_hours"
        unique_together = (("mediator_id", "weekday", "opens"),)


class AbsenceKind(StrEnum):
    """Why a mediator is away."""

    VACATION = "vacation"
    LEAVE = "leave"
    TRAINING = "training"
    OTHER = "other"


class Absence(Model):
    """Time in which a mediator holds no hearings. Taken back, it stays with ``revoked_at``."""

    id = fields.IntField(primary_key=True)
    mediator: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="absences", on_delete=OnDelete.CASCADE
    )
    mediator_id: int
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    kind = fields.CharEnumField(AbsenceKind, max_length=12)
    note = fields.CharField(max_length=160, db_default="")
    added_by: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="added_absences", on_delete=OnDelete.RESTRICT
    )
    added_by_id: int
    added_at = fields.DatetimeField()
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "absence"
        indexes = (("mediator_id", "ends_at"),)


class OfferedState(StrEnum):
    """What became of a slot that was offered; GONE: somebody else took it first."""

    OPEN = "open"
    TAKEN = "taken"
    GONE = "gone"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class OfferedSlot(Model):
    """A slot among which a consumer chooses, until ``expires_at``.

    ``held``: nobody else gets it meanwhile; else the first who takes it has it. ``offered_by`` is empty when
    the rule of the profile offered it.
    """

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="offered_slots", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    mediator: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="offered_slots", on_delete=OnDelete.RESTRICT
    )
    mediator_id: int
    starts_at = fields.DatetimeField()
    minutes = fields.IntField()
    room = fields.IntField()
    held = fields.BooleanField(db_default=False)
    state = fields.CharEnumField(OfferedState, max_length=12)
    offered_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="slots_offered", null=True, on_delete=OnDelete.RESTRICT
    )
    offered_by_id: int | None
    offered_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "offered_slot"
        indexes = (("case_id", "state"), ("state", "expires_at"), ("state", "starts_at"))


class RescheduleRequest(Model):
    """A party asks for another day of its hearing.

    ``statement`` is the reason, to which papers belong. ``decided_by`` is empty until staff answers, and
    where another act settled it.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="reschedule_requests", on_delete=OnDelete.RESTRICT
    )
    hearing_id: int
    statement: fields.ForeignKeyRelation[Statement] = fields.ForeignKeyField(
        "models.Statement", related_name="reschedule_requests", on_delete=OnDelete.RESTRICT
    )
    statement_id: int
    side = fields.CharEnumField(Side, max_length=12)
    state = fields.CharEnumField(RequestState, max_length=12)
    at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="decided_requests", null=True, on_delete=OnDelete.RESTRICT
    )
    decided_by_id: int | None

    class Meta:
        table = "reschedule_request"
        indexes = (("hearing_id", "state"),)


class HearingBlock(Model):
    """Hearings of one company in a row, with one person who speaks for it in all of them.

    ``invitation`` is the SEQUENCE of the block's calendar entry (RFC 5545).
    """

    id = fields.IntField(primary_key=True)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField(
        "models.Company", related_name="blocks", on_delete=OnDelete.RESTRICT
    )
    company_id: int
    mediator: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="blocks", on_delete=OnDelete.RESTRICT
    )
    mediator_id: int
    agent: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="represented_blocks", on_delete=OnDelete.RESTRICT
    )
    agent_id: int
    invitation = fields.IntField(db_default=0)
    booked_by: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="booked_blocks", on_delete=OnDelete.RESTRICT
    )
    booked_by_id: int
    booked_at = fields.DatetimeField()

    class Meta:
        table = "hearing_block"
        indexes = (("company_id", "id"),)


class SlotClaim(Model):
    """Five minutes of something that only one hearing can have: a mediator, a person, a room.

    The unique pair is what decides between two who book at one moment, whatever the code before it saw.
    A held offer claims too, as ``offered``.
    """

    id = fields.BigIntField(primary_key=True)
    resource = fields.CharField(max_length=32)
    at = fields.DatetimeField()
    hearing: fields.ForeignKeyNullableRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="claims", null=True, on_delete=OnDelete.CASCADE
    )
    hearing_id: Any
    offered: fields.ForeignKeyNullableRelation[OfferedSlot] = fields.ForeignKeyField(
        "models.OfferedSlot", related_name="claims", null=True, on_delete=OnDelete.CASCADE
    )
    offered_id: Any

    class Meta:
        table = "slot_claim"
        unique_together = (("resource", "at"),)
        indexes = (("hearing_id",), ("offered_id",))
