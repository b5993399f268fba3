"""Agreement: support, comments, signatures, contracts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("goals", "0002_plans")]
    operations = []
