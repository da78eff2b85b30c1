from tortoise import migrations
from tortoise.migrations import operations as ops
from models.documents import DocumentKind
from models.rules.attendance import Act, Channel, Kind, Stage
from models.rules.tickets import Line, TicketState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0016_minutes_and_agreement')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Attendance',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(description='TRIAGE: triage\nCONSULTATION: consultation\nEXTRA_PROCON: extra_procon\nPRELIMINARY: preliminary\nCALCULATION: calculation\nCIP: cip\nDIRECT_OPENING: direct_opening\nEX_OFFICIO: ex_officio\nINSPECTION: inspection\nSMALL_CLAIMS: small_claims', enum_type=Kind, max_length=16)),
                ('stage', fields.CharEnumField(description='WAITING: waiting\nIN_HAND: in_hand\nANSWERED: answered\nFORWARDED: forwarded\nUNDER_REVIEW: under_review\nREFERRED: referred\nCLOSED: closed', enum_type=Stage, max_length=16)),
                ('channel', fields.CharEnumField(description='ONLINE: online\nCOUNTER: counter\nPHONE: phone', enum_type=Channel, max_length=12)),
                ('citizen', fields.ForeignKeyField('models.User', source_field='citizen_id', null=True, db_constraint=True, to_field='id', related_name='attendances', on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(db_default='', max_length=160)),
                ('company_name', fields.CharField(db_default='', max_length=160)),
                ('attendant', fields.ForeignKeyField('models.User', source_field='attendant_id', null=True, db_constraint=True, to_field='id', related_name='attended', on_delete=OnDelete.SET_NULL)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', null=True, db_constraint=True, to_field='id', related_name='attendances', on_delete=OnDelete.RESTRICT)),
                ('problem', fields.ForeignKeyField('models.Problem', source_field='problem_id', null=True, db_constraint=True, to_field='id', related_name='attendances', on_delete=OnDelete.RESTRICT)),
                ('question', fields.TextField(unique=False)),
                ('answer', fields.TextField(db_default='', unique=False)),
                ('body', fields.CharField(db_default='', max_length=24)),
                ('rating', fields.SmallIntField(null=True)),
                ('rating_text', fields.TextField(db_default='', unique=False)),
                ('client_key', fields.CharField(null=True, unique=True, max_length=64)),
                ('code', fields.CharField(null=True, unique=True, max_length=16)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attendance', 'app': 'models', 'indexes': [Index(fields=['stage', 'created_at']), Index(fields=['citizen_id', 'id']), Index(fields=['case_id'])], 'pk_attr': 'id', 'table_description': 'One contact in which the agency serves somebody (models.rules.attendance).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AttendanceStep',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('attendance', fields.ForeignKeyField('models.Attendance', source_field='attendance_id', db_constraint=True, to_field='id', related_name='steps', on_delete=OnDelete.CASCADE)),
                ('act', fields.CharEnumField(description='TAKE: take\nANSWER: answer\nFORWARD: forward\nREFER: refer\nOPEN_CASE: open_case\nRATE: rate\nASK_REVIEW: ask_review\nKEEP: keep\nCONCLUDE: conclude', enum_type=Act, max_length=16)),
                ('actor', fields.ForeignKeyField('models.User', source_field='actor_id', db_constraint=True, to_field='id', related_name='attendance_steps', on_delete=OnDelete.RESTRICT)),
                ('text', fields.TextField(db_default='', unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attendance_step', 'app': 'models', 'indexes': [Index(fields=['attendance_id', 'id'])], 'pk_attr': 'id', 'table_description': 'Something done to an attendance: its record.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='IndexSeries',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=24)),
                ('name', fields.CharField(max_length=120)),
                ('source', fields.CharField(max_length=240)),
                ('checked', fields.BooleanField(db_default=False)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'index_series', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A series, such as INPC: its name and source, and whether somebody checked its values.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='IndexValue',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('series', fields.ForeignKeyField('models.IndexSeries', source_field='series_id', db_constraint=True, to_field='id', related_name='values', on_delete=OnDelete.CASCADE)),
                ('month', fields.DateField()),
                ('percent', fields.DecimalField(max_digits=9, decimal_places=4)),
            ],
            options={'table': 'index_value', 'app': 'models', 'unique_together': (('series_id', 'month'),), 'pk_attr': 'id', 'table_description': "The per cent of one month, by the month's first day."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Ticket',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.DateField()),
                ('line', fields.CharEnumField(description='OVER_80: over_80\nPRIORITY: priority\nNORMAL: normal', enum_type=Line, max_length=12)),
                ('number', fields.IntField()),
                ('state', fields.CharEnumField(description='WAITING: waiting\nCALLED: called\nSERVING: serving\nFINISHED: finished\nNO_SHOW: no_show', enum_type=TicketState, max_length=12)),
                ('desk', fields.CharField(db_default='', max_length=12)),
                ('attendant', fields.ForeignKeyField('models.User', source_field='attendant_id', null=True, db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.SET_NULL)),
                ('calls', fields.IntField(db_default=0)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('called_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('started_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ticket', 'app': 'models', 'unique_together': (('day', 'line', 'number'),), 'indexes': [Index(fields=['day', 'state'])], 'pk_attr': 'id', 'table_description': "A place in the counter's line, numbered anew each day and per line."},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(description='RESIDENCE: residence\nIDENTITY: identity\nEXHIBIT: exhibit\nANSWER: answer\nRECEIPT: receipt\nNOTICE: notice\nMINUTES: minutes\nSETTLEMENT: settlement\nCALCULATION: calculation\nPETITION: petition\nPRESENCE: presence\nMESSAGE: message\nPROOF: proof\nPOWER: power', enum_type=DocumentKind, max_length=12),
        ),
        ops.AlterField(
            model_name='User',
            name='email',
            field=fields.CharField(null=True, unique=True, max_length=254),
        ),
    ]
