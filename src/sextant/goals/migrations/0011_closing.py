"""When the plans of a cycle are closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("goals", "0010_progress"),
    ]

    operations = [
        migrations.AddField(
            model_name="cycle",
            name="closing_days",
            field=models.PositiveSmallIntegerField(
                db_default=10, default=10, help_text="days after the end until its plans are closed"
            ),
        ),
        migrations.AddConstraint(
            model_name="cycle",
            constraint=models.CheckConstraint(
                condition=models.Q(("closing_days__gte", 1), ("closing_days__lte", 30)),
                name="goals_cycle_closing_days",
            ),
        ),
    ]
