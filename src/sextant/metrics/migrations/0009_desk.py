"""The desk and the pages of metrics."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metrics", "0008_upkeep")]
    operations = []
