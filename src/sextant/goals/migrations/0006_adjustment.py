"""Adjustment."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("goals", "0005_suspension")]

    operations = []
