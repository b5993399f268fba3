"""Plans and their templates, what each side wants a goal to say, and every save.

Versions of templates and saves of plans are append-only: what a plan was agreed on cannot change behind it.
"""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

FORBID = """
create function goals_refuse_history_change() returns trigger language plpgsql as $$
begin
  raise exception 'versions of templates and revisions of plans are append-only'
    using errcode = 'integrity_constraint_violation';
end $$;
create trigger goals_template_versions_append_only before update or delete on goals_plantemplateversion
  for each row execute function goals_refuse_history_change();
create trigger goals_revisions_append_only before update or delete on goals_planrevision
  for each row execute function goals_refuse_history_change();
"""
ALLOW = """
drop trigger goals_template_versions_append_only on goals_plantemplateversion;
drop trigger goals_revisions_append_only on goals_planrevision;
drop function goals_refuse_history_change();
"""


class Migration(migrations.Migration):
    dependencies = [("goals", "0001_initial"), ("metrics", "0009_desk"), ("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='ActionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=300)),
                ('due_on', models.DateField(null=True)),
                ('done_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='GoalPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('owner', 'owner'), ('counterpart', 'counterpart')], max_length=12)),
                ('terms', models.JSONField()),
                ('terms_hash', models.CharField(max_length=64)),
                ('wants_dropped', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=300)),
                ('points', models.DecimalField(decimal_places=4, max_digits=9)),
                ('due_on', models.DateField(null=True)),
                ('done_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('discussion', 'discussion'), ('proposed', 'proposed'), ('signed', 'signed'), ('running', 'running'), ('closed', 'closed')], default='draft', max_length=12)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PlanRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('side', models.CharField(choices=[('owner', 'owner'), ('counterpart', 'counterpart')], max_length=12)),
                ('at', models.DateTimeField()),
                ('changes', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='PlanTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('is_retired', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='PlanTemplateVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('definition', models.JSONField()),
                ('from_on', models.DateField(help_text='plans opened for cycles that begin on this day or later stand on it')),
                ('published_at', models.DateTimeField()),
                ('published_by', models.CharField(max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='goal',
            name='goals_once_per_person',
        ),
        migrations.RemoveConstraint(
            model_name='goal',
            name='goals_once_per_unit',
        ),
        migrations.AddField(
            model_name='goal',
            name='collaborators',
            field=models.ManyToManyField(related_name='helped_goals', to='people.person'),
        ),
        migrations.AddField(
            model_name='goal',
            name='confidence',
            field=models.DecimalField(decimal_places=2, help_text='of reaching it, 0…1: OKR', max_digits=3, null=True),
        ),
        migrations.AddField(
            model_name='goal',
            name='deliverable',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.AddField(
            model_name='goal',
            name='description',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='goal',
            name='dimension',
            field=models.CharField(blank=True, db_default='', default='', help_text='code in the template', max_length=40),
        ),
        migrations.AddField(
            model_name='goal',
            name='due_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='goal',
            name='progress_from',
            field=models.CharField(choices=[('metric', 'metric'), ('children', 'children'), ('actions', 'actions'), ('typed', 'typed')], db_default='metric', default='metric', max_length=10),
        ),
        migrations.AddField(
            model_name='goal',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('running', 'running'), ('suspended', 'suspended'), ('closed', 'closed'), ('dropped', 'dropped')], db_default='running', default='running', max_length=10),
        ),
        migrations.AlterField(
            model_name='goal',
            name='kind',
            field=models.CharField(choices=[('objective', 'objective'), ('key_result', 'key_result'), ('kpi', 'kpi'), ('gs', 'gs'), ('milestone', 'milestone'), ('action', 'action'), ('behaviour', 'behaviour'), ('bonus', 'bonus'), ('penalty', 'penalty'), ('veto', 'veto')], max_length=20),
        ),
        migrations.AddField(
            model_name='actionitem',
            name='goal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='action_items', to='goals.goal'),
        ),
        migrations.AddField(
            model_name='actionitem',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='goalposition',
            name='by_person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='goalposition',
            name='goal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='positions', to='goals.goal'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='goal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='goals.goal'),
        ),
        migrations.AddField(
            model_name='plan',
            name='counterpart',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plans_answered', to='people.person'),
        ),
        migrations.AddField(
            model_name='plan',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='goals.cycle'),
        ),
        migrations.AddField(
            model_name='plan',
            name='owner_person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='people.person'),
        ),
        migrations.AddField(
            model_name='plan',
            name='owner_unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='people.unit'),
        ),
        migrations.AddField(
            model_name='goal',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='goals', to='goals.plan'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('confidence', None), models.Q(('confidence__gte', 0), ('confidence__lte', 1)), _connector='OR'), name='goals_confidence_share'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'running', 'suspended', 'closed', 'dropped'])), name='goals_goal_state_known'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('owner_person', 'metric', 'from_on', 'until_on'), name='goals_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('owner_unit', 'metric', 'from_on', 'until_on'), name='goals_once_per_unit'),
        ),
        migrations.AddField(
            model_name='planrevision',
            name='by_person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='planrevision',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='goals.plan'),
        ),
        migrations.AddField(
            model_name='plantemplateversion',
            name='template',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='goals.plantemplate'),
        ),
        migrations.AddField(
            model_name='plan',
            name='template_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='goals.plantemplateversion'),
        ),
        migrations.AddConstraint(
            model_name='actionitem',
            constraint=models.UniqueConstraint(fields=('goal', 'position'), name='goals_action_position'),
        ),
        migrations.AddConstraint(
            model_name='goalposition',
            constraint=models.UniqueConstraint(fields=('goal', 'side'), name='goals_position_once_per_side'),
        ),
        migrations.AddConstraint(
            model_name='goalposition',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ['owner', 'counterpart'])), name='goals_position_side_known'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(fields=('goal', 'position'), name='goals_milestone_position'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('points__gte', 0)), name='goals_milestone_points'),
        ),
        migrations.AddConstraint(
            model_name='planrevision',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='goals_revision_once'),
        ),
        migrations.AddConstraint(
            model_name='plantemplateversion',
            constraint=models.UniqueConstraint(fields=('template', 'number'), name='goals_template_version_once'),
        ),
        migrations.AddIndex(
            model_name='plan',
            index=models.Index(fields=['counterpart', 'cycle'], name='goals_plan_by_counterpart'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('owner_person', None), ('owner_unit__isnull', False)), models.Q(('owner_person__isnull', False), ('owner_unit', None)), _connector='OR'), name='goals_plan_one_owner'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(fields=('owner_person', 'cycle'), name='goals_plan_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.UniqueConstraint(fields=('owner_unit', 'cycle'), name='goals_plan_once_per_unit'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('counterpart', None), ('owner_person', None), models.Q(('counterpart', models.F('owner_person')), _negated=True), _connector='OR'), name='goals_plan_two_people'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'discussion', 'proposed', 'signed', 'running', 'closed'])), name='goals_plan_state_known'),
        ),
        migrations.CreateModel(
            name='ProgressNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('ratio', models.DecimalField(decimal_places=4, help_text='0…1.5 of what was promised', max_digits=5)),
                ('evidence', models.CharField(max_length=1000)),
                ('at', models.DateTimeField()),
                ('by_person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='progress_notes', to='goals.goal')),
            ],
            options={
                'indexes': [models.Index(fields=['goal', '-on', '-id'], name='goals_progress_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ratio__gte', 0), ('ratio__lte', Decimal('1.5'))), name='goals_progress_range')],
            },
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
