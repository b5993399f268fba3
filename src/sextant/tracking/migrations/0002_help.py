"""Help that a yellow light brings."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("tracking", "0001_initial")]

    operations = []
