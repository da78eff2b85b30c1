"""The case, its drafts, its chain of events, and what the parties say and offer in it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.companies import Company
from models.people import User
from models.rules.calls import CallResult
from models.rules.case_machine import State
from models.rules.offers import OfferState
from models.rules.people import Side
from models.taxonomy import Problem


class SolvedBy(StrEnum):
    """What solved a case that was closed as solved."""

    PRELIMINARY = "preliminary"
    CIP = "cip"
    AGREEMENT = "agreement"


class Case(Model):
    """A consumer's case from registration to archive.

    ``state_since`` is when it came into its state; ``version`` is the number of its last event; amounts are
    centavos; ``due_on`` is the last day of the term that runs now and ``due_explanation`` the sentence that
    explains it. What that term is counted from again when the calendar changes, empty for a day that was
    agreed: ``term_act`` (the profile's term), ``term_start`` (the day of its trigger), ``term_trigger`` (the
    event's name), ``term_how`` (how it is known). ``term_calendar`` is the version of the calendar by which
    it was counted. ``relation_here`` is what the consumer said of the purchase's place, None when residence
    was enough.
    """

    id = fields.IntField(primary_key=True)
    protocol = fields.CharField(max_length=16, null=True, unique=True)
    state = fields.CharEnumField(State, max_length=24)
    state_since: datetime | None = fields.DatetimeField(null=True)
    version = fields.IntField(db_default=0)
    consumer: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="cases", on_delete=OnDelete.RESTRICT
    )
    consumer_id: int
    company: fields.ForeignKeyNullableRelation[Company] = fields.ForeignKeyField(
        "models.Company", related_name="cases", null=True, on_delete=OnDelete.RESTRICT
    )
    company_id: int | None
    handler: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="handled_cases", null=True, on_delete=OnDelete.SET_NULL
    )
    handler_id: int | None
    # Registration
    conflict = fields.TextField(db_default="")
    address = fields.CharField(max_length=400, db_default="")
    cep = fields.CharField(max_length=8, db_default="")
    outside_territory = fields.BooleanField(db_default=False)
    relation_here = fields.BooleanField(null=True)
    triage_note = fields.TextField(db_default="")
    # Complaint
    company_name = fields.CharField(max_length=160, db_default="")
    company_cnpj = fields.CharField(max_length=14, db_default="")
    problem: fields.ForeignKeyNullableRelation[Problem] = fields.ForeignKeyField(
        "models.Problem", related_name="cases", null=True, on_delete=OnDelete.RESTRICT
    )
    problem_id: int | None
    facts = fields.TextField(db_default="")
    request = fields.TextField(db_default="")
    occurred_on: date | None = fields.DateField(null=True)
    amount_cents: int | None = fields.BigIntField(null=True)
    # Course
    created_at = fields.DatetimeField()
    submitted_at: datetime | None = fields.DatetimeField(null=True)
    sent_at: datetime | None = fields.DatetimeField(null=True)
    notified_at: datetime | None = fields.DatetimeField(null=True)
    closed_at: datetime | None = fields.DatetimeField(null=True)
    solved_by = fields.CharEnumField(SolvedBy, max_length=12, null=True)
    due_on: date | None = fields.DateField(null=True)
    due_explanation = fields.TextField(db_default="")
    term_act = fields.CharField(max_length=40, db_default="")
    term_start: date | None = fields.DateField(null=True)
    term_trigger = fields.CharField(max_length=40, db_default="")
    term_how = fields.CharField(max_length=80, db_default="")
    term_calendar = fields.CharField(max_length=16, db_default="")
    changed_at = fields.DatetimeField()

    class Meta:
        table = "case_file"
        indexes = (
            ("state", "changed_at", "id"),
            ("consumer_id", "id"),
            ("company_id", "changed_at", "id"),
            ("changed_at", "id"),
        )


class Draft(Model):
    """What a person has typed so far in a form of a case, as typed.

    ``revision`` tells two browsers apart.
    """

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="drafts", on_delete=OnDelete.CASCADE
    )
    case_id: int
    form = fields.CharField(max_length=24)
    revision = fields.IntField(db_default=0)
    values: Any = fields.JSONField()
    saved_at = fields.DatetimeField()

    class Meta:
        table = "draft"
        unique_together = (("case_id", "form"),)


class CaseEvent(Model):
    """One thing that happened in a case: audit entry and outbox in one row.

    ``seq`` counts per case without a gap; ``sides`` is a comma-separated list of who may know;
    ``hash`` = SHA-256 over ``previous`` and the canonical row (see models/events.py).
    """

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="events", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    seq = fields.IntField()
    name = fields.CharField(max_length=40)
    sides = fields.CharField(max_length=32)
    actor: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="acts", null=True, on_delete=OnDelete.RESTRICT
    )
    actor_id: int | None
    facts: Any = fields.JSONField()
    at = fields.DatetimeField()
    previous = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "case_event"
        unique_together = (("case_id", "seq"),)


class StatementKind(StrEnum):
    """What a statement is."""

    ANSWER = "answer"
    REPLY = "reply"
    NOTE = "note"
    MESSAGE = "message"
    RESCHEDULE = "reschedule"


class Statement(Model):
    """What a side says in writing: the company's answer, a reply, a message of the thread, a staff note."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="statements", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    kind = fields.CharEnumField(StatementKind, max_length=12)
    side = fields.CharEnumField(Side, max_length=12)
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="statements", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    text = fields.TextField()
    at = fields.DatetimeField()

    class Meta:
        table = "statement"
        indexes = (("case_id", "id"),)


class CompanyCall(Model):
    """A call of the preliminary attendance, on the record: who called whom, when, and what was said."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="calls", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    caller: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="company_calls", on_delete=OnDelete.RESTRICT
    )
    caller_id: int
    number = fields.CharField(max_length=40)
    spoke_with = fields.CharField(max_length=160)
    said = fields.TextField()
    result = fields.CharEnumField(CallResult, max_length=12)
    at = fields.DatetimeField()

    class Meta:
        table = "company_call"
        indexes = (("case_id", "id"),)


class ThreadBookmark(Model):
    """How far a person has read the thread of a case: ``statement_id`` is the last message seen."""

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="bookmarks", on_delete=OnDelete.CASCADE
    )
    case_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="bookmarks", on_delete=OnDelete.CASCADE
    )
    user_id: int
    statement_id = fields.IntField()
    at = fields.DatetimeField()

    class Meta:
        table = "thread_bookmark"
        unique_together = (("case_id", "user_id"),)


class Offer(Model):
    """A version of what one side offers to the other; its obligations are ``Clause`` rows.

    ``version`` counts the offers of a case, ``text`` is what its author wrote beside the obligations,
    ``expires_on`` the last day on which it can be accepted. ``final_text`` is the text that both sides
    read (``models.rules.offers.settlement_text``) and ``text_hash`` its SHA-256.
    """

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="offers", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    side = fields.CharEnumField(Side, max_length=12)
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="offers", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    version = fields.IntField(db_default=1)
    text = fields.TextField()
    final_text = fields.TextField(db_default="")
    text_hash = fields.CharField(max_length=64, db_default="")
    expires_on: date | None = fields.DateField(null=True)
    state = fields.CharEnumField(OfferState, max_length=12)
    at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "offer"
        indexes = (("case_id", "id"), ("state", "expires_on"))


class Notice(Model):
    """A notice to the company: its code (for the QR), when it was sent and when the company was aware.

    It is the CIP (carta de informações preliminares), or the opening letter of a complaint that was opened
    directly (``opening``).

    Each attempt to serve it is a ``Delivery``. ``aware_at`` is when the company was certainly aware, and only
    from then on there is a term: ``due_on`` (Decreto 2.181/1997, art. 42). ``escalated_to`` is the means that
    the rule asked for last.
    """

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="notices", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    code = fields.CharField(max_length=16, unique=True)
    channel = fields.CharField(max_length=16)
    sent_at = fields.DatetimeField()
    opened_at: datetime | None = fields.DatetimeField(null=True)
    aware_at: datetime | None = fields.DatetimeField(null=True)
    due_on: date | None = fields.DateField(null=True)
    explanation = fields.TextField(db_default="")
    opening = fields.BooleanField(db_default=False)
    escalated_to = fields.CharField(max_length=12, db_default="")

    class Meta:
        table = "notice"
        indexes = (("case_id", "id"),)


class ProtocolCounter(Model):
    """The last protocol number given in a year."""

    id = fields.IntField(primary_key=True)
    year = fields.IntField(unique=True)
    used = fields.IntField()

    class Meta:
        table = "protocol_counter"
