"""Ways to split that are kept for next time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("goals", "0011_closing"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuotaScheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("document", models.JSONField()),
                ("snapshot_on", models.DateField()),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=200)),
                (
                    "owner_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quota_schemes",
                        to="people.person",
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quota_schemes",
                        to="people.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("owner_person", None), ("owner_unit__isnull", False)),
                            models.Q(("owner_person__isnull", False), ("owner_unit", None)),
                            _connector="OR",
                        ),
                        name="goals_scheme_one_owner",
                    ),
                    models.UniqueConstraint(fields=("owner_unit", "name"), name="goals_scheme_once_per_unit"),
                    models.UniqueConstraint(fields=("owner_person", "name"), name="goals_scheme_once_per_person"),
                ],
            },
        ),
    ]
