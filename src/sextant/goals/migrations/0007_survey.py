"""Consensus surveys."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("goals", "0006_adjustment")]

    operations = []
