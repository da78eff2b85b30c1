from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0019_territory_and_standard_texts')]

    initial = False

    operations = [
        ops.CreateModel(
            name='NewsChoice',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.OneToOneField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='news_choice', on_delete=OnDelete.CASCADE)),
                ('choices', fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ('number', fields.CharField(db_default='', max_length=16)),
                ('number_confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('quiet_from', fields.CharField(db_default='', max_length=5)),
                ('quiet_to', fields.CharField(db_default='', max_length=5)),
            ],
            options={'table': 'news_choice', 'app': 'models', 'pk_attr': 'id', 'table_description': "A person's choices, once they made some."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PushDevice',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='push_devices', on_delete=OnDelete.CASCADE)),
                ('endpoint', fields.TextField(unique=False)),
                ('endpoint_hash', fields.CharField(unique=True, max_length=64)),
                ('p256dh', fields.CharField(max_length=90)),
                ('auth', fields.CharField(max_length=30)),
                ('label', fields.CharField(db_default='', max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reached_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'push_device', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A browser that takes web push for a person (a subscription of the Push API).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Notice',
            name='escalated_to',
            field=fields.CharField(db_default='', max_length=12),
        ),
    ]
