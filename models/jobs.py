"""Work to do outside a transaction: letters to send, documents to seal. Committed with its cause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model


class Job(Model):
    """A job, done at least once.

    Its handler is therefore idempotent, and ``unique_key`` refuses a second one.
    ``leased_until`` is a worker's claim; ``failed_at`` is set when ``attempts`` ran out.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=24)
    unique_key = fields.CharField(max_length=120, unique=True)
    payload: Any = fields.JSONField()
    run_at = fields.DatetimeField()
    attempts = fields.IntField(db_default=0)
    leased_until: datetime | None = fields.DatetimeField(null=True)
    done_at: datetime | None = fields.DatetimeField(null=True)
    failed_at: datetime | None = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=200, db_default="")

    class Meta:
        table = "job"
        indexes = (("done_at", "failed_at", "run_at"),)
