"""Series of indices for calculations: data with its source, imported by the coordinator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model


class IndexSeries(Model):
    """A series, such as INPC: its name and source, and whether somebody checked its values."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=24, unique=True)
    name = fields.CharField(max_length=120)
    source = fields.CharField(max_length=240)
    checked = fields.BooleanField(db_default=False)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "index_series"


class IndexValue(Model):
    """The per cent of one month, by the month's first day."""

    id = fields.IntField(primary_key=True)
    series: fields.ForeignKeyRelation[IndexSeries] = fields.ForeignKeyField(
        "models.IndexSeries", related_name="values", on_delete=OnDelete.CASCADE
    )
    series_id: int
    month: date = fields.DateField()
    percent: Decimal = fields.DecimalField(max_digits=9, decimal_places=4)

    class Meta:
        table = "index_value"
        unique_together = (("series_id", "month"),)
