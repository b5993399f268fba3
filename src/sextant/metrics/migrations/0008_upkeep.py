"""Upkeep of the ledger and of runs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metrics", "0007_thresholds")]
    operations = []
