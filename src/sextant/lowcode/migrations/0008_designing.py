"""Designers."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0007_inbox")]

    operations = []
