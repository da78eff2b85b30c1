from tortoise import migrations
from tortoise.migrations import operations as ops
from models.recordings import RecordingState
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MediaProcess',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=64)),
                ('door', fields.CharField(max_length=200)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('rooms', fields.IntField(db_default=0)),
                ('seats', fields.IntField(db_default=0)),
            ],
            options={'table': 'media_process', 'app': 'models', 'indexes': [Index(fields=['seen_at'])], 'pk_attr': 'id', 'table_description': 'A process that forwards media, alive while ``seen_at`` is fresh.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Recording',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', db_constraint=True, to_field='id', related_name='recordings', on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharEnumField(description='RECORDING: recording\nPAUSED: paused\nCOMPOSING: composing\nREADY: ready\nFAILED: failed\nDELETED: deleted', enum_type=RecordingState, max_length=12)),
                ('started_by', fields.ForeignKeyField('models.User', source_field='started_by_id', db_constraint=True, to_field='id', related_name='recordings', on_delete=OnDelete.RESTRICT)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('folder', fields.CharField(max_length=64)),
                ('key', fields.BinaryField()),
                ('progress', fields.IntField(db_default=0)),
                ('duration_ms', fields.BigIntField(db_default=0)),
                ('size', fields.BigIntField(db_default=0)),
                ('sha256', fields.CharField(db_default='', max_length=64)),
                ('storage_key', fields.CharField(db_default='', max_length=80)),
                ('keep_until', fields.DateField(null=True)),
                ('failure', fields.CharField(db_default='', max_length=40)),
            ],
            options={'table': 'recording', 'app': 'models', 'indexes': [Index(fields=['hearing_id', 'started_at']), Index(fields=['state', 'keep_until'])], 'pk_attr': 'id', 'table_description': 'What was recorded of a hearing.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecordingAccess',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('recording', fields.ForeignKeyField('models.Recording', source_field='recording_id', db_constraint=True, to_field='id', related_name='accesses', on_delete=OnDelete.RESTRICT)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='recording_accesses', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(max_length=45)),
            ],
            options={'table': 'recording_access', 'app': 'models', 'indexes': [Index(fields=['recording_id', 'at'])], 'pk_attr': 'id', 'table_description': 'Somebody played or downloaded a recording (LGPD art. 37).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SeatQuality',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', db_constraint=True, to_field='id', related_name='qualities', on_delete=OnDelete.CASCADE)),
                ('seat', fields.ForeignKeyField('models.Seat', source_field='seat_id', db_constraint=True, to_field='id', related_name='qualities', on_delete=OnDelete.CASCADE)),
                ('minute', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('connected_s', fields.IntField()),
                ('heard_s', fields.IntField()),
                ('seen_s', fields.IntField()),
                ('kbps_in', fields.FloatField()),
                ('kbps_out', fields.FloatField()),
                ('loss_in', fields.FloatField()),
                ('loss_out', fields.FloatField()),
                ('jitter_ms', fields.FloatField()),
                ('rtt_ms', fields.FloatField(null=True)),
                ('freezes', fields.IntField(db_default=0)),
                ('freeze_ms', fields.IntField(db_default=0)),
            ],
            options={'table': 'seat_quality', 'app': 'models', 'unique_together': (('seat_id', 'minute'),), 'indexes': [Index(fields=['hearing_id', 'minute'])], 'pk_attr': 'id', 'table_description': "One minute of one seat as the media process measured it: the record's proof of who was there."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Hearing',
            name='media_process',
            field=fields.ForeignKeyField('models.MediaProcess', source_field='media_process_id', null=True, db_constraint=True, to_field='id', related_name='hearings', on_delete=OnDelete.SET_NULL),
        ),
    ]
