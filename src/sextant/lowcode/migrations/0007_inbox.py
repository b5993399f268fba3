"""Work put off and taken back."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0006_flow_facts")]

    operations = []
