"""Versions and derived metrics."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metrics", "0005_connectors")]

    operations = []
