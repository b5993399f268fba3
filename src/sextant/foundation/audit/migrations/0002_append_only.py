"""Rows of the audit trail are added and never changed or removed, whoever asks."""

from django.db import migrations

FORBID = """
create function audit_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are append-only' using errcode = 'integrity_constraint_violation';
end $$;
create trigger audit_append_only before update or delete on audit_auditentry
  for each row execute function audit_refuse_change();
"""
ALLOW = "drop trigger audit_append_only on audit_auditentry; drop function audit_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
