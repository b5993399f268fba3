"""Alignment of goals."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("goals", "0003_agreement")]
    operations = []
