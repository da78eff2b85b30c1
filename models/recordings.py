"""The engine's side of hearings: media processes, recordings, and how well each seat was connected."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

from models.hearings import Hearing, Seat
from models.people import User


class RecordingState(StrEnum):
    """Where a recording is: capture (recording, paused), then composing, and one of three ends."""

    RECORDING = "recording"
    PAUSED = "paused"
    COMPOSING = "composing"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"


class Recording(Model):
    """What was recorded of a hearing.

    While it runs, ``folder`` holds a file per published track, encrypted under ``key``, which is itself
    wrapped by the storage's master key. When it is ready, ``storage_key`` is the one composed video and
    ``sha256`` its digest. ``keep_until`` is the retention of the profile.
    """

    id = fields.UUIDField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="recordings", on_delete=OnDelete.RESTRICT
    )
    hearing_id: int
    state = fields.CharEnumField(RecordingState, max_length=12)
    started_by: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="recordings", on_delete=OnDelete.RESTRICT
    )
    started_by_id: int
    started_at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)
    folder = fields.CharField(max_length=64)
    key = fields.BinaryField()
    progress = fields.IntField(db_default=0)
    duration_ms = fields.BigIntField(db_default=0)
    size = fields.BigIntField(db_default=0)
    sha256 = fields.CharField(max_length=64, db_default="")
    storage_key = fields.CharField(max_length=80, db_default="")
    keep_until: date | None = fields.DateField(null=True)
    failure = fields.CharField(max_length=40, db_default="")

    class Meta:
        table = "recording"
        indexes = (("hearing_id", "started_at"), ("state", "keep_until"))


class RecordingAccess(Model):
    """Somebody played or downloaded a recording (LGPD art. 37)."""

    id = fields.BigIntField(primary_key=True)
    recording: fields.ForeignKeyRelation[Recording] = fields.ForeignKeyField(
        "models.Recording", related_name="accesses", on_delete=OnDelete.RESTRICT
    )
    recording_id: Any
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="recording_accesses", on_delete=OnDelete.RESTRICT
    )
    user_id: int
    at = fields.DatetimeField()
    address = fields.CharField(max_length=45)

    class Meta:
        table = "recording_access"
        indexes = (("recording_id", "at"),)


class SeatQuality(Model):
    """A few seconds of one seat as the media process measured them: the record's proof of who was there.

    ``begins`` is their beginning, ``seconds`` how many they are. Others count in how many of them the seat
    was connected, heard (sound arrived), seen (pictures arrived) and shown pictures (``pictured_s``). Rates
    are kbit/s, means over the connected seconds. ``loss_in`` and ``loss_out`` are fractions, ``jitter_ms``
    and ``rtt_ms`` the worst second's. ``layer`` is the mean size of the pictures it was sent, from 0 (none)
    to 3 (whole). ``hears`` has, by the other seat, [seconds in which its sound came here, of those in
    which any was sent here, packets of sound that were sent, those that arrived].
    """

    id = fields.BigIntField(primary_key=True)
    hearing: fields.ForeignKeyRelation[Hearing] = fields.ForeignKeyField(
        "models.Hearing", related_name="qualities", on_delete=OnDelete.CASCADE
    )
    hearing_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name="qualities", on_delete=OnDelete.CASCADE
    )
    seat_id: int
    begins = fields.DatetimeField()
    seconds = fields.IntField(db_default=60)
    connected_s = fields.IntField()
    heard_s = fields.IntField()
    seen_s = fields.IntField()
    kbps_in = fields.FloatField()
    kbps_out = fields.FloatField()
    loss_in = fields.FloatField()
    loss_out = fields.FloatField()
    jitter_ms = fields.FloatField()
    rtt_ms: float | None = fields.FloatField(null=True)
    freezes = fields.IntField(db_default=0)
    freeze_ms = fields.IntField(db_default=0)
    pictured_s = fields.IntField(db_default=0)
    layer = fields.FloatField(db_default=0.0)
    hears: Any = fields.JSONField(null=True)

    class Meta:
        table = "seat_quality"
        unique_together = (("seat_id", "begins"),)
        indexes = (("hearing_id", "begins"),)
