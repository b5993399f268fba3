"""Upkeep of the ledger and of runs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0007_thresholds")]
    operations = [
        migrations.CreateModel(
            name="LedgerCommit",
            fields=[
                ("version", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry", models.TextField()),
                ("files", models.JSONField(default=dict)),
                ("kept_at", models.DateTimeField()),
            ],
        ),
    ]
