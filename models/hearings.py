"""The hearing: room, seats, chat, minutes, clauses and signatures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case
from models.documents import Document
from models.people import User
from models.rules.agreement import ClauseKind, ClauseState
from models.rules.hearing import HearingState, Outcome, SeatRole


class MediaProcess(Model):
    """A process that forwards media, alive while ``seen_at`` is fresh.

    ``door`` is the address of its control door, ``name`` is its own from start to end: a process that was
    started again is another one.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=64, unique=True)
    door = fields.CharField(max_length=200)
    started_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    rooms = fields.IntField(db_default=0)
    seats = fields.IntField(db_default=0)

    class Meta:
        table = "media_process"
        indexes = (("seen_at",),)


class Hearing(Model):
    """A conciliation hearing of a case.

    ``invitation`` is the SEQUENCE of its calendar entry (RFC 5545).
    When the text is frozen, ``final_text`` is what is signed and ``text_hash`` its SHA-256.
    ``media_process`` forwards its room, empty until somebody enters.
    """

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="hearings", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    mediator: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="hearings", on_delete=OnDelete.RESTRICT
    )
    mediator_id: int
    starts_at = fields.DatetimeField()
    minutes = fields.IntField()
    state = fields.CharEnumField(HearingState, max_length=16)
    invitation = fields.IntField(db_default=0)
    opened_at: datetime | None = fields.DatetimeField(null=True)
    closed_at: datetime | None = fields.DatetimeField(null=True)
    outcome: Outcome | None = fields.CharEnumField(  # type: ignore[assignment]  # the stub forgets null
        Outcome, max_length=24, null=True
    )
    record = fields.TextField(db_default="")
    record_revision = fields.IntField(db_default=0)
    final_text = fields.TextField(db_default="")
    text_hash = fields.CharField(max_length=64, db_default="")
    frozen_at: datetime | None = fields.DatetimeField(null=True)
    sealed: fields.ForeignKeyNullableRelation[Document] = fields.ForeignKeyField(
        "models.Document", related_name="sealed_hearings", null=True, on_delete=OnDelete.RESTRICT
    )
    sealed_id: Any
    media_process: fields.ForeignKeyNullableRelation[MediaProcess] = fields.ForeignKeyField(
        "models.MediaProcess", related_name="hearings", null=True, on_delete=OnDelete.SET_NULL
    )
    media_process_id: int | None

    class Meta:
        table = "hearing"
        indexes = (("mediator_id", "starts_at"), ("state", "starts_at"), ("case_id", "id"))


class Seat(Model):
    """A person's place in a hearing.

    Its state is derived by ``models.rules.hearing.seat_state``.
    ``generation`` numbers its live connections: a message of an older one is ignored. ``device`` is the
    browser of the newest one; ``seen_at`` its last sign of life.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="seats", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="seats", on_delete=OnDelete.RESTRICT
    )
    user_id: int
    role = fields.CharEnumField(SeatRole, max_length=12)
    may_sign = fields.BooleanField()
    admitted = fields.BooleanField(db_default=False)
    muted = fields.BooleanField(db_default=False)
    connected = fields.BooleanField(db_default=False)
    generation = fields.IntField(db_default=0)
    entered_at: datetime | None = fields.DatetimeField(null=True)
    seen_at: datetime | None = fields.DatetimeField(null=True)
    device = fields.CharField(max_length=200, db_default="")
    device_check: Any = fields.JSONField(null=True)

    class Meta:
        table = "seat"
        unique_together = (("hearing_id", "user_id"),)


class HearingMessage(Model):
    """A line of the hearing's chat, kept in its record."""

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="messages", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="messages", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    text = fields.CharField(max_length=1000)
    at = fields.DatetimeField()

    class Meta:
        table = "hearing_message"
        indexes = (("hearing_id", "id"),)


class Clause(Model):
    """A clause of the agreement.

    Both parties accept it before it can be frozen.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="clauses", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    number = fields.IntField()
    kind = fields.CharEnumField(ClauseKind, max_length=12)
    debtor = fields.CharEnumField(SeatRole, max_length=12)
    text = fields.TextField()
    amount_cents: int | None = fields.BigIntField(null=True)
    instalments = fields.IntField(db_default=1)
    due_on: date | None = fields.DateField(null=True)
    state = fields.CharEnumField(ClauseState, max_length=12)
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="clauses", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    consumer_accepted_at: datetime | None = fields.DatetimeField(null=True)
    company_accepted_at: datetime | None = fields.DatetimeField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "clause"
        unique_together = (("hearing_id", "number"),)


class Signature(Model):
    """A signature with its evidence: who, in which role, when, from where, over which hash, confirmed how."""

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="signatures", on_delete=OnDelete.RESTRICT
    )
    hearing_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="signatures", on_delete=OnDelete.RESTRICT
    )
    user_id: int
    role = fields.CharEnumField(SeatRole, max_length=12)
    text_hash = fields.CharField(max_length=64)
    method = fields.CharField(max_length=24)
    address = fields.CharField(max_length=45)
    device = fields.CharField(max_length=200)
    at = fields.DatetimeField()

    class Meta:
        table = "signature"
        unique_together = (("hearing_id", "user_id"),)
