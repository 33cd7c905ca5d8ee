"""The database itself keeps the audit log append-only.

An entry may leave only when it is three years older than the newest one: the age is judged by the log itself,
because the database's own clock knows nothing of a clock that was moved.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_auditentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < (SELECT max(at) FROM accounts_auditentry) - interval '1095 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'accounts_auditentry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER auditentry_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_append_only();
"""
BACKWARD = """
DROP TRIGGER auditentry_append_only ON accounts_auditentry;
DROP FUNCTION accounts_auditentry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
