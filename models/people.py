"""Accounts, their sessions, and the codes that prove an e-mail address or confirm a signature."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.rules.people import Role


class User(Model):
    """A person with an account.

    ``cpf`` is eleven digits, unique, and absent for company users. A citizen who was registered
    at the counter may have no ``email`` yet; nobody signs in to such an account before it is claimed.
    """

    id = fields.IntField(primary_key=True)
    role = fields.CharEnumField(Role, max_length=16)
    name = fields.CharField(max_length=160)
    email = fields.CharField(max_length=254, null=True, unique=True)
    cpf = fields.CharField(max_length=11, null=True, unique=True)
    phone = fields.CharField(max_length=11, db_default="")
    password_hash = fields.CharField(max_length=255)
    email_confirmed_at: datetime | None = fields.DatetimeField(null=True)
    disabled_at: datetime | None = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    # Where a consumer lives; copied into each case when it is submitted.
    cep = fields.CharField(max_length=8, db_default="")
    street = fields.CharField(max_length=160, db_default="")
    number = fields.CharField(max_length=20, db_default="")
    complement = fields.CharField(max_length=80, db_default="")
    district = fields.CharField(max_length=80, db_default="")
    city = fields.CharField(max_length=80, db_default="")
    uf = fields.CharField(max_length=2, db_default="")

    class Meta:
        table = "user_account"
        indexes = (("role",),)


class Session(Model):
    """A signed-in browser.

    Only the SHA-256 of its token is kept, so a stolen table opens nothing.
    """

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=OnDelete.CASCADE
    )
    user_id: int
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    address = fields.CharField(max_length=45, db_default="")
    device = fields.CharField(max_length=200, db_default="")

    class Meta:
        table = "session"
        indexes = (("user_id",),)


class Code(Model):
    """A six-digit code sent by e-mail for one purpose.

    Only its keyed hash is kept.
    """

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="codes", on_delete=OnDelete.CASCADE
    )
    user_id: int
    purpose = fields.CharField(max_length=80)
    code_hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()
    attempts = fields.IntField(db_default=0)
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "code"
        indexes = (("user_id", "purpose"),)


class SecondFactor(Model):
    """An authenticator app of an account (TOTP, RFC 6238).

    ``secret`` is encrypted. ``last_step`` is the newest time step that was used, so that no code works twice;
    ``failures`` are counted until the next success, and hold it until ``held_until``.
    """

    id = fields.IntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="second_factor", on_delete=OnDelete.CASCADE
    )
    user_id: int
    secret: bytes = fields.BinaryField()
    confirmed_at: datetime | None = fields.DatetimeField(null=True)
    last_step = fields.BigIntField(db_default=0)
    failures = fields.IntField(db_default=0)
    held_until: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "second_factor"


class RecoveryCode(Model):
    """A code that opens an account once, for who has lost the authenticator.

    Only its keyed hash is kept."""

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="recovery_codes", on_delete=OnDelete.CASCADE
    )
    user_id: int
    code_hash = fields.CharField(max_length=64)
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"
        unique_together = (("user_id", "code_hash"),)
