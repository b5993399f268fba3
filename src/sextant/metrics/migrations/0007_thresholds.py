"""Thresholds that move, calendars of units."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0006_library")]

    operations = [
        migrations.CreateModel(
            name="CalendarUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit_id", models.BigIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("from_at", models.DateTimeField()),
                ("from_by", models.CharField(max_length=200)),
                ("until_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until_at", None)),
                        fields=("unit_id",),
                        name="metrics_one_calendar_of_a_unit",
                    )
                ],
            },
        ),
    ]
