"""Flows and the work that waits."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0001_definitions")]

    operations = []
