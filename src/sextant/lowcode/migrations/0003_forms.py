"""Forms and answers."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0002_flows")]

    operations = []
