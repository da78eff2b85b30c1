from tortoise import migrations
from tortoise.migrations import operations as ops
from models.scheduling import AbsenceKind, OfferedState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0008_presence_documents')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Absence',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('mediator', fields.ForeignKeyField('models.User', source_field='mediator_id', db_constraint=True, to_field='id', related_name='absences', on_delete=OnDelete.CASCADE)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('kind', fields.CharEnumField(description='VACATION: vacation\nLEAVE: leave\nTRAINING: training\nOTHER: other', enum_type=AbsenceKind, max_length=12)),
                ('note', fields.CharField(db_default='', max_length=160)),
                ('added_by', fields.ForeignKeyField('models.User', source_field='added_by_id', db_constraint=True, to_field='id', related_name='added_absences', on_delete=OnDelete.RESTRICT)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'absence', 'app': 'models', 'indexes': [Index(fields=['mediator_id', 'ends_at'])], 'pk_attr': 'id', 'table_description': 'Time in which a mediator holds no hearings. Taken back, it stays with ``revoked_at``.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HearingBlock',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('company', fields.ForeignKeyField('models.Company', source_field='company_id', db_constraint=True, to_field='id', related_name='blocks', on_delete=OnDelete.RESTRICT)),
                ('mediator', fields.ForeignKeyField('models.User', source_field='mediator_id', db_constraint=True, to_field='id', related_name='blocks', on_delete=OnDelete.RESTRICT)),
                ('agent', fields.ForeignKeyField('models.User', source_field='agent_id', db_constraint=True, to_field='id', related_name='represented_blocks', on_delete=OnDelete.RESTRICT)),
                ('invitation', fields.IntField(db_default=0)),
                ('booked_by', fields.ForeignKeyField('models.User', source_field='booked_by_id', db_constraint=True, to_field='id', related_name='booked_blocks', on_delete=OnDelete.RESTRICT)),
                ('booked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'hearing_block', 'app': 'models', 'indexes': [Index(fields=['company_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Hearings of one company in a row, with one person who speaks for it in all of them.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OfferedSlot',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='offered_slots', on_delete=OnDelete.RESTRICT)),
                ('mediator', fields.ForeignKeyField('models.User', source_field='mediator_id', db_constraint=True, to_field='id', related_name='offered_slots', on_delete=OnDelete.RESTRICT)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('minutes', fields.IntField()),
                ('room', fields.IntField()),
                ('held', fields.BooleanField(db_default=False)),
                ('state', fields.CharEnumField(description='OPEN: open\nTAKEN: taken\nGONE: gone\nEXPIRED: expired\nWITHDRAWN: withdrawn', enum_type=OfferedState, max_length=12)),
                ('offered_by', fields.ForeignKeyField('models.User', source_field='offered_by_id', null=True, db_constraint=True, to_field='id', related_name='slots_offered', on_delete=OnDelete.RESTRICT)),
                ('offered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'offered_slot', 'app': 'models', 'indexes': [Index(fields=['case_id', 'state']), Index(fields=['state', 'expires_at']), Index(fields=['state', 'starts_at'])], 'pk_attr': 'id', 'table_description': 'A slot among which a consumer chooses, until ``expires_at``.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SlotClaim',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('resource', fields.CharField(max_length=32)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('hearing', fields.ForeignKeyField('models.Hearing', source_field='hearing_id', null=True, db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
                ('offered', fields.ForeignKeyField('models.OfferedSlot', source_field='offered_id', null=True, db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'slot_claim', 'app': 'models', 'unique_together': (('resource', 'at'),), 'indexes': [Index(fields=['hearing_id']), Index(fields=['offered_id'])], 'pk_attr': 'id', 'table_description': 'Five minutes of something that only one hearing can have: a mediator, a person, a room.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WorkingHours',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('mediator', fields.ForeignKeyField('models.User', source_field='mediator_id', db_constraint=True, to_field='id', related_name='working_hours', on_delete=OnDelete.CASCADE)),
                ('weekday', fields.IntField()),
                ('opens', fields.IntField()),
                ('closes', fields.IntField()),
            ],
            options={'table': 'working_hours', 'app': 'models', 'unique_together': (('mediator_id', 'weekday', 'opens'),), 'pk_attr': 'id', 'table_description': "A shift in a mediator's week, in minutes after midnight."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Hearing',
            name='agent',
            field=fields.ForeignKeyField('models.User', source_field='agent_id', null=True, db_constraint=True, to_field='id', related_name='represented_hearings', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Hearing',
            name='block',
            field=fields.ForeignKeyField('models.HearingBlock', source_field='block_id', null=True, db_constraint=True, to_field='id', related_name='hearings', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Hearing',
            name='room',
            field=fields.IntField(db_default=0),
        ),
    ]
