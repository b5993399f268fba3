"""Connectors and their runs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metrics", "0004_audit")]

    operations = []
