"""The taxonomy área → assunto → problema, with the validity of each wording and the history of changes."""

from __future__ import annotations

from datetime import date
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.people import User
from models.rules.taxonomy import Change, Origin


class Problem(Model):
    """One leaf of the taxonomy, by code, in the words that are valid from one day to another.

    A code may have several rows that follow one another in time; a case keeps the row it was classified with.
    ``origin``: what the coordination has edited is no longer ruled by the program's file. ``gov_group`` and
    ``gov_problem`` are what it is called at consumidor.gov.br.
    """

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=16)
    area = fields.CharField(max_length=80)
    subject = fields.CharField(max_length=120)
    label = fields.CharField(max_length=160)
    valid_from = fields.DateField()
    valid_to: date | None = fields.DateField(null=True)
    origin = fields.CharEnumField(Origin, max_length=8, db_default=Origin.FILE.value)
    gov_group = fields.CharField(max_length=40, db_default="")
    gov_problem = fields.CharField(max_length=160, db_default="")

    class Meta:
        table = "problem"
        unique_together = (("code", "valid_from"),)


class ProblemChange(Model):
    """What the coordination did to a code, when and with which words."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=16)
    change = fields.CharEnumField(Change, max_length=12)
    facts: Any = fields.JSONField()
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="problem_changes", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "problem_change"
        indexes = (("code", "id"),)
