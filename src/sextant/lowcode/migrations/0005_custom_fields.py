"""Custom fields."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0004_rules")]

    operations = []
