"""Documents: what was uploaded or made, where its bytes are, and who opened it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case, Statement
from models.people import User


class DocumentKind(StrEnum):
    """What a document is in its case."""

    RESIDENCE = "residence"
    IDENTITY = "identity"
    EXHIBIT = "exhibit"
    ANSWER = "answer"
    RECEIPT = "receipt"
    NOTICE = "notice"
    MINUTES = "minutes"
    SETTLEMENT = "settlement"
    CALCULATION = "calculation"
    PETITION = "petition"
    PRESENCE = "presence"
    MESSAGE = "message"
    EXCUSE = "excuse"
    """Why a party cannot come to the hearing."""
    PROOF = "proof"
    """Of the service of a notice: a receipt that came back, a page of the official gazette."""
    POWER = "power"
    """Of representation: carta de preposição, procuração, articles."""
    FULFILMENT = "fulfilment"
    """That an obligation of an agreement was fulfilled."""
    KIT = "kit"
    """What is needed to claim an agreement that was not kept in court."""


class Document(Model):
    """One file of a case.

    ``sides`` says who may open it, ``storage_key`` where its bytes are; with ``attached_at`` empty it is
    an upload still in its draft. ``statement`` is the message of the thread that it came with. Once it was
    kept long enough (``erased_at``, by the rule ``erased_under``) its bytes are gone; row and hash stay.
    """

    id = fields.UUIDField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="documents", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    owner: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="documents", null=True, on_delete=OnDelete.RESTRICT
    )
    owner_id: int | None
    statement: fields.ForeignKeyNullableRelation[Statement] = fields.ForeignKeyField(
        "models.Statement", related_name="documents", null=True, on_delete=OnDelete.SET_NULL
    )
    statement_id: int | None
    kind = fields.CharEnumField(DocumentKind, max_length=12)
    sides = fields.CharField(max_length=32)
    filename = fields.CharField(max_length=160)
    media_type = fields.CharField(max_length=40)
    size = fields.BigIntField()
    pages = fields.IntField(db_default=1)
    sha256 = fields.CharField(max_length=64)
    storage_key = fields.CharField(max_length=80)
    at = fields.DatetimeField()
    attached_at: datetime | None = fields.DatetimeField(null=True)
    code = fields.CharField(max_length=20, null=True, unique=True)
    erased_at: datetime | None = fields.DatetimeField(null=True)
    erased_under = fields.CharField(max_length=400, db_default="")

    class Meta:
        table = "document"
        indexes = (("case_id", "at"), ("sha256",))


class DocumentAccess(Model):
    """An opening of a document: who, when, from where (LGPD: each access is logged)."""

    id = fields.BigIntField(primary_key=True)
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "models.Document", related_name="accesses", on_delete=OnDelete.CASCADE
    )
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="accesses", null=True, on_delete=OnDelete.SET_NULL
    )
    at = fields.DatetimeField()
    address = fields.CharField(max_length=45, db_default="")

    class Meta:
        table = "document_access"
        indexes = (("document_id", "user_id", "at"),)
