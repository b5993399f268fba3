"""Data audit, matching."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_runs")]

    operations = []
