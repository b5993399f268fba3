"""Suspended goals."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('goals', '0004_alignment'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField()),
                ('until_on', models.DateField()),
                ('reason', models.CharField(max_length=500)),
                ('by_label', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('ended_on', models.DateField(null=True)),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='goals.goal')),
            ],
        ),
        migrations.AddIndex(
            model_name='suspension',
            index=models.Index(condition=models.Q(('ended_on', None)), fields=['until_on'], name='goals_suspension_due'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('goal',), name='goals_suspended_once'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__gt', models.F('from_on'))), name='goals_suspension_days'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('from_on')), _connector='OR'), name='goals_suspension_end'),
        ),
    ]
