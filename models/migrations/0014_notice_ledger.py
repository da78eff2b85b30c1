from tortoise import migrations
from tortoise.migrations import operations as ops
from models.companies import Power
from models.documents import DocumentKind
from models.rules.delivery import Channel, DeliveryStatus
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0013_case_exports')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Claim',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
                ('company', fields.ForeignKeyField('models.Company', source_field='company_id', db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
                ('power', fields.CharEnumField(description='OWNER: owner\nAGENT: agent\nLAWYER: lawyer', enum_type=Power, max_length=16)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by', fields.ForeignKeyField('models.User', source_field='decided_by_id', null=True, db_constraint=True, to_field='id', related_name='decided_claims', on_delete=OnDelete.RESTRICT)),
                ('accepted', fields.BooleanField(db_default=False)),
                ('reason', fields.CharField(db_default='', max_length=400)),
            ],
            options={'table': 'claim', 'app': 'models', 'unique_together': (('case_id', 'user_id'),), 'pk_attr': 'id', 'table_description': "A person who took one case over with the notice's code and the company's CNPJ."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Delivery',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('notice', fields.ForeignKeyField('models.Notice', source_field='notice_id', db_constraint=True, to_field='id', related_name='deliveries', on_delete=OnDelete.RESTRICT)),
                ('channel', fields.CharEnumField(description='PORTAL: portal\nEMAIL: email\nLETTER: letter\nPUBLICATION: publication\nIN_PERSON: in_person', enum_type=Channel, max_length=12)),
                ('status', fields.CharEnumField(description='QUEUED: queued\nSENT: sent\nDELIVERED: delivered\nOPENED: opened\nACKNOWLEDGED: acknowledged\nFAILED: failed', enum_type=DeliveryStatus, max_length=12)),
                ('address', fields.CharField(db_default='', max_length=400)),
                ('tracking', fields.CharField(db_default='', max_length=40)),
                ('message_id', fields.CharField(null=True, unique=True, max_length=160)),
            ],
            options={'table': 'delivery', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One attempt to serve a notice by one means.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeliveryStep',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('delivery', fields.ForeignKeyField('models.Delivery', source_field='delivery_id', db_constraint=True, to_field='id', related_name='steps', on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(description='QUEUED: queued\nSENT: sent\nDELIVERED: delivered\nOPENED: opened\nACKNOWLEDGED: acknowledged\nFAILED: failed', enum_type=DeliveryStatus, max_length=12)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recorded_by', fields.ForeignKeyField('models.User', source_field='recorded_by_id', null=True, db_constraint=True, to_field='id', related_name='delivery_steps', on_delete=OnDelete.RESTRICT)),
                ('note', fields.CharField(db_default='', max_length=400)),
                ('document', fields.ForeignKeyField('models.Document', source_field='document_id', null=True, db_constraint=True, to_field='id', related_name='delivery_steps', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'delivery_step', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A step of an attempt: when it happened (``at``), when and by whom it was written down, its proof.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(description='RESIDENCE: residence\nIDENTITY: identity\nEXHIBIT: exhibit\nANSWER: answer\nRECEIPT: receipt\nNOTICE: notice\nMINUTES: minutes\nSETTLEMENT: settlement\nPRESENCE: presence\nMESSAGE: message\nPROOF: proof\nPOWER: power', enum_type=DocumentKind, max_length=12),
        ),
        ops.AlterField(
            model_name='Notice',
            name='due_on',
            field=fields.DateField(null=True),
        ),
        ops.AlterField(
            model_name='Notice',
            name='explanation',
            field=fields.TextField(db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Notice',
            name='aware_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
