from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0025_indexes')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Case',
            name='term_calendar',
            field=fields.CharField(db_default='', max_length=16),
        ),
        ops.AddField(
            model_name='Case',
            name='term_how',
            field=fields.CharField(db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Case',
            name='term_trigger',
            field=fields.CharField(db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Obligation',
            name='reply_explanation',
            field=fields.TextField(db_default='', unique=False),
        ),
    ]
