"""Versions of metrics and derived metrics. A version, once written, is neither changed nor removed."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

FORBID = """
create function metrics_refuse_version_change() returns trigger language plpgsql as $$
begin
  raise exception 'versions of metrics are append-only' using errcode = 'integrity_constraint_violation';
end $$;
create trigger metrics_versions_append_only before update or delete on metrics_metricversion
  for each row execute function metrics_refuse_version_change();
"""
ALLOW = "drop trigger metrics_versions_append_only on metrics_metricversion; drop function metrics_refuse_version_change();"


class Migration(migrations.Migration):
    dependencies = [("metrics", "0005_connectors")]

    operations = [
        migrations.AddField("metric", "kind", models.CharField(default="measured", max_length=10)),
        migrations.AddField("metric", "formula", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "metric",
            "inputs",
            models.JSONField(blank=True, default=dict, help_text="name in the formula -> code of the metric"),
        ),
        migrations.AddField(
            "metric",
            "input_ids",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            "metric",
            "dimension",
            models.CharField(blank=True, default="", help_text="one value for each of its values", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            "metric",
            "roll_up",
            models.CharField(
                blank=True, default="", help_text="empty: what follows from the aggregation", max_length=10
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "metric",
            "tags",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            "metric",
            "limit",
            models.DecimalField(decimal_places=6, help_text="what is physically possible", max_digits=28, null=True),
        ),
        migrations.AddField(
            "metric",
            "peer_group",
            models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField("metric", "retired_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="MetricVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("changes", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("restores", models.PositiveIntegerField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=200)),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="metrics.metric"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("metric", "version"), name="metrics_one_metric_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Derivation",
            fields=[
                (
                    "metric",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="derivation",
                        serialize=False,
                        to="metrics.metric",
                    ),
                ),
                ("definition_version", models.PositiveIntegerField()),
                ("ledger_version", models.BigIntegerField()),
                ("computed", models.PositiveIntegerField(help_text="values there are")),
                (
                    "missing",
                    models.PositiveIntegerField(help_text="left without a value because an input is missing"),
                ),
                (
                    "failed",
                    models.PositiveIntegerField(help_text="left without a value because the formula has none"),
                ),
                ("derived_at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        help_text="the last one that changed something",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="metrics.batch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UncomputableValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.SmallIntegerField()),
                ("subject_id", models.BigIntegerField()),
                ("starts_on", models.DateField()),
                ("dimension_value", models.CharField(blank=True, max_length=300)),
                ("code", models.CharField(max_length=80)),
                ("params", models.JSONField(default=dict)),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uncomputable", to="metrics.metric"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["metric", "-starts_on", "subject_kind", "subject_id"], name="metrics_uncomputable"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
