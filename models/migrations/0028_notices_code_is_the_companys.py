from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('models', '0027_postal_address_and_erasure')]

    initial = False

    operations = [
        # The company's paper of a notice has the code that opens the case in its name: not for the consumer (ADR 0067)
        ops.RunSQL(
            "UPDATE document SET sides = 'company,staff' WHERE kind = 'notice' AND code IN (SELECT code FROM notice)",
            reverse_sql="UPDATE document SET sides = 'consumer,company,staff' WHERE kind = 'notice' AND code IN (SELECT code FROM notice)",
        ),
    ]
