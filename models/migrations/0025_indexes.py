from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0024_taxonomy_and_decrees')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Claim',
            index=Index(fields=['user_id', 'decided_at']),
        ),
        ops.AddIndex(
            model_name='ConsultationMember',
            index=Index(fields=['seat_id', 'answer']),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['notice_id', 'id']),
        ),
        ops.AddIndex(
            model_name='DeliveryStep',
            index=Index(fields=['delivery_id', 'id']),
        ),
        ops.AddIndex(
            model_name='DocumentAccess',
            index=Index(fields=['document_id', 'user_id', 'at']),
        ),
        ops.AddIndex(
            model_name='Hearing',
            index=Index(fields=['starts_at']),
        ),
        ops.AddIndex(
            model_name='HearingMessage',
            index=Index(fields=['consultation_id']),
        ),
        ops.AddIndex(
            model_name='Notice',
            index=Index(fields=['case_id', 'id']),
        ),
        ops.AddIndex(
            model_name='PushDevice',
            index=Index(fields=['user_id']),
        ),
        ops.AddIndex(
            model_name='Representation',
            index=Index(fields=['user_id']),
        ),
        ops.AddIndex(
            model_name='Seat',
            index=Index(fields=['user_id']),
        ),
        ops.AddIndex(
            model_name='Seat',
            index=Index(fields=['consultation_id']),
        ),
        ops.AddIndex(
            model_name='Seat',
            index=Index(fields=['connected', 'seen_at']),
        ),
        ops.AddIndex(
            model_name='Session',
            index=Index(fields=['user_id']),
        ),
        ops.AddIndex(
            model_name='User',
            index=Index(fields=['role']),
        ),
    ]
