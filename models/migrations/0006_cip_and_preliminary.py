from tortoise import migrations
from tortoise.migrations import operations as ops
from models.cases import SolvedBy
from models.rules.calls import CallResult
from models.rules.case_machine import State
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0005_settlement_documents')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CompanyCall',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='calls', on_delete=OnDelete.RESTRICT)),
                ('caller', fields.ForeignKeyField('models.User', source_field='caller_id', db_constraint=True, to_field='id', related_name='company_calls', on_delete=OnDelete.RESTRICT)),
                ('number', fields.CharField(max_length=40)),
                ('spoke_with', fields.CharField(max_length=160)),
                ('said', fields.TextField(unique=False)),
                ('result', fields.CharEnumField(description='SOLVED: solved\nNOT_SOLVED: not_solved\nCALL_BACK: call_back\nNO_ANSWER: no_answer', enum_type=CallResult, max_length=12)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'company_call', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id'])], 'pk_attr': 'id', 'table_description': 'A call of the preliminary attendance, on the record: who called whom, when, and what was said.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Case',
            name='state',
            field=fields.CharEnumField(description='DRAFT: draft\nSUBMITTED: submitted\nIN_TRIAGE: in_triage\nWAITING_CONSUMER: waiting_consumer\nREFUSED: refused\nACCEPTED: accepted\nUNDER_ANALYSIS: under_analysis\nPRELIMINARY: preliminary\nNOTIFIED: notified\nACKNOWLEDGED: acknowledged\nANSWERED: answered\nUNANSWERED: unanswered\nREPLIED: replied\nOPENED: opened\nHEARING_SCHEDULED: hearing_scheduled\nNO_AGREEMENT: no_agreement\nHEARING_NOT_HELD: hearing_not_held\nFULFILMENT: fulfilment\nARCHIVED: archived', enum_type=State, max_length=24),
        ),
        ops.AddField(
            model_name='Case',
            name='solved_by',
            field=fields.CharEnumField(null=True, description='PRELIMINARY: preliminary\nCIP: cip', enum_type=SolvedBy, max_length=12),
        ),
        ops.AddField(
            model_name='Notice',
            name='opening',
            field=fields.BooleanField(db_default=False),
        ),
        # A case whose company had opened the notice is one whose company acknowledged the CIP.
        ops.RunSQL(
            "UPDATE case_file SET state = 'acknowledged' WHERE state = 'notified' AND EXISTS"
            " (SELECT 1 FROM notice WHERE notice.case_id = case_file.id AND notice.opened_at IS NOT NULL)",
            "UPDATE case_file SET state = 'notified' WHERE state = 'acknowledged'",
        ),
    ]
