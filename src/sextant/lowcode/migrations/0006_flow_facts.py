"""Facts of flows: their times and events."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0005_custom_fields")]

    operations = []
