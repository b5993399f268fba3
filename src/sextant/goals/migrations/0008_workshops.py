"""Workshops."""

import django.db.models.constraints
import django.db.models.deletion
import sextant.goals.contracts.workshops
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0001_initial'),
        ('goals', '0007_survey'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProcessStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='RedMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000)),
                ('action', models.CharField(blank=True, default='', max_length=300)),
                ('measure', models.CharField(blank=True, default='', help_text='how one sees that it is done', max_length=500)),
                ('due_on', models.DateField(null=True)),
                ('done_on', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('goal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='goals.goal')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='goals.processstep')),
            ],
        ),
        migrations.CreateModel(
            name='MarkEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('at', models.DateTimeField()),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('mark', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='goals.redmark')),
            ],
        ),
        migrations.CreateModel(
            name='Workshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('calibration', 'calibration'), ('alignment', 'alignment'), ('diagnosis', 'diagnosis')], max_length=12)),
                ('title', models.CharField(max_length=200)),
                ('place', models.CharField(blank=True, default='', max_length=200)),
                ('starts_at', models.DateTimeField()),
                ('minutes', models.TextField(blank=True, default='')),
                ('minutes_number', models.PositiveIntegerField(default=0)),
                ('minutes_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='goals.cycle')),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='workshops_led', to='people.person')),
                ('minutes_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='people.unit')),
            ],
        ),
        migrations.AddField(
            model_name='processstep',
            name='workshop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='goals.workshop'),
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attendance', models.CharField(choices=[('invited', 'invited'), ('present', 'present'), ('excused', 'excused'), ('absent', 'absent')], default=sextant.goals.contracts.workshops.Attendance['INVITED'], max_length=8)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='people.person')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='goals.workshop')),
            ],
        ),
        migrations.CreateModel(
            name='MinutesAddendum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000)),
                ('at', models.DateTimeField()),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addenda', to='goals.workshop')),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000)),
                ('at', models.DateTimeField()),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('goals', models.ManyToManyField(related_name='decisions', to='goals.goal')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='goals.workshop')),
            ],
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('topic', models.CharField(choices=[('free', 'free'), ('red', 'red'), ('yellow', 'yellow'), ('adjustment', 'adjustment'), ('unaligned', 'unaligned'), ('draw', 'draw'), ('mark', 'mark'), ('answer', 'answer'), ('decide', 'decide')], max_length=12)),
                ('text', models.CharField(blank=True, default='', max_length=200)),
                ('is_done', models.BooleanField(default=False)),
                ('goal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='goals.goal')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agenda', to='goals.workshop')),
            ],
        ),
        migrations.AddConstraint(
            model_name='redmark',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='goals_mark_says_something'),
        ),
        migrations.AddConstraint(
            model_name='redmark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', ''), ('done_on', None), ('due_on', None), ('person', None)), models.Q(('due_on__isnull', False), ('person__isnull', False), models.Q(('action', ''), _negated=True)), _connector='OR'), name='goals_mark_answer_whole'),
        ),
        migrations.AddConstraint(
            model_name='redmark',
            constraint=models.CheckConstraint(condition=models.Q(('goal', None), ('person__isnull', False), _connector='OR'), name='goals_mark_goal_has_owner'),
        ),
        migrations.AddIndex(
            model_name='workshop',
            index=models.Index(fields=['unit', '-starts_at'], name='goals_workshop_by_unit'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['calibration', 'alignment', 'diagnosis'])), name='goals_workshop_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='goals_workshop_has_title'),
        ),
        migrations.AddConstraint(
            model_name='processstep',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('workshop', 'position'), name='goals_step_position'),
        ),
        migrations.AddConstraint(
            model_name='processstep',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='goals_step_has_title'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('workshop', 'person'), name='goals_participant_once'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(('attendance__in', ['invited', 'present', 'excused', 'absent'])), name='goals_participant_attendance'),
        ),
        migrations.AddConstraint(
            model_name='minutesaddendum',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='goals_addendum_says_something'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='goals_decision_says_something'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('workshop', 'position'), name='goals_agenda_position'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(('topic__in', ['free', 'red', 'yellow', 'adjustment', 'unaligned', 'draw', 'mark', 'answer', 'decide'])), name='goals_agenda_topic'),
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), ('topic', 'free'), _negated=True), name='goals_agenda_says_something'),
        ),
    ]
