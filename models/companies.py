"""Companies and the people who speak for them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.people import User


class Power(StrEnum):
    """In which capacity a person speaks for a company."""

    OWNER = "owner"
    AGENT = "agent"
    LAWYER = "lawyer"


class Company(Model):
    """A supplier.

    ``cnpj`` is fourteen characters (letters admitted), ``search`` is folded for look-up.
    ``other_names`` are names under which it is also known, one a line. A duplicate is ``merged_into`` the
    company that stays: its cases and people are there, and nobody finds it any more.
    """

    id = fields.IntField(primary_key=True)
    cnpj = fields.CharField(max_length=14, unique=True)
    legal_name = fields.CharField(max_length=160)
    trade_name = fields.CharField(max_length=160, db_default="")
    email = fields.CharField(max_length=254, db_default="")
    phone = fields.CharField(max_length=11, db_default="")
    other_names = fields.TextField(db_default="")
    merged_into: fields.ForeignKeyNullableRelation[Company] = fields.ForeignKeyField(
        "models.Company", related_name="duplicates", null=True, on_delete=OnDelete.RESTRICT
    )
    merged_into_id: int | None
    search = fields.CharField(max_length=340, db_index=True, db_default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "company"


class Representation(Model):
    """The link of a user to a company: capacity, power to settle, validity."""

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

    class Meta:
        table = "representation"
        unique_together = (("company_id", "user_id"),)
