"""Plans and their templates."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("goals", "0001_initial")]
    operations = []
