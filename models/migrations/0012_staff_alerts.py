from tortoise import migrations
from tortoise.migrations import operations as ops
from models.rules.alerts import AlertKind, Resolution
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

class RemoveConstraint(ops.RemoveConstraint):
    """In the models' state alone: renaming a column renames it within its table's UNIQUE as well."""

    async def database_forward(self, *args, **kwargs):
        """Nothing: SQLite has no name for this constraint, by which it could be dropped."""

    database_backward = database_forward


class AddConstraint(ops.AddConstraint):
    """The same."""

    async def database_forward(self, *args, **kwargs):
        """Nothing."""

    database_backward = database_forward


class Migration(migrations.Migration):
    dependencies = [('models', '0011_thread')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Alert',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', db_constraint=True, to_field='id', related_name='alerts', on_delete=OnDelete.CASCADE)),
                ('seat', fields.ForeignKeyField('models.Seat', source_field='seat_id', null=True, db_constraint=True, to_field='id', related_name='alerts', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='HELP_ASKED: help_asked\nDISCONNECTED: disconnected\nMEDIA_BLOCKED: media_blocked\nRECORDING_FAILED: recording_failed\nSUSPENDED: suspended', enum_type=AlertKind, max_length=20)),
                ('standing', fields.CharField(null=True, unique=True, max_length=64)),
                ('raised_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('taken_by', fields.ForeignKeyField('models.User', source_field='taken_by_id', null=True, db_constraint=True, to_field='id', related_name='alerts_taken', on_delete=OnDelete.SET_NULL)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('resolved_by', fields.ForeignKeyField('models.User', source_field='resolved_by_id', null=True, db_constraint=True, to_field='id', related_name='alerts_resolved', on_delete=OnDelete.SET_NULL)),
                ('resolved_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('resolution', fields.CharEnumField(null=True, description='CLEARED: cleared\nHANDLED: handled\nWITHDRAWN: withdrawn\nOVER: over', enum_type=Resolution, max_length=12)),
                ('note', fields.CharField(db_default='', max_length=300)),
            ],
            options={'table': 'alert', 'app': 'models', 'indexes': [Index(fields=['hearing_id', 'id']), Index(fields=['resolved_at', 'raised_at'])], 'pk_attr': 'id', 'table_description': 'Something that is wrong in a hearing, as a task.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HelpMessage',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('seat', fields.ForeignKeyField('models.Seat', source_field='seat_id', db_constraint=True, to_field='id', related_name='help_messages', on_delete=OnDelete.CASCADE)),
                ('author', fields.ForeignKeyField('models.User', source_field='author_id', db_constraint=True, to_field='id', related_name='help_messages', on_delete=OnDelete.RESTRICT)),
                ('text', fields.CharField(max_length=1000)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'help_message', 'app': 'models', 'indexes': [Index(fields=['seat_id', 'id']), Index(fields=['at'])], 'pk_attr': 'id', 'table_description': "A line between somebody who is stuck and the agency, which is no part of the record."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Seat',
            name='silent',
            field=fields.BooleanField(null=True),
        ),
        ops.RemoveIndex(
            model_name='SeatQuality',
            name=None,
            fields=['hearing_id', 'minute'],
        ),
        RemoveConstraint(
            model_name='SeatQuality',
            name=None,
            fields=['seat_id', 'minute'],
        ),
        ops.AlterModelOptions(
            name='SeatQuality',
            options={'table': 'seat_quality', 'app': 'models', 'unique_together': (('seat_id', 'begins'),), 'indexes': [Index(fields=['hearing_id', 'begins'])], 'pk_attr': 'id', 'table_description': "A few seconds of one seat as the media process measured them: the record's proof of who was there."},
        ),
        ops.RenameField(
            model_name='SeatQuality',
            old_name='minute',
            new_name='begins',
        ),
        ops.AddField(
            model_name='SeatQuality',
            name='hears',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='SeatQuality',
            name='layer',
            field=fields.FloatField(db_default=0.0),
        ),
        ops.AddField(
            model_name='SeatQuality',
            name='pictured_s',
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name='SeatQuality',
            name='seconds',
            field=fields.IntField(db_default=60),
        ),
        ops.AddIndex(
            model_name='SeatQuality',
            index=Index(fields=['hearing_id', 'begins']),
        ),
        AddConstraint(
            model_name='SeatQuality',
            constraint=UniqueConstraint(fields=('seat_id', 'begins'), name=None),
        ),
    ]
