"""Data audit: matches of keys, versions of rules, findings, decisions; batches that replay or correct another."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_runs")]

    operations = [
        migrations.CreateModel(
            name="AuditFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metric_id", models.BigIntegerField()),
                ("severity", models.CharField(max_length=10)),
                ("day", models.DateField(help_text="the company's day on which it was found")),
                ("found_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("samples", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="AuditRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=80)),
                ("version", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=20)),
                ("severity", models.CharField(max_length=10)),
                ("is_on", models.BooleanField(default=True)),
                ("document", models.JSONField(help_text="audits.rules.AuditRuleDocument")),
                ("saved_by", models.CharField(max_length=200)),
                ("saved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BatchDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=1000)),
                ("decided_by", models.CharField(max_length=200)),
                ("decided_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SubjectMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200)),
                ("kind", models.PositiveSmallIntegerField(help_text="contracts.SubjectKind")),
                ("key", models.CharField(max_length=300)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("matched_by", models.CharField(max_length=200)),
                ("matched_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="batch",
            name="addresses_rows",
            field=models.BooleanField(default=False, help_text="corrects rows that have no record of the source"),
        ),
        migrations.AddField(
            model_name="batch",
            name="held_file",
            field=models.CharField(blank=True, help_text="judged rows of a held batch, kept by content", max_length=64),
        ),
        migrations.AddField(
            model_name="batch",
            name="kind",
            field=models.CharField(default="delivery", max_length=10),
        ),
        migrations.AddField(
            model_name="batch",
            name="origin",
            field=models.ForeignKey(
                help_text="whose rows these are, or correct",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followers",
                to="metrics.batch",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="reason",
            field=models.CharField(blank=True, help_text="why a person made this batch", max_length=1000),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="released_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="released_by",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="released_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="released", to="metrics.batch"
            ),
        ),
        migrations.AlterField(
            model_name="batch",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "queued"),
                    ("running", "running"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("held", "held"),
                    ("rejected", "rejected"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="quarantinedrow",
            index=models.Index(
                condition=models.Q(
                    (
                        "code__in",
                        (
                            "ingest.unknown_person",
                            "ingest.ambiguous_person",
                            "ingest.unknown_unit",
                            "ingest.ambiguous_unit",
                        ),
                    ),
                    ("released_in", None),
                ),
                fields=["code", "value"],
                name="metrics_quarantine_unmatched",
            ),
        ),
        migrations.AddField(
            model_name="auditfinding",
            name="batch",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="metrics.batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditrule",
            constraint=models.UniqueConstraint(fields=("code", "version"), name="metrics_one_rule_a_version"),
        ),
        migrations.AddField(
            model_name="auditfinding",
            name="rule",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="metrics.auditrule"),
        ),
        migrations.AddField(
            model_name="batchdecision",
            name="batch",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="decision", to="metrics.batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectmatch",
            constraint=models.UniqueConstraint(fields=("source", "kind", "key"), name="metrics_one_match_a_key"),
        ),
        migrations.AddConstraint(
            model_name="auditfinding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("batch", None), _negated=True),
                fields=("rule", "batch"),
                name="metrics_one_finding_a_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditfinding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("batch", None)), fields=("rule",), name="metrics_one_standing_finding"
            ),
        ),
    ]
