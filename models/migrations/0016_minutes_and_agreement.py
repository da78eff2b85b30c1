from tortoise import migrations
from tortoise.migrations import operations as ops
from models.rules.agreement import ClauseState
from models.rules.hearing import SeatRole
from models.rules.minutes import RemarkState
from models.rules.outcomes import Cause
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0015_company_names')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Obligation',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='obligations', on_delete=OnDelete.RESTRICT)),
                ('clause', fields.ForeignKeyField('models.Clause', source_field='clause_id', db_constraint=True, to_field='id', related_name='obligations', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('debtor', fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel\nWITNESS: witness\nOBSERVER: observer', enum_type=SeatRole, max_length=12)),
                ('text', fields.TextField(unique=False)),
                ('amount_cents', fields.BigIntField(null=True)),
                ('due_on', fields.DateField(null=True)),
            ],
            options={'table': 'obligation', 'app': 'models', 'unique_together': (('clause_id', 'number'),), 'indexes': [Index(fields=['case_id', 'due_on'])], 'pk_attr': 'id', 'table_description': 'One thing that an agreement obliges a side to, with its date: a payment, or a clause as a whole.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Paragraph',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', db_constraint=True, to_field='id', related_name='paragraphs', on_delete=OnDelete.CASCADE)),
                ('position', fields.IntField()),
                ('text', fields.TextField(unique=False)),
                ('revision', fields.IntField(db_default=1)),
                ('author', fields.ForeignKeyField('models.User', source_field='author_id', db_constraint=True, to_field='id', related_name='paragraphs', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('editor', fields.ForeignKeyField('models.User', source_field='editor_id', db_constraint=True, to_field='id', related_name='edited_paragraphs', on_delete=OnDelete.RESTRICT)),
                ('edited_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'paragraph', 'app': 'models', 'indexes': [Index(fields=['hearing_id', 'position'])], 'pk_attr': 'id', 'table_description': "A paragraph of a hearing's minutes."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='recovery_codes', on_delete=OnDelete.CASCADE)),
                ('code_hash', fields.CharField(max_length=64)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'recovery_code', 'app': 'models', 'unique_together': (('user_id', 'code_hash'),), 'pk_attr': 'id', 'table_description': 'A code that opens an account once, for who has lost the authenticator.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Remark',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('paragraph', fields.ForeignKeyField('models.Paragraph', source_field='paragraph_id', db_constraint=True, to_field='id', related_name='remarks', on_delete=OnDelete.CASCADE)),
                ('author', fields.ForeignKeyField('models.User', source_field='author_id', db_constraint=True, to_field='id', related_name='remarks', on_delete=OnDelete.RESTRICT)),
                ('text', fields.CharField(max_length=1000)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharEnumField(description='OPEN: open\nACCEPTED: accepted\nANSWERED: answered\nLEFT: left', enum_type=RemarkState, max_length=12)),
                ('answer', fields.CharField(db_default='', max_length=1000)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'remark', 'app': 'models', 'indexes': [Index(fields=['paragraph_id', 'id'])], 'pk_attr': 'id', 'table_description': 'What a party would have the minutes say at a paragraph, and what the mediator did with it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SealedRound',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', db_constraint=True, to_field='id', related_name='sealed_rounds', on_delete=OnDelete.CASCADE)),
                ('number', fields.IntField()),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('consumer_limit', fields.BinaryField(null=True)),
                ('company_limit', fields.BinaryField(null=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('overlaps', fields.BooleanField(null=True)),
            ],
            options={'table': 'sealed_round', 'app': 'models', 'unique_together': (('hearing_id', 'number'),), 'pk_attr': 'id', 'table_description': 'One question whether the private limits of both sides overlap.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.OneToOneField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='second_factor', on_delete=OnDelete.CASCADE)),
                ('secret', fields.BinaryField()),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_step', fields.BigIntField(db_default=0)),
                ('failures', fields.IntField(db_default=0)),
                ('held_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'second_factor', 'app': 'models', 'pk_attr': 'id', 'table_description': 'An authenticator app of an account (TOTP, RFC 6238).'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Clause',
            options={'table': 'clause', 'app': 'models', 'unique_together': (('hearing_id', 'number'),), 'pk_attr': 'id', 'table_description': 'A version of a clause of the agreement.'},
        ),
        ops.AlterField(
            model_name='Clause',
            name='state',
            field=fields.CharEnumField(description='PROPOSED: proposed\nACCEPTED: accepted\nFROZEN: frozen\nWITHDRAWN: withdrawn\nREPLACED: replaced', enum_type=ClauseState, max_length=12),
        ),
        ops.AddField(
            model_name='Clause',
            name='accelerates',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name='Clause',
            name='fine_cents',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Clause',
            name='fine_percent',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Clause',
            name='origin',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Clause',
            name='place',
            field=fields.CharField(db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='Clause',
            name='version',
            field=fields.IntField(db_default=1),
        ),
        ops.AddField(
            model_name='Hearing',
            name='cause',
            field=fields.CharEnumField(null=True, description='UNJUSTIFIED: unjustified\nJUSTIFIED: justified\nOF_CONSUMER: of_consumer\nOF_COMPANY: of_company\nOF_AGENCY: of_agency', enum_type=Cause, max_length=16),
        ),
        ops.RunSQL(
            "INSERT INTO paragraph (hearing_id, position, text, revision, author_id, at, editor_id, edited_at) "
            "SELECT id, 1, record, 1, mediator_id, COALESCE(opened_at, starts_at), mediator_id, "
            "COALESCE(opened_at, starts_at) FROM hearing WHERE record <> ''",
            reverse_sql="DELETE FROM paragraph",
        ),
    ]
