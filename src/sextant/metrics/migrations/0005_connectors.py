"""Connectors: documents and their versions, sealed secrets, runs, files already read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0004_audit")]

    operations = [
        migrations.CreateModel(
            name="Connector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=10)),
                ("enabled", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("next_due_at", models.DateTimeField(null=True)),
                ("read_until", models.DateField(null=True)),
                ("high_water", models.CharField(max_length=300, null=True)),
                ("delivered_content", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "last_batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="metrics.batch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConnectorFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=500)),
                ("read_at", models.DateTimeField()),
                (
                    "connector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="metrics.connector"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConnectorRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("trigger", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("done", "done"),
                            ("unchanged", "unchanged"),
                            ("held", "held"),
                            ("failed", "failed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("started_by", models.CharField(max_length=200)),
                ("seconds", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                ("from_on", models.DateField(null=True)),
                ("until_on", models.DateField(null=True)),
                ("since", models.CharField(max_length=300, null=True)),
                ("requests", models.PositiveIntegerField(default=0)),
                ("rows_read", models.PositiveIntegerField(default=0)),
                ("accepted", models.PositiveIntegerField(default=0)),
                ("quarantined", models.PositiveIntegerField(default=0)),
                ("ledger_version", models.BigIntegerField(null=True)),
                ("problem", models.JSONField(null=True)),
                ("batches", models.ManyToManyField(related_name="connector_runs", to="metrics.batch")),
                (
                    "connector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="metrics.connector"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConnectorSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("sealed", models.BinaryField()),
                ("place", models.CharField(max_length=2100)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=200)),
                (
                    "connector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="secrets", to="metrics.connector"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConnectorVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=200)),
                (
                    "connector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="metrics.connector"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="connector",
            index=models.Index(fields=["next_due_at"], name="metrics_connector_due"),
        ),
        migrations.AddConstraint(
            model_name="connectorfile",
            constraint=models.UniqueConstraint(fields=("connector", "sha256"), name="metrics_connector_file"),
        ),
        migrations.AddIndex(
            model_name="connectorrun",
            index=models.Index(fields=["connector", "-started_at", "-id"], name="metrics_connector_runs"),
        ),
        migrations.AddConstraint(
            model_name="connectorsecret",
            constraint=models.UniqueConstraint(fields=("connector", "name"), name="metrics_connector_secret"),
        ),
        migrations.AddConstraint(
            model_name="connectorversion",
            constraint=models.UniqueConstraint(fields=("connector", "number"), name="metrics_connector_version"),
        ),
    ]
