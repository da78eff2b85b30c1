"""How a notice was served: each attempt, each step with its proof, and who took a case over by its code."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case, Notice
from models.companies import Company
from models.documents import Document
from models.people import User
from models.rules.delivery import Channel, DeliveryStatus
from models.rules.representation import Power


class Delivery(Model):
    """One attempt to serve a notice by one means.

    ``status`` is that of its last step, ``address`` where it went, ``tracking`` the post's number, and
    ``message_id`` the e-mail's, by which a bounce finds it. Nothing is deleted: the ledger is evidence.
    """

    id = fields.IntField(primary_key=True)
    notice: fields.ForeignKeyRelation[Notice] = fields.ForeignKeyField(
        "models.Notice", related_name="deliveries", on_delete=OnDelete.RESTRICT
    )
    notice_id: int
    channel = fields.CharEnumField(Channel, max_length=12)
    status = fields.CharEnumField(DeliveryStatus, max_length=12)
    address = fields.CharField(max_length=400, db_default="")
    tracking = fields.CharField(max_length=40, db_default="")
    message_id = fields.CharField(max_length=160, null=True, unique=True)

    class Meta:
        table = "delivery"
        indexes = (("notice_id", "id"),)


class DeliveryStep(Model):
    """A step of an attempt: when it happened (``at``), when and by whom it was written down, its proof."""

    id = fields.IntField(primary_key=True)
    delivery: fields.ForeignKeyRelation[Delivery] = fields.ForeignKeyField(
        "models.Delivery", related_name="steps", on_delete=OnDelete.RESTRICT
    )
    delivery_id: int
    status = fields.CharEnumField(DeliveryStatus, max_length=12)
    at = fields.DatetimeField()
    recorded_at = fields.DatetimeField()
    recorded_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="delivery_steps", null=True, on_delete=OnDelete.RESTRICT
    )
    recorded_by_id: int | None
    note = fields.CharField(max_length=400, db_default="")
    document: fields.ForeignKeyNullableRelation[Document] = fields.ForeignKeyField(
        "models.Document", related_name="delivery_steps", null=True, on_delete=OnDelete.RESTRICT
    )
    document_id: UUID | None

    class Meta:
        table = "delivery_step"
        indexes = (("delivery_id", "id"),)


class Claim(Model):
    """A person who took one case over with the notice's code and the company's CNPJ.

    While it is open (``decided_at`` empty) it opens that case and no other; once staff accepts the proof of
    representation, a ``Representation`` takes its place.
    """

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="claims", on_delete=OnDelete.CASCADE
    )
    case_id: int
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField(
        "models.Company", related_name="claims", on_delete=OnDelete.CASCADE
    )
    company_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="claims", on_delete=OnDelete.CASCADE
    )
    user_id: int
    power = fields.CharEnumField(Power, max_length=16)
    at = fields.DatetimeField()
    decided_at: datetime | None = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="decided_claims", null=True, on_delete=OnDelete.RESTRICT
    )
    decided_by_id: int | None
    accepted = fields.BooleanField(db_default=False)
    reason = fields.CharField(max_length=400, db_default="")

    class Meta:
        table = "claim"
        unique_together = (("case_id", "user_id"),)
        indexes = (("user_id", "decided_at"),)
