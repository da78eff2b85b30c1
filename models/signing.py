"""What every signature is evidence of, whatever it stands under."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.rules.hearing import SeatRole


class SignedText(Model):
    """A person's word under one text: in which role, over which hash, when, from where, confirmed how.

    ``method`` is the account alone, its second factor or a code sent by e-mail (ADR 0060). The
    table adds whose word it is (``user``) and under what.
    """

    id = fields.IntField(primary_key=True)
    user_id: int
    role = fields.CharEnumField(SeatRole, max_length=12)
    text_hash = fields.CharField(max_length=64)
    method = fields.CharField(max_length=24)
    address = fields.CharField(max_length=45)
    device = fields.CharField(max_length=200)
    at = fields.DatetimeField()

    class Meta:
        abstract = True
