from tortoise import migrations
from tortoise.migrations import operations as ops
from models.rules.consultation import CallAnswer, ConsultationState
from models.rules.hearing import Audience, SeatMode, SeatRole
from models.rules.people import Role
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0003_calendar_and_terms')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Consultation',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', db_constraint=True, to_field='id', related_name='consultations', on_delete=OnDelete.CASCADE)),
                ('state', fields.CharEnumField(description='RINGING: ringing\nOPEN: open\nENDED: ended\nDECLINED: declined\nEXPIRED: expired', enum_type=ConsultationState, max_length=12)),
                ('opened_by', fields.ForeignKeyField('models.User', source_field='opened_by_id', db_constraint=True, to_field='id', related_name='consultations', on_delete=OnDelete.RESTRICT)),
                ('invited_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('began_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'consultation', 'app': 'models', 'indexes': [Index(fields=['hearing_id', 'state']), Index(fields=['state', 'invited_at'])], 'pk_attr': 'id', 'table_description': 'A private room within a hearing.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ConsultationMember',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('consultation', fields.ForeignKeyField('models.Consultation', source_field='consultation_id', db_constraint=True, to_field='id', related_name='members', on_delete=OnDelete.CASCADE)),
                ('seat', fields.ForeignKeyField('models.Seat', source_field='seat_id', db_constraint=True, to_field='id', related_name='calls', on_delete=OnDelete.CASCADE)),
                ('answer', fields.CharEnumField(description='RINGING: ringing\nACCEPTED: accepted\nDECLINED: declined\nEXPIRED: expired', enum_type=CallAnswer, max_length=12)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'consultation_member', 'app': 'models', 'unique_together': (('consultation_id', 'seat_id'),), 'pk_attr': 'id', 'table_description': 'Somebody called into a private room, and what became of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SeatLink',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('seat', fields.ForeignKeyField('models.Seat', source_field='seat_id', db_constraint=True, to_field='id', related_name='links', on_delete=OnDelete.CASCADE)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'seat_link', 'app': 'models', 'indexes': [Index(fields=['seat_id', 'used_at'])], 'pk_attr': 'id', 'table_description': 'A personal link to a seat, good for one use and kept as a hash.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Clause',
            name='debtor',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel', enum_type=SeatRole, max_length=12),
        ),
        ops.AddField(
            model_name='Hearing',
            name='counting_from',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Hearing',
            name='exhibit',
            field=fields.ForeignKeyField('models.Document', source_field='exhibit_id', null=True, db_constraint=True, to_field='id', related_name='shown_in', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Hearing',
            name='exhibit_page',
            field=fields.IntField(db_default=1),
        ),
        ops.AddField(
            model_name='Hearing',
            name='floor',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Hearing',
            name='holds',
            field=fields.BooleanField(db_default=True),
        ),
        ops.AddField(
            model_name='Hearing',
            name='spotlight',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='HearingMessage',
            name='audience',
            field=fields.CharEnumField(description='ALL: all\nMEDIATOR: mediator\nPRIVATE: private', db_default='all', enum_type=Audience, max_length=12),
        ),
        ops.AddField(
            model_name='HearingMessage',
            name='consultation',
            field=fields.ForeignKeyField('models.Consultation', source_field='consultation_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.SET_NULL),
        ),
        ops.AlterField(
            model_name='Seat',
            name='role',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel', enum_type=SeatRole, max_length=12),
        ),
        ops.AddField(
            model_name='Seat',
            name='consultation',
            field=fields.ForeignKeyField('models.Consultation', source_field='consultation_id', null=True, db_constraint=True, to_field='id', related_name='seats', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Seat',
            name='hand_raised_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Seat',
            name='identified_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Seat',
            name='mode',
            field=fields.CharEnumField(description='VIDEO: video\nLOW_VIDEO: low\nAUDIO: audio\nTEXT: text', db_default='video', enum_type=SeatMode, max_length=8),
        ),
        ops.AddField(
            model_name='Seat',
            name='mode_chosen',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name='Seat',
            name='rules_version',
            field=fields.CharField(db_default='', max_length=16),
        ),
        ops.AlterField(
            model_name='Signature',
            name='role',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel', enum_type=SeatRole, max_length=12),
        ),
        ops.AlterField(
            model_name='User',
            name='role',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nATTENDANT: attendant\nMEDIATOR: mediator\nLEGAL: legal\nCOORDINATOR: coordinator\nAUDITOR: auditor\nGUEST: guest', enum_type=Role, max_length=16),
        ),
    ]
