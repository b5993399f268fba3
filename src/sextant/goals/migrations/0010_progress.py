"""Progress."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0001_initial'),
        ('goals', '0009_movement'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='progressnote',
            name='confidence',
            field=models.DecimalField(decimal_places=2, max_digits=3, null=True),
        ),
        migrations.AddField(
            model_name='progressnote',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile'),
        ),
        migrations.AddField(
            model_name='progressnote',
            name='file_name',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='progressnote',
            name='number',
            field=models.PositiveIntegerField(default=1),  # nothing has written notes before: there are no rows
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='progressnote',
            name='steps',
            field=models.JSONField(default=list, help_text='one object a step whose state changed: title, done'),
        ),
        migrations.AlterField(
            model_name='progressnote',
            name='evidence',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name='progressnote',
            name='ratio',
            field=models.DecimalField(decimal_places=4, help_text='0…1.5 of what was promised', max_digits=5, null=True),
        ),
        migrations.AddConstraint(
            model_name='progressnote',
            constraint=models.UniqueConstraint(fields=('goal', 'number'), name='goals_progress_once'),
        ),
        migrations.AddConstraint(
            model_name='progressnote',
            constraint=models.CheckConstraint(condition=models.Q(('confidence', None), models.Q(('confidence__gte', 0), ('confidence__lte', 1)), _connector='OR'), name='goals_progress_confidence'),
        ),
    ]
