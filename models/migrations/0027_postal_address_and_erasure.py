from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from datetime import date
from models.rules.agreement import instalment_table


ACCEPTED_BEFORE = """
SELECT o.case_id, c.id AS clause_id, c.debtor, c.text, c.amount_cents, c.instalments, c.due_on
  FROM offer o JOIN clause c ON c.offer_id = o.id
 WHERE o.state = 'accepted' AND NOT EXISTS (SELECT 1 FROM obligation b WHERE b.clause_id = c.id) ORDER BY c.id
"""


async def enter_payments(apps, schema_editor):
    """Enter what was agreed in instalments before 0023, which left it out: nobody was asked whether it was paid."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == 'sqlite'
    marks = ', '.join('?' if sqlite else f'${number}' for number in range(1, 8))
    entering = f'INSERT INTO obligation (case_id, clause_id, number, debtor, text, amount_cents, due_on) VALUES ({marks})'
    for row in await client.execute_query_dict(ACCEPTED_BEFORE):
        for number, text, amount, due_on in payments(row):
            day = due_on.isoformat() if sqlite and due_on else due_on
            values = [row['case_id'], row['clause_id'], number, row['debtor'], text, amount, day]
            await client.execute_query(entering, values)


def payments(row):
    """Number, words, centavos and day of each; without a first day it is one obligation, as everywhere."""
    amount, count, first = row['amount_cents'], row['instalments'], row['due_on']
    if first is None or amount is None:
        return [(1, row['text'], amount, None)]
    if isinstance(first, str):
        first = date.fromisoformat(first)
    table = instalment_table(amount, count, first)
    return [(one.number, f"Parcela {one.number} de {count}: {row['text']}", one.amount_cents, one.due_on) for one in table]


class Migration(migrations.Migration):
    dependencies = [('models', '0026_booked_terms')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Company',
            name='cep',
            field=fields.CharField(db_default='', max_length=8),
        ),
        ops.AddField(
            model_name='Company',
            name='city',
            field=fields.CharField(db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Company',
            name='complement',
            field=fields.CharField(db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Company',
            name='district',
            field=fields.CharField(db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Company',
            name='number',
            field=fields.CharField(db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Company',
            name='street',
            field=fields.CharField(db_default='', max_length=160),
        ),
        ops.AddField(
            model_name='Company',
            name='uf',
            field=fields.CharField(db_default='', max_length=2),
        ),
        ops.AddField(
            model_name='Document',
            name='erased_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Document',
            name='erased_under',
            field=fields.CharField(db_default='', max_length=400),
        ),
        # Offers made before 0023 all called themselves version 1; the count is how every version is numbered
        ops.RunSQL(
            "UPDATE offer SET version = (SELECT COUNT(*) FROM offer o WHERE o.case_id = offer.case_id AND o.id <= offer.id)",
            reverse_sql="UPDATE offer SET version = version",
        ),
        ops.RunPython(enter_payments, ops.RunPython.noop),
        # The day of an agreement, from which the creditor is asked about what has no date (in UTC, as kept)
        ops.RunSQL(
            "UPDATE obligation SET agreed_on = (SELECT date(COALESCE(o.decided_at, o.at)) "
            "FROM clause c JOIN offer o ON o.id = c.offer_id WHERE c.id = obligation.clause_id) "
            "WHERE agreed_on IS NULL AND EXISTS (SELECT 1 FROM clause c WHERE c.id = obligation.clause_id AND c.offer_id IS NOT NULL)",
            reverse_sql="UPDATE obligation SET agreed_on = agreed_on",
        ),
    ]
