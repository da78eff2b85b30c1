from tortoise import migrations
from tortoise.migrations import operations as ops
from models.documents import DocumentKind
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0007_case_standing')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(description='RESIDENCE: residence\nIDENTITY: identity\nEXHIBIT: exhibit\nANSWER: answer\nRECEIPT: receipt\nNOTICE: notice\nMINUTES: minutes\nSETTLEMENT: settlement\nPRESENCE: presence', enum_type=DocumentKind, max_length=12),
        ),
    ]
