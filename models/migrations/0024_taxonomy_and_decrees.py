from tortoise import migrations
from tortoise.migrations import operations as ops
from models.rules.taxonomy import Change, Origin
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0023_negotiation_and_watch')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ProblemChange',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=16)),
                ('change', fields.CharEnumField(description='ADDED: added\nRENAMED: renamed\nCLOSED: closed\nREOPENED: reopened\nMAPPED: mapped', enum_type=Change, max_length=12)),
                ('facts', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('author', fields.ForeignKeyField('models.User', source_field='author_id', db_constraint=True, to_field='id', related_name='problem_changes', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'problem_change', 'app': 'models', 'indexes': [Index(fields=['code', 'id'])], 'pk_attr': 'id', 'table_description': 'What the coordination did to a code, when and with which words.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='CalendarDay',
            name='file_key',
            field=fields.CharField(db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='CalendarDay',
            name='file_name',
            field=fields.CharField(db_default='', max_length=160),
        ),
        ops.AddField(
            model_name='CalendarDay',
            name='file_sha256',
            field=fields.CharField(db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='CalendarDay',
            name='file_size',
            field=fields.BigIntField(db_default=0),
        ),
        ops.AddField(
            model_name='CalendarDay',
            name='file_type',
            field=fields.CharField(db_default='', max_length=40),
        ),
        ops.AlterModelOptions(
            name='Problem',
            options={'table': 'problem', 'app': 'models', 'unique_together': (('code', 'valid_from'),), 'pk_attr': 'id', 'table_description': 'One leaf of the taxonomy, by code, in the words that are valid from one day to another.'},
        ),
        ops.AlterField(
            model_name='Problem',
            name='code',
            field=fields.CharField(max_length=16),
        ),
        ops.AddField(
            model_name='Problem',
            name='gov_group',
            field=fields.CharField(db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Problem',
            name='gov_problem',
            field=fields.CharField(db_default='', max_length=160),
        ),
        ops.AddField(
            model_name='Problem',
            name='origin',
            field=fields.CharEnumField(description='FILE: file\nEDITED: edited', db_default='file', enum_type=Origin, max_length=8),
        ),
        ops.AddConstraint(
            model_name='Problem',
            constraint=UniqueConstraint(fields=('code', 'valid_from'), name=None),
        ),
    ]
