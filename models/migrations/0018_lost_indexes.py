from tortoise import migrations
from tortoise.migrations import operations as ops

# What SQLite databases lost when earlier migrations remade these tables (ADR 0005). Elsewhere it is there.
INDEXES = [
    'CREATE INDEX IF NOT EXISTS "idx_case_file_changed_43343a" ON "case_file" ("changed_at", "id")',
    'CREATE INDEX IF NOT EXISTS "idx_case_file_company_f11f11" ON "case_file" ("company_id", "changed_at", "id")',
    'CREATE INDEX IF NOT EXISTS "idx_case_file_consume_c5cdfa" ON "case_file" ("consumer_id", "id")',
    'CREATE INDEX IF NOT EXISTS "idx_case_file_state_475b1a" ON "case_file" ("state", "changed_at", "id")',
    'CREATE INDEX IF NOT EXISTS "idx_document_case_id_05d2e8" ON "document" ("case_id", "at")',
    'CREATE INDEX IF NOT EXISTS "idx_document_sha256_7c7e15" ON "document" ("sha256")',
    'CREATE INDEX IF NOT EXISTS "idx_offer_case_id_3f803b" ON "offer" ("case_id", "id")',
    'CREATE INDEX IF NOT EXISTS "idx_statement_case_id_32e3aa" ON "statement" ("case_id", "id")',
    'CREATE UNIQUE INDEX IF NOT EXISTS "uid_clause_hearing_312f77" ON "clause" ("hearing_id", "number")',
    'CREATE UNIQUE INDEX IF NOT EXISTS "uid_seat_hearing_e2e3e7" ON "seat" ("hearing_id", "user_id")',
    'CREATE UNIQUE INDEX IF NOT EXISTS "uid_signature_hearing_094386" ON "signature" ("hearing_id", "user_id")',
]


class Migration(migrations.Migration):
    dependencies = [('models', '0017_attendances_and_tickets')]

    initial = False

    operations = [ops.RunSQL(INDEXES, reverse_sql=ops.RunSQL.noop)]
