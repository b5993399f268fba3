"""Incremental runs, history of lights."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_lights")]

    operations = []
