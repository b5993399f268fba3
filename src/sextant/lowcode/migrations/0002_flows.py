"""Flows and the work that waits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lowcode", "0001_definitions")]

    operations = [
        migrations.CreateModel(
            name='Deputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('deputy_id', models.BigIntegerField()),
                ('from_on', models.DateField()),
                ('until_on', models.DateField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['person_id', 'until_on'], name='lowcode_deputy_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until_on__gt', models.F('from_on'))), name='lowcode_deputy_days'), models.CheckConstraint(condition=models.Q(('person_id', models.F('deputy_id')), _negated=True), name='lowcode_deputy_other')],
            },
        ),
        migrations.CreateModel(
            name='WorkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=80)),
                ('subject_kind', models.CharField(max_length=60)),
                ('subject_id', models.BigIntegerField()),
                ('person_id', models.BigIntegerField()),
                ('owner_id', models.BigIntegerField(null=True)),
                ('about_id', models.BigIntegerField(null=True)),
                ('params', models.JSONField(default=dict)),
                ('path', models.CharField(max_length=300)),
                ('is_information', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.BigIntegerField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=20)),
                ('note', models.CharField(blank=True, max_length=1000)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at', None), ('is_information', False)), fields=['person_id', 'due_at', 'id'], name='lowcode_work_mine'), models.Index(condition=models.Q(('closed_at', None), ('is_information', True)), fields=['person_id', '-opened_at'], name='lowcode_work_copies'), models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['person_id', '-closed_at'], name='lowcode_work_done'), models.Index(condition=models.Q(('closed_at', None), ('owner_id__isnull', False)), fields=['owner_id'], name='lowcode_work_passed_on'), models.Index(fields=['subject_kind', 'subject_id'], name='lowcode_work_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('subject_kind', 'subject_id', 'kind', 'person_id'), name='lowcode_work_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='lowcode_work_outcome')],
            },
        ),
    ]
