"""Work put off and taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0006_flow_facts")]

    operations = [
        migrations.AddField(
            model_name="workitem",
            name="put_off_until",
            field=models.DateTimeField(null=True),
        ),
    ]
