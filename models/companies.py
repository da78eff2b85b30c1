"""Companies and the people who speak for them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.people import User
from models.rules.representation import PaperAct, PaperKind, PaperState, Power


class Company(Model):
    """A supplier.

    ``cnpj`` is fourteen characters (letters admitted), ``search`` is folded for look-up.
    ``other_names`` are names under which it is also known, one a line. A duplicate is ``merged_into`` the
    company that stays: its cases and people are there, and nobody finds it any more. Its postal address is
    empty, or whole but for the ``complement`` (models.rules.postal).
    """

    id = fields.IntField(primary_key=True)
    cnpj = fields.CharField(max_length=14, unique=True)
    legal_name = fields.CharField(max_length=160)
    trade_name = fields.CharField(max_length=160, db_default="")
    email = fields.CharField(max_length=254, db_default="")
    phone = fields.CharField(max_length=11, db_default="")
    cep = fields.CharField(max_length=8, db_default="")
    street = fields.CharField(max_length=160, db_default="")
    number = fields.CharField(max_length=20, db_default="")
    complement = fields.CharField(max_length=80, db_default="")
    district = fields.CharField(max_length=80, db_default="")
    city = fields.CharField(max_length=80, db_default="")
    uf = fields.CharField(max_length=2, db_default="")
    other_names = fields.TextField(db_default="")
    merged_into: fields.ForeignKeyNullableRelation[Company] = fields.ForeignKeyField(
        "models.Company", related_name="duplicates", null=True, on_delete=OnDelete.RESTRICT
    )
    merged_into_id: int | None
    search = fields.CharField(max_length=340, db_index=True, db_default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "company"


class Paper(Model):
    """A paper of a company's wallet that proves who speaks for it (models.rules.representation).

    ``holder`` is whom it empowers: an account, or until it is accepted a name and an address as typed; nobody
    when articles are kept for themselves. ``may_settle`` and ``valid_until`` are what the company says, and
    after the check what the agency read. ``storage_key`` is where its bytes are, shared with the document
    of a case that it was taken from.
    """

    id = fields.UUIDField(primary_key=True)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField(
        "models.Company", related_name="papers", on_delete=OnDelete.RESTRICT
    )
    company_id: int
    kind = fields.CharEnumField(PaperKind, max_length=12)
    state = fields.CharEnumField(PaperState, max_length=12)
    owner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="papers_sent", on_delete=OnDelete.RESTRICT
    )
    owner_id: int
    holder: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="papers_held", null=True, on_delete=OnDelete.RESTRICT
    )
    holder_id: int | None
    holder_name = fields.CharField(max_length=160, db_default="")
    holder_email = fields.CharField(max_length=254, db_default="")
    may_settle = fields.BooleanField(db_default=False)
    valid_until: date | None = fields.DateField(null=True)
    reason = fields.CharField(max_length=400, db_default="")
    checked_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="papers_checked", null=True, on_delete=OnDelete.RESTRICT
    )
    checked_by_id: int | None
    checked_at: datetime | None = fields.DatetimeField(null=True)
    filename = fields.CharField(max_length=160)
    media_type = fields.CharField(max_length=40)
    size = fields.BigIntField()
    pages = fields.IntField(db_default=1)
    sha256 = fields.CharField(max_length=64)
    storage_key = fields.CharField(max_length=80)
    at = fields.DatetimeField()

    class Meta:
        table = "paper"
        indexes = (("company_id", "state"), ("state", "valid_until"))


class PaperStep(Model):
    """Something done with a paper: its record, its readings included (LGPD art. 37)."""

    id = fields.BigIntField(primary_key=True)
    paper: fields.ForeignKeyRelation[Paper] = fields.ForeignKeyField(
        "models.Paper", related_name="steps", on_delete=OnDelete.CASCADE
    )
    paper_id: UUID
    act = fields.CharEnumField(PaperAct, max_length=12)
    actor: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="paper_steps", null=True, on_delete=OnDelete.RESTRICT
    )
    actor_id: int | None
    text = fields.CharField(max_length=400, db_default="")
    address = fields.CharField(max_length=45, db_default="")
    at = fields.DatetimeField()

    class Meta:
        table = "paper_step"
        indexes = (("paper_id", "id"),)


class Representation(Model):
    """The link of a user to a company: capacity, power to settle, validity.

    ``paper`` proves it; without one a coordinator vouched for it. Once it has ended (``ended_at``) nobody
    speaks for the company by it.
    """

    id = fields.IntField(primary_key=True)
    company: fields.ForeignKeyRelation[Company] = fields.ForeignKeyField(
        "models.Company", related_name="representations", on_delete=OnDelete.CASCADE
    )
    company_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="representations", on_delete=OnDelete.CASCADE
    )
    user_id: int
    power = fields.CharEnumField(Power, max_length=16)
    may_settle = fields.BooleanField()
    valid_until: date | None = fields.DateField(null=True)
    paper: fields.ForeignKeyNullableRelation[Paper] = fields.ForeignKeyField(
        "models.Paper", related_name="representations", null=True, on_delete=OnDelete.RESTRICT
    )
    paper_id: UUID | None
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "representation"
        unique_together = (("company_id", "user_id"),)
        indexes = (("user_id",),)
