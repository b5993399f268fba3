"""The desk: corrections of a held batch that wait for its acceptance."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0008_upkeep")]
    operations = [
        migrations.CreateModel(
            name="HeldCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metric_id", models.BigIntegerField()),
                ("row", models.PositiveIntegerField()),
                ("value", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("reason", models.CharField(max_length=1000)),
                ("corrected_by", models.CharField(max_length=200)),
                ("corrected_at", models.DateTimeField()),
                ("is_carried_out", models.BooleanField(default=False)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_corrections",
                        to="metrics.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "metric_id", "row"), name="metrics_one_held_correction_a_row"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="metrics_held_correction_reason"
                    ),
                ],
            },
        ),
    ]
