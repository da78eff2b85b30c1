from tortoise import migrations
from tortoise.migrations import operations as ops
from models.cases import SolvedBy
from models.documents import DocumentKind
from models.rules.case_machine import State
from models.rules.fulfilment import ObligationState
from models.rules.hearing import SeatRole
from models.rules.offers import OfferState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0022_reschedule_requests')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ObligationProof',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('obligation', fields.ForeignKeyField('models.Obligation', source_field='obligation_id', db_constraint=True, to_field='id', related_name='proofs', on_delete=OnDelete.CASCADE)),
                ('document', fields.ForeignKeyField('models.Document', source_field='document_id', db_constraint=True, to_field='id', related_name='proves', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'obligation_proof', 'app': 'models', 'unique_together': (('obligation_id', 'document_id'),), 'pk_attr': 'id', 'table_description': 'A paper by which a debtor shows that an obligation was fulfilled.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OfferSignature',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('offer', fields.ForeignKeyField('models.Offer', source_field='offer_id', db_constraint=True, to_field='id', related_name='signatures', on_delete=OnDelete.RESTRICT)),
                ('user', fields.ForeignKeyField('models.User', source_field='user_id', db_constraint=True, to_field='id', related_name='offer_signatures', on_delete=OnDelete.RESTRICT)),
                ('role', fields.CharEnumField(description='CONSUMER: consumer\nCOMPANY: company\nMEDIATOR: mediator\nINTERPRETER: interpreter\nCOUNSEL: counsel\nWITNESS: witness\nOBSERVER: observer', enum_type=SeatRole, max_length=12)),
                ('text_hash', fields.CharField(max_length=64)),
                ('method', fields.CharField(max_length=24)),
                ('address', fields.CharField(max_length=45)),
                ('device', fields.CharField(max_length=200)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'offer_signature', 'app': 'models', 'unique_together': (('offer_id', 'role'),), 'pk_attr': 'id', 'table_description': 'Who stood by an offer, with the evidence: its author when it was made, the other side on accepting.'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Case',
            name='solved_by',
            field=fields.CharEnumField(null=True, description='PRELIMINARY: preliminary\nCIP: cip\nAGREEMENT: agreement', enum_type=SolvedBy, max_length=12),
        ),
        ops.AlterField(
            model_name='Case',
            name='state',
            field=fields.CharEnumField(description='DRAFT: draft\nSUBMITTED: submitted\nIN_TRIAGE: in_triage\nWAITING_CONSUMER: waiting_consumer\nLAPSED: lapsed\nREFUSED: refused\nACCEPTED: accepted\nUNDER_ANALYSIS: under_analysis\nPRELIMINARY: preliminary\nNOTIFIED: notified\nACKNOWLEDGED: acknowledged\nANSWERED: answered\nUNANSWERED: unanswered\nREPLIED: replied\nOPENED: opened\nHEARING_SCHEDULED: hearing_scheduled\nNO_AGREEMENT: no_agreement\nHEARING_NOT_HELD: hearing_not_held\nFULFILMENT: fulfilment\nBREACHED: breached\nARCHIVED: archived', enum_type=State, max_length=24),
        ),
        ops.AlterModelOptions(
            name='Clause',
            options={'table': 'clause', 'app': 'models', 'unique_together': (('hearing_id', 'number'), ('offer_id', 'number')), 'pk_attr': 'id', 'table_description': "A version of a clause of the agreement: of a hearing's, or of an ``offer`` made without one."},
        ),
        ops.AlterField(
            model_name='Clause',
            name='hearing',
            field=fields.ForeignKeyField('models.Hearing', source_field='hearing_id', null=True, db_constraint=True, to_field='id', related_name='clauses', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Clause',
            name='offer',
            field=fields.ForeignKeyField('models.Offer', source_field='offer_id', null=True, db_constraint=True, to_field='id', related_name='clauses', on_delete=OnDelete.CASCADE),
        ),
        ops.AddConstraint(
            model_name='Clause',
            constraint=UniqueConstraint(fields=('offer_id', 'number'), name=None),
        ),
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(description='RESIDENCE: residence\nIDENTITY: identity\nEXHIBIT: exhibit\nANSWER: answer\nRECEIPT: receipt\nNOTICE: notice\nMINUTES: minutes\nSETTLEMENT: settlement\nCALCULATION: calculation\nPETITION: petition\nPRESENCE: presence\nMESSAGE: message\nEXCUSE: excuse\nPROOF: proof\nPOWER: power\nFULFILMENT: fulfilment\nKIT: kit', enum_type=DocumentKind, max_length=12),
        ),
        ops.AddField(
            model_name='Obligation',
            name='agreed_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Obligation',
            name='asked_again_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Obligation',
            name='asked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Obligation',
            name='broken_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Obligation',
            name='decided_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Obligation',
            name='decided_by',
            field=fields.ForeignKeyField('models.User', source_field='decided_by_id', null=True, db_constraint=True, to_field='id', related_name='decided_obligations', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Obligation',
            name='note',
            field=fields.CharField(db_default='', max_length=1000),
        ),
        ops.AddField(
            model_name='Obligation',
            name='reminded_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Obligation',
            name='reply_until',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Obligation',
            name='state',
            field=fields.CharEnumField(description='PENDING: pending\nKEPT: kept\nBROKEN: broken\nSILENT: silent', db_default='pending', enum_type=ObligationState, max_length=12),
        ),
        ops.AddIndex(
            model_name='Obligation',
            index=Index(fields=['state', 'due_on']),
        ),
        ops.AlterModelOptions(
            name='Offer',
            options={'table': 'offer', 'app': 'models', 'indexes': [Index(fields=['case_id', 'id']), Index(fields=['state', 'expires_on'])], 'pk_attr': 'id', 'table_description': 'A version of what one side offers to the other; its obligations are ``Clause`` rows.'},
        ),
        ops.AlterField(
            model_name='Offer',
            name='state',
            field=fields.CharEnumField(description='OPEN: open\nACCEPTED: accepted\nREFUSED: refused\nCOUNTERED: countered\nREPLACED: replaced\nWITHDRAWN: withdrawn\nEXPIRED: expired', enum_type=OfferState, max_length=12),
        ),
        ops.AddField(
            model_name='Offer',
            name='text_hash',
            field=fields.CharField(db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='Offer',
            name='final_text',
            field=fields.TextField(db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Offer',
            name='version',
            field=fields.IntField(db_default=1),
        ),
        ops.AddField(
            model_name='Offer',
            name='expires_on',
            field=fields.DateField(null=True),
        ),
        # What an offer said in columns of its own becomes its one obligation
        ops.RunSQL(
            "INSERT INTO clause (offer_id, number, version, kind, debtor, text, amount_cents, instalments, due_on, "
            "state, author_id, at) SELECT id, 1, 1, CASE WHEN amount_cents IS NULL THEN 'do' ELSE 'refund' END, "
            "'company', text, amount_cents, instalments, due_on, "
            "CASE WHEN state = 'accepted' THEN 'frozen' ELSE 'proposed' END, author_id, at FROM offer",
            reverse_sql="DELETE FROM clause WHERE offer_id IS NOT NULL",
        ),
        ops.RunSQL(
            "INSERT INTO obligation (case_id, clause_id, number, debtor, text, amount_cents, due_on) "
            "SELECT o.case_id, c.id, 1, c.debtor, c.text, c.amount_cents, c.due_on FROM offer o "
            "JOIN clause c ON c.offer_id = o.id WHERE o.state = 'accepted' AND o.instalments = 1",
            reverse_sql="DELETE FROM obligation WHERE clause_id IN (SELECT id FROM clause WHERE offer_id IS NOT NULL)",
        ),
        ops.RunSQL("UPDATE offer SET text = ''", reverse_sql="UPDATE offer SET text = text"),
        ops.RemoveField(model_name='Offer', name='amount_cents'),
        ops.RemoveField(model_name='Offer', name='instalments'),
        ops.RemoveField(model_name='Offer', name='due_on'),
        ops.AddIndex(
            model_name='Offer',
            index=Index(fields=['state', 'expires_on']),
        ),
    ]
