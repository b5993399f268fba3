"""Light rules, calendars, lights set by hand."""

from django.db import migrations, models

_VERSIONS_STAY = """
CREATE FUNCTION metrics_rules_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of rules and calendars are neither changed nor deleted: add another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER metrics_lightrules_stay BEFORE UPDATE OR DELETE ON metrics_lightrules
    FOR EACH ROW EXECUTE FUNCTION metrics_rules_stay();
CREATE TRIGGER metrics_calendarversion_stay BEFORE UPDATE OR DELETE ON metrics_calendarversion
    FOR EACH ROW EXECUTE FUNCTION metrics_rules_stay();
"""
_NO_TRIGGERS = """
DROP TRIGGER metrics_calendarversion_stay ON metrics_calendarversion;
DROP TRIGGER metrics_lightrules_stay ON metrics_lightrules;
DROP FUNCTION metrics_rules_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="metrics_calendar_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LightRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("document", models.JSONField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("code", "version"), name="metrics_rules_version_once")],
            },
        ),
        migrations.CreateModel(
            name="ManualLight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("goal_id", models.BigIntegerField()),
                ("light", models.CharField(max_length=6)),
                ("reason", models.CharField(max_length=500)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=200)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("cleared_by", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at", None)), fields=("goal_id",), name="metrics_one_manual_light"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gt", models.F("from_on"))), name="metrics_manual_light_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="metrics_manual_light_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RulesUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=10)),
                ("object_id", models.BigIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("from_at", models.DateTimeField()),
                ("from_by", models.CharField(max_length=200)),
                ("until_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until_at", None)),
                        fields=("scope", "object_id"),
                        name="metrics_rules_one_in_use",
                    )
                ],
            },
        ),
        migrations.RunSQL(_VERSIONS_STAY, _NO_TRIGGERS),
    ]
