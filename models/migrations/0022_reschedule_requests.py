from tortoise import migrations
from tortoise.migrations import operations as ops
from models.cases import StatementKind
from models.documents import DocumentKind
from models.rules.people import Side
from models.rules.rescheduling import RequestState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0021_representation_wallet')]

    initial = False

    operations = [
        ops.CreateModel(
            name='RescheduleRequest',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', db_constraint=True, to_field='id', related_name='reschedule_requests', on_delete=OnDelete.RESTRICT)),
                ('statement', fields.ForeignKeyField('models.Statement', source_field='statement_id', db_constraint=True, to_field='id', related_name='reschedule_requests', on_delete=OnDelete.RESTRICT)),
                ('side', fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nSTAFF: staff\nSYSTEM: system\nGUEST: guest', enum_type=Side, max_length=12)),
                ('state', fields.CharEnumField(description='OPEN: open\nOFFERED: offered\nGRANTED: granted\nREFUSED: refused\nLAPSED: lapsed', enum_type=RequestState, max_length=12)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by', fields.ForeignKeyField('models.User', source_field='decided_by_id', null=True, db_constraint=True, to_field='id', related_name='decided_requests', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'reschedule_request', 'app': 'models', 'indexes': [Index(fields=['hearing_id', 'state'])], 'pk_attr': 'id', 'table_description': 'A party asks for another day of its hearing.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(description='RESIDENCE: residence\nIDENTITY: identity\nEXHIBIT: exhibit\nANSWER: answer\nRECEIPT: receipt\nNOTICE: notice\nMINUTES: minutes\nSETTLEMENT: settlement\nCALCULATION: calculation\nPETITION: petition\nPRESENCE: presence\nMESSAGE: message\nEXCUSE: excuse\nPROOF: proof\nPOWER: power', enum_type=DocumentKind, max_length=12),
        ),
        ops.AlterField(
            model_name='Statement',
            name='kind',
            field=fields.CharEnumField(description='ANSWER: answer\nREPLY: reply\nNOTE: note\nMESSAGE: message\nRESCHEDULE: reschedule', enum_type=StatementKind, max_length=12),
        ),
    ]
