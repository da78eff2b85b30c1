from tortoise import migrations
from tortoise.migrations import operations as ops
from models.rules.representation import PaperAct, PaperKind, PaperState
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0020_news_and_escalation')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Paper',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('company', fields.ForeignKeyField('models.Company', source_field='company_id', db_constraint=True, to_field='id', related_name='papers', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='APPOINTMENT: appointment\nMANDATE: mandate\nARTICLES: articles', enum_type=PaperKind, max_length=12)),
                ('state', fields.CharEnumField(description='DRAFT: draft\nWAITING: waiting\nACCEPTED: accepted\nREFUSED: refused\nWITHDRAWN: withdrawn\nEXPIRED: expired', enum_type=PaperState, max_length=12)),
                ('owner', fields.ForeignKeyField('models.User', source_field='owner_id', db_constraint=True, to_field='id', related_name='papers_sent', on_delete=OnDelete.RESTRICT)),
                ('holder', fields.ForeignKeyField('models.User', source_field='holder_id', null=True, db_constraint=True, to_field='id', related_name='papers_held', on_delete=OnDelete.RESTRICT)),
                ('holder_name', fields.CharField(db_default='', max_length=160)),
                ('holder_email', fields.CharField(db_default='', max_length=254)),
                ('may_settle', fields.BooleanField(db_default=False)),
                ('valid_until', fields.DateField(null=True)),
                ('reason', fields.CharField(db_default='', max_length=400)),
                ('checked_by', fields.ForeignKeyField('models.User', source_field='checked_by_id', null=True, db_constraint=True, to_field='id', related_name='papers_checked', on_delete=OnDelete.RESTRICT)),
                ('checked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('filename', fields.CharField(max_length=160)),
                ('media_type', fields.CharField(max_length=40)),
                ('size', fields.BigIntField()),
                ('pages', fields.IntField(db_default=1)),
                ('sha256', fields.CharField(max_length=64)),
                ('storage_key', fields.CharField(max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'paper', 'app': 'models', 'indexes': [Index(fields=['company_id', 'state']), Index(fields=['state', 'valid_until'])], 'pk_attr': 'id', 'table_description': "A paper of a company's wallet that proves who speaks for it (models.rules.representation)."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PaperStep',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('paper', fields.ForeignKeyField('models.Paper', source_field='paper_id', db_constraint=True, to_field='id', related_name='steps', on_delete=OnDelete.CASCADE)),
                ('act', fields.CharEnumField(description='SEND: send\nACCEPT: accept\nREFUSE: refuse\nWITHDRAW: withdraw\nEXPIRE: expire\nOPEN: open', enum_type=PaperAct, max_length=12)),
                ('actor', fields.ForeignKeyField('models.User', source_field='actor_id', null=True, db_constraint=True, to_field='id', related_name='paper_steps', on_delete=OnDelete.RESTRICT)),
                ('text', fields.CharField(db_default='', max_length=400)),
                ('address', fields.CharField(db_default='', max_length=45)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'paper_step', 'app': 'models', 'indexes': [Index(fields=['paper_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Something done with a paper: its record, its readings included (LGPD art. 37).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Representation',
            name='ended_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Representation',
            name='paper',
            field=fields.ForeignKeyField('models.Paper', source_field='paper_id', null=True, db_constraint=True, to_field='id', related_name='representations', on_delete=OnDelete.RESTRICT),
        ),
    ]
