"""Movement."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("goals", "0008_workshops")]

    operations = []
