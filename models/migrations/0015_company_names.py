from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0014_notice_ledger')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Company',
            name='merged_into',
            field=fields.ForeignKeyField('models.Company', source_field='merged_into_id', null=True, db_constraint=True, to_field='id', related_name='duplicates', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Company',
            name='other_names',
            field=fields.TextField(db_default='', unique=False),
        ),
    ]
