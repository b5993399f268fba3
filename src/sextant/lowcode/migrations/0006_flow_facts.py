"""When a step should be done, kept with the step; and an index on when steps were left, for those who count them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0005_custom_fields")]

    operations = [
        migrations.AddField(
            model_name="flowstep",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="flowstep",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="lowcode_step_left"
            ),
        ),
    ]
