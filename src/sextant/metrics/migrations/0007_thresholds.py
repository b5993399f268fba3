"""Thresholds that move, calendars of units."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("metrics", "0006_library")]
    operations = []
