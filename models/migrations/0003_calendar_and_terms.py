from tortoise import migrations
from tortoise.migrations import operations as ops
from models.calendar import DayKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0002_media_and_recordings')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('first_day', fields.DateField()),
                ('last_day', fields.DateField()),
                ('kind', fields.CharEnumField(description='HOLIDAY: holiday\nOPTIONAL: optional\nSUSPENSION: suspension\nWORKING: working', enum_type=DayKind, max_length=12)),
                ('name', fields.CharField(max_length=120)),
                ('decree', fields.CharField(max_length=160)),
                ('added_by', fields.ForeignKeyField('models.User', source_field='added_by_id', db_constraint=True, to_field='id', related_name='calendar_days', on_delete=OnDelete.RESTRICT)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_by', fields.ForeignKeyField('models.User', source_field='revoked_by_id', null=True, db_constraint=True, to_field='id', related_name='revoked_calendar_days', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'calendar_day', 'app': 'models', 'indexes': [Index(fields=['first_day', 'last_day'])], 'pk_attr': 'id', 'table_description': 'Days set by the coordinator, both ends included, with the decree that says so.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('year', fields.IntField(unique=True)),
                ('confirmed_by', fields.ForeignKeyField('models.User', source_field='confirmed_by_id', db_constraint=True, to_field='id', related_name='calendar_years', on_delete=OnDelete.RESTRICT)),
                ('confirmed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'calendar_year', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A year whose calendar the coordinator has looked through and confirmed.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Case',
            name='term_act',
            field=fields.CharField(db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Case',
            name='term_start',
            field=fields.DateField(null=True),
        ),
    ]
