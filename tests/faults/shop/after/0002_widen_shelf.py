from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    initial = False

    operations = [
        ops.AlterField(
            model_name="Shelf",
            name="name",
            field=fields.CharField(max_length=200),
        ),
        ops.AlterField(
            model_name="Tag",
            name="word",
            field=fields.CharField(max_length=40),
        ),
        ops.AddField(
            model_name="Shelf",
            name="place",
            field=fields.CharField(db_default="hall", max_length=20),
        ),
    ]
