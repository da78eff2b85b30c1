from tortoise import migrations
from tortoise.migrations import operations as ops
from models.cases import StatementKind
from models.documents import DocumentKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0010_hearing_guests_and_captions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ThreadBookmark',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('models.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='bookmarks', on_delete=OnDelete.CASCADE)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='bookmarks', on_delete=OnDelete.CASCADE)),
                ('statement_id', fields.IntField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'thread_bookmark', 'app': 'models', 'unique_together': (('case_id', 'user_id'),), 'pk_attr': 'id', 'table_description': 'How far a person has read the thread of a case: ``statement_id`` is the last message seen.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(description='RESIDENCE: residence\nIDENTITY: identity\nEXHIBIT: exhibit\nANSWER: answer\nRECEIPT: receipt\nNOTICE: notice\nMINUTES: minutes\nSETTLEMENT: settlement\nPRESENCE: presence\nMESSAGE: message', enum_type=DocumentKind, max_length=12),
        ),
        ops.AddField(
            model_name='Document',
            name='statement',
            field=fields.ForeignKeyField('models.Statement', source_field='statement_id', null=True, db_constraint=True, to_field='id', related_name='documents', on_delete=OnDelete.SET_NULL),
        ),
        ops.AlterModelOptions(
            name='Statement',
            options={'table': 'statement', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id'])], 'pk_attr': 'id', 'table_description': "What a side says in writing: the company's answer, a reply, a message of the thread, a staff note."},
        ),
        ops.AlterField(
            model_name='Statement',
            name='kind',
            field=fields.CharEnumField(description='ANSWER: answer\nREPLY: reply\nNOTE: note\nMESSAGE: message', enum_type=StatementKind, max_length=12),
        ),
    ]
