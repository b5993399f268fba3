"""Rules."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0003_forms")]

    operations = []
