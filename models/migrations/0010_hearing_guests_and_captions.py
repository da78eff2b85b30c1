from tortoise import migrations
from tortoise.migrations import operations as ops
from models.rules.hearing import SeatRole
from models.rules.people import Side
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0009_scheduling')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='Clause',
            name='debtor',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel\nWITNESS: witness\nOBSERVER: observer', enum_type=SeatRole, max_length=12),
        ),
        ops.AddField(
            model_name='Hearing',
            name='captions',
            field=fields.BooleanField(db_default=False),
        ),
        ops.AlterField(
            model_name='Offer',
            name='side',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nSTAFF: staff\nSYSTEM: system\nGUEST: guest', enum_type=Side, max_length=12),
        ),
        ops.AlterField(
            model_name='Seat',
            name='role',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel\nWITNESS: witness\nOBSERVER: observer', enum_type=SeatRole, max_length=12),
        ),
        ops.AddField(
            model_name='Seat',
            name='email',
            field=fields.CharField(db_default='', max_length=254),
        ),
        ops.AlterField(
            model_name='Signature',
            name='role',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel\nWITNESS: witness\nOBSERVER: observer', enum_type=SeatRole, max_length=12),
        ),
        ops.AlterField(
            model_name='Statement',
            name='side',
            field=fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nSTAFF: staff\nSYSTEM: system\nGUEST: guest', enum_type=Side, max_length=12),
        ),
    ]
