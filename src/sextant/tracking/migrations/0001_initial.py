"""Conversations that a light begins."""

from django.db import migrations


class Migration(migrations.Migration):

    initial = True

    dependencies = [("goals", "0012_quota_schemes"), ("lowcode", "0004_rules"), ("files", "0001_initial")]

    operations = []
