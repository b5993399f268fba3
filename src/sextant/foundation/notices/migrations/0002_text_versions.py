"""Every saving of a notice's text stays."""

from django.db import migrations, models

REFUSE = """
create function notices_refuse_version_change() returns trigger language plpgsql as $$
begin
  raise exception 'versions of notice texts are only added';
end $$;
create trigger notices_text_versions_append_only before update or delete on notices_noticetextversion
  for each row execute function notices_refuse_version_change();
insert into notices_noticetextversion (code, kind, language, number, subject, body, reason, at, by)
  select code, kind, language, 1, subject, body, '', changed_at, changed_by from notices_noticetext;
"""
ALLOW = """
drop trigger notices_text_versions_append_only on notices_noticetextversion;
drop function notices_refuse_version_change();
"""


class Migration(migrations.Migration):

    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="NoticeTextVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=12)),
                ("language", models.CharField(max_length=10)),
                ("number", models.PositiveIntegerField()),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "kind", "language", "number"), name="notices_text_version_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
