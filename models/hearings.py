"""The hearing: room, seats, chat and signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case
from models.documents import Document
from models.people import User
from models.rules.consultation import CallAnswer, ConsultationState
from models.rules.hearing import Audience, HearingState, Outcome, SeatMode, SeatRole
from models.rules.outcomes import Cause
from models.signing import SignedText


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
    ``floor`` is the seat that was given the word, ``spotlight`` the one shown large to everybody.
    ``holds`` says that the hearing holds itself when a party drops.
    ``counting_from`` is when the countdown to the opening began.
    ``exhibit`` is the document that is open for everybody, at ``exhibit_page``.
    ``room`` is the virtual room's number in the profile, from 1. ``agent`` is the company's person where one
    is named, as in a ``block`` of its hearings.
    ``captions``: what is said is made into text, which is shown and kept nowhere.
    ``cause`` is why it was not held. ``record`` is the text of the minutes: its paragraphs, joined.
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
    cause: Cause | None = fields.CharEnumField(  # type: ignore[assignment]  # the stub forgets null
        Cause, max_length=16, null=True
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
    floor: int | None = fields.IntField(null=True)
    spotlight: int | None = fields.IntField(null=True)
    holds = fields.BooleanField(db_default=True)
    counting_from: datetime | None = fields.DatetimeField(null=True)
    exhibit: fields.ForeignKeyNullableRelation[Document] = fields.ForeignKeyField(
        "models.Document", related_name="shown_in", null=True, on_delete=OnDelete.SET_NULL
    )
    exhibit_id: Any
    exhibit_page = fields.IntField(db_default=1)
    room = fields.IntField(db_default=0)
    agent: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="represented_hearings", null=True, on_delete=OnDelete.SET_NULL
    )
    agent_id: int | None
    block: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "models.HearingBlock", related_name="hearings", null=True, on_delete=OnDelete.SET_NULL
    )
    block_id: int | None
    captions = fields.BooleanField(db_default=False)

    class Meta:
        table = "hearing"
        indexes = (("mediator_id", "starts_at"), ("state", "starts_at"), ("starts_at",), ("case_id", "id"))


class Seat(Model):
    """A person's place in a hearing.

    Its state is derived by ``models.rules.hearing.seat_state``.
    ``generation`` numbers its live connections: a message of an older one is ignored. ``device`` is the
    browser of the newest one; ``seen_at`` its last sign of life.
    ``rules_version`` is the version of the house rules that the person accepted.
    ``mode`` is the step of the ladder on which the seat takes part; ``mode_chosen`` when a person chose it.
    ``consultation`` is the private room in which the person is now.
    ``email`` is where a guest's link was sent, empty for everybody else.
    ``silent`` says whether no sound arrived from it when that was last measured.
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
    hand_raised_at: datetime | None = fields.DatetimeField(null=True)
    identified_at: datetime | None = fields.DatetimeField(null=True)
    rules_version = fields.CharField(max_length=16, db_default="")
    mode = fields.CharEnumField(SeatMode, max_length=8, db_default=SeatMode.VIDEO.value)
    mode_chosen = fields.BooleanField(db_default=False)
    silent: bool | None = fields.BooleanField(null=True)  # type: ignore[assignment]  # the stub forgets null
    consultation: fields.ForeignKeyNullableRelation[Consultation] = fields.ForeignKeyField(
        "models.Consultation", related_name="seats", null=True, on_delete=OnDelete.SET_NULL
    )
    consultation_id: int | None
    email = fields.CharField(max_length=254, db_default="")

    class Meta:
        table = "seat"
        unique_together = (("hearing_id", "user_id"),)
        indexes = (("user_id",), ("consultation_id",), ("connected", "seen_at"))


class SeatLink(Model):
    """A personal link to a seat, good for one use and kept as a hash."""

    id = fields.IntField(primary_key=True)
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name="links", on_delete=OnDelete.CASCADE
    )
    seat_id: int
    token_hash = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "seat_link"
        indexes = (("seat_id", "used_at"),)


class Consultation(Model):
    """A private room within a hearing.

    Who was called is in ``members``. Who is in it now has it as ``Seat.consultation``.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="consultations", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    state = fields.CharEnumField(ConsultationState, max_length=12)
    opened_by: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="consultations", on_delete=OnDelete.RESTRICT
    )
    opened_by_id: int
    invited_at = fields.DatetimeField()
    began_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "consultation"
        indexes = (("hearing_id", "state"), ("state", "invited_at"))


class ConsultationMember(Model):
    """Somebody called into a private room, and what became of it."""

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = fields.ForeignKeyField(
        "models.Consultation", related_name="members", on_delete=OnDelete.CASCADE
    )
    consultation_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name="calls", on_delete=OnDelete.CASCADE
    )
    seat_id: int
    answer = fields.CharEnumField(CallAnswer, max_length=12)
    at = fields.DatetimeField()

    class Meta:
        table = "consultation_member"
        unique_together = (("consultation_id", "seat_id"),)
        indexes = (("seat_id", "answer"),)


class HearingMessage(Model):
    """A line of the hearing's chat, kept in its record.

    A line to the mediator or in a private room is read by those alone; the record keeps its time and people.
    """

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
    audience = fields.CharEnumField(Audience, max_length=12, db_default=Audience.ALL.value)
    consultation: fields.ForeignKeyNullableRelation[Consultation] = fields.ForeignKeyField(
        "models.Consultation", related_name="messages", null=True, on_delete=OnDelete.SET_NULL
    )
    consultation_id: int | None

    class Meta:
        table = "hearing_message"
        indexes = (("hearing_id", "id"), ("consultation_id",))


class Signature(SignedText):
    """A signature with its evidence: who, in which role, when, from where, over which hash, confirmed how."""

    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="signatures", on_delete=OnDelete.RESTRICT
    )
    hearing_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="signatures", on_delete=OnDelete.RESTRICT
    )

    class Meta:
        table = "signature"
        unique_together = (("hearing_id", "user_id"),)
