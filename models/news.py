"""How a person wants to be told things: what by which means, quiet hours, a number, their devices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.people import User


class NewsChoice(Model):
    """A person's choices, once they made some.

    ``choices`` maps "kind:means" (``models.rules.news``) to whether it is wanted; what is not in it follows
    the rule's default. ``number`` (E.164) is where text messages go, once ``number_confirmed_at`` is set.
    Between ``quiet_from`` and ``quiet_to`` ("21:00", in the agency's zone) no push and no text message goes
    out.
    """

    id = fields.IntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="news_choice", on_delete=OnDelete.CASCADE
    )
    user_id: int
    choices: Any = fields.JSONField()
    number = fields.CharField(max_length=16, db_default="")
    number_confirmed_at: datetime | None = fields.DatetimeField(null=True)
    quiet_from = fields.CharField(max_length=5, db_default="")
    quiet_to = fields.CharField(max_length=5, db_default="")

    class Meta:
        table = "news_choice"


class PushDevice(Model):
    """A browser that takes web push for a person (a subscription of the Push API).

    ``endpoint_hash`` (SHA-256) finds it: a browser has one subscription here, whoever signs in. ``p256dh``
    and ``auth`` are its keys, base64url (RFC 8291). ``label`` names the device to its owner.
    """

    id = fields.IntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="push_devices", on_delete=OnDelete.CASCADE
    )
    user_id: int
    endpoint = fields.TextField()
    endpoint_hash = fields.CharField(max_length=64, unique=True)
    p256dh = fields.CharField(max_length=90)
    auth = fields.CharField(max_length=30)
    label = fields.CharField(max_length=200, db_default="")
    created_at = fields.DatetimeField()
    reached_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "push_device"
        indexes = (("user_id",),)
