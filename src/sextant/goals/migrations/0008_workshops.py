"""Workshops."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("goals", "0007_survey")]

    operations = []
