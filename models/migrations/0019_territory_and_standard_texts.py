from tortoise import migrations
from tortoise.migrations import operations as ops
from models.rules.case_machine import State
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0018_lost_indexes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='StandardText',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=40)),
                ('revision', fields.IntField()),
                ('subject', fields.CharField(db_default='', max_length=200)),
                ('paragraphs', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('reverted', fields.BooleanField(db_default=False)),
                ('author', fields.ForeignKeyField('models.User', source_field='author_id', null=True, db_constraint=True, to_field='id', related_name='standard_texts', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'standard_text', 'app': 'models', 'unique_together': (('kind', 'revision'),), 'pk_attr': 'id', 'table_description': "One version of a kind's words."},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Case',
            name='state',
            field=fields.CharEnumField(description='DRAFT: draft\nSUBMITTED: submitted\nIN_TRIAGE: in_triage\nWAITING_CONSUMER: waiting_consumer\nLAPSED: lapsed\nREFUSED: refused\nACCEPTED: accepted\nUNDER_ANALYSIS: under_analysis\nPRELIMINARY: preliminary\nNOTIFIED: notified\nACKNOWLEDGED: acknowledged\nANSWERED: answered\nUNANSWERED: unanswered\nREPLIED: replied\nOPENED: opened\nHEARING_SCHEDULED: hearing_scheduled\nNO_AGREEMENT: no_agreement\nHEARING_NOT_HELD: hearing_not_held\nFULFILMENT: fulfilment\nARCHIVED: archived', enum_type=State, max_length=24),
        ),
        ops.AddField(
            model_name='Case',
            name='relation_here',
            field=fields.BooleanField(null=True),
        ),
    ]
