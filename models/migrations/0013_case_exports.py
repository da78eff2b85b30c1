from tortoise import migrations
from tortoise.migrations import operations as ops
from models.exports import ExportState
from models.rules.people import Side
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0012_staff_alerts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CaseExport',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='exports', on_delete=OnDelete.RESTRICT)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='exports', on_delete=OnDelete.RESTRICT)),
                ('side', fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nSTAFF: staff\nSYSTEM: system\nGUEST: guest', enum_type=Side, max_length=12)),
                ('state', fields.CharEnumField(description='WAITING: waiting\nMAKING: making\nREADY: ready\nFAILED: failed\nEXPIRED: expired', enum_type=ExportState, max_length=12)),
                ('progress', fields.IntField(db_default=0)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(db_default='', max_length=45)),
                ('ready_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('storage_key', fields.CharField(db_default='', max_length=80)),
                ('size', fields.BigIntField(db_default=0)),
                ('sha256', fields.CharField(db_default='', max_length=64)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('taken_from', fields.CharField(db_default='', max_length=45)),
                ('times_taken', fields.IntField(db_default=0)),
            ],
            options={'table': 'case_export', 'app': 'models', 'indexes': [Index(fields=['case_id', 'user_id', 'asked_at']), Index(fields=['state', 'ready_at'])], 'pk_attr': 'id', 'table_description': 'A copy of a case that somebody asked for, cut to their ``side``, and the log of it for good.'},
            bases=['Model'],
        ),
    ]
