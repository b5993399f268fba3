"""Forms: sheets of answers, and every save of them."""

import django.db.models.deletion
from django.db import migrations, models

REFUSE = """
create function lowcode_refuse_sheet_change() returns trigger language plpgsql as
$$ begin raise exception 'saves of a sheet are kept for good' using errcode = 'insufficient_privilege'; end $$;
create trigger lowcode_sheet_change_append_only before update or delete on lowcode_sheetchange
for each row execute function lowcode_refuse_sheet_change();
"""
ALLOW = """
drop trigger lowcode_sheet_change_append_only on lowcode_sheetchange;
drop function lowcode_refuse_sheet_change();
"""


class Migration(migrations.Migration):
    dependencies = [("lowcode", "0002_flows")]

    operations = [
        migrations.CreateModel(
            name="FormSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("part", models.CharField(blank=True, max_length=60)),
                ("about_id", models.BigIntegerField()),
                ("state", models.CharField(default="open", max_length=12)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("answers", models.JSONField(default=dict)),
                ("computed", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.BigIntegerField(null=True)),
                ("handed_in_at", models.DateTimeField(null=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lowcode.definitionversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["about_id", "-changed_at"], name="lowcode_sheet_about")],
                "constraints": [
                    models.UniqueConstraint(fields=("subject_kind", "subject_id", "part"), name="lowcode_sheet_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handed_in_at", None), ("state", "open")),
                            models.Q(("handed_in_at__isnull", False), ("state", "handed_in")),
                            _connector="OR",
                        ),
                        name="lowcode_sheet_handed_in",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("person_id", models.BigIntegerField(null=True)),
                ("changes", models.JSONField()),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="lowcode.formsheet",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sheet", "revision"), name="lowcode_sheet_change_once")
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
