"""Progress."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("goals", "0009_movement")]

    operations = []
