"""What a hearing comes to: the minutes and their remarks, clauses, sealed rounds, and what is owed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.cases import Case, Offer
from models.documents import Document
from models.hearings import Hearing
from models.people import User
from models.rules.agreement import ClauseKind, ClauseState
from models.rules.fulfilment import ObligationState
from models.rules.hearing import SeatRole
from models.rules.minutes import RemarkState
from models.signing import SignedText


class Paragraph(Model):
    """A paragraph of a hearing's minutes.

    ``author`` is who wrote it first, ``editor`` who changed it last; ``revision`` counts its changes.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="paragraphs", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    position = fields.IntField()
    text = fields.TextField()
    revision = fields.IntField(db_default=1)
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="paragraphs", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    at = fields.DatetimeField()
    editor: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="edited_paragraphs", on_delete=OnDelete.RESTRICT
    )
    editor_id: int
    edited_at = fields.DatetimeField()

    class Meta:
        table = "paragraph"
        indexes = (("hearing_id", "position"),)


class Remark(Model):
    """What a party would have the minutes say at a paragraph, and what the mediator did with it."""

    id = fields.IntField(primary_key=True)
    paragraph: fields.ForeignKeyRelation[Paragraph] = fields.ForeignKeyField(
        "models.Paragraph", related_name="remarks", on_delete=OnDelete.CASCADE
    )
    paragraph_id: int
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="remarks", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    text = fields.CharField(max_length=1000)
    at = fields.DatetimeField()
    state = fields.CharEnumField(RemarkState, max_length=12)
    answer = fields.CharField(max_length=1000, db_default="")
    answered_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "remark"
        indexes = (("paragraph_id", "id"),)


class Clause(Model):
    """A version of a clause of the agreement: of a hearing's, or of an ``offer`` made without one.

    Both parties accept it before it can be frozen. A changed clause is a new row, the next ``version``, which
    stands where its first version stood: ``origin`` is that one's number, absent for a first version.
    ``fine_percent``, ``fine_cents`` and ``accelerates`` say what follows when it is not kept.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyNullableRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="clauses", null=True, on_delete=OnDelete.CASCADE
    )
    hearing_id: int | None
    offer: fields.ForeignKeyNullableRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name="clauses", null=True, on_delete=OnDelete.CASCADE
    )
    offer_id: int | None
    number = fields.IntField()
    version = fields.IntField(db_default=1)
    origin: int | None = fields.IntField(null=True)
    kind = fields.CharEnumField(ClauseKind, max_length=12)
    debtor = fields.CharEnumField(SeatRole, max_length=12)
    text = fields.TextField()
    amount_cents: int | None = fields.BigIntField(null=True)
    instalments = fields.IntField(db_default=1)
    due_on: date | None = fields.DateField(null=True)
    place = fields.CharField(max_length=200, db_default="")
    fine_percent: int | None = fields.IntField(null=True)
    fine_cents: int | None = fields.BigIntField(null=True)
    accelerates = fields.BooleanField(db_default=False)
    state = fields.CharEnumField(ClauseState, max_length=12)
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="clauses", on_delete=OnDelete.RESTRICT
    )
    author_id: int
    consumer_accepted_at: datetime | None = fields.DatetimeField(null=True)
    company_accepted_at: datetime | None = fields.DatetimeField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "clause"
        unique_together = (("hearing_id", "number"), ("offer_id", "number"))

    @property
    def rank(self) -> int:
        """Its place among the clauses, the same for all versions."""
        return self.origin or self.number


class SealedRound(Model):
    """One question whether the private limits of both sides overlap.

    A limit is encrypted while it waits for the other, and erased when ``overlaps`` is known or the round ends
    without an answer.
    """

    id = fields.IntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="sealed_rounds", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    number = fields.IntField()
    opened_at = fields.DatetimeField()
    consumer_limit: bytes | None = fields.BinaryField(null=True)
    company_limit: bytes | None = fields.BinaryField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    overlaps: bool | None = fields.BooleanField(null=True)  # type: ignore[assignment]  # the stub forgets null

    class Meta:
        table = "sealed_round"
        unique_together = (("hearing_id", "number"),)


class OfferSignature(SignedText):
    """Who stood by an offer, with the evidence: its author when it was made, the other side on accepting.

    ``method`` is the account alone for the author, the second factor or a code for who accepts (ADR 0070).
    """

    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name="signatures", on_delete=OnDelete.RESTRICT
    )
    offer_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="offer_signatures", on_delete=OnDelete.RESTRICT
    )

    class Meta:
        table = "offer_signature"
        unique_together = (("offer_id", "role"),)


class Obligation(Model):
    """One thing that an agreement obliges a side to, with its date: a payment, or a clause as a whole.

    ``agreed_on`` is the day of the agreement. Its creditor is asked at ``asked_at``, again at
    ``asked_again_at``, and may answer until ``reply_until``; ``reply_explanation`` says how that was counted.
    ``broken_at`` stays when it is done late after all. ``decided_by`` said what ``state`` tells, empty when
    it was the passing of the term.
    """

    id = fields.IntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "models.Case", related_name="obligations", on_delete=OnDelete.RESTRICT
    )
    case_id: int
    clause: fields.ForeignKeyRelation[Clause] = fields.ForeignKeyField(
        "models.Clause", related_name="obligations", on_delete=OnDelete.RESTRICT
    )
    clause_id: int
    number = fields.IntField()
    debtor = fields.CharEnumField(SeatRole, max_length=12)
    text = fields.TextField()
    amount_cents: int | None = fields.BigIntField(null=True)
    due_on: date | None = fields.DateField(null=True)
    agreed_on: date | None = fields.DateField(null=True)
    state = fields.CharEnumField(ObligationState, max_length=12, db_default=ObligationState.PENDING.value)
    reminded_at: datetime | None = fields.DatetimeField(null=True)
    asked_at: datetime | None = fields.DatetimeField(null=True)
    asked_again_at: datetime | None = fields.DatetimeField(null=True)
    reply_until: date | None = fields.DateField(null=True)
    reply_explanation = fields.TextField(db_default="")
    decided_at: datetime | None = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="decided_obligations", null=True, on_delete=OnDelete.RESTRICT
    )
    decided_by_id: int | None
    broken_at: datetime | None = fields.DatetimeField(null=True)
    note = fields.CharField(max_length=1000, db_default="")

    class Meta:
        table = "obligation"
        unique_together = (("clause_id", "number"),)
        indexes = (("case_id", "due_on"), ("state", "due_on"))


class ObligationProof(Model):
    """A paper by which a debtor shows that an obligation was fulfilled."""

    id = fields.IntField(primary_key=True)
    obligation: fields.ForeignKeyRelation[Obligation] = fields.ForeignKeyField(
        "models.Obligation", related_name="proofs", on_delete=OnDelete.CASCADE
    )
    obligation_id: int
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "models.Document", related_name="proves", on_delete=OnDelete.CASCADE
    )
    document_id: UUID

    class Meta:
        table = "obligation_proof"
        unique_together = (("obligation_id", "document_id"),)
