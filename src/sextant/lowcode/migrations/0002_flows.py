"""Flows and the work that waits."""

import django.db.models.deletion
from django.db import migrations, models

FORBID = """
create function lowcode_refuse_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'the log of a flow is append-only' using errcode = 'integrity_constraint_violation';
end $$;
create trigger lowcode_log_append_only before update or delete on lowcode_flowlog
  for each row execute function lowcode_refuse_log_change();
"""
ALLOW = "drop trigger lowcode_log_append_only on lowcode_flowlog; drop function lowcode_refuse_log_change();"


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
            name='FlowInstance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, null=True)),
                ('title', models.CharField(max_length=200)),
                ('about_id', models.BigIntegerField()),
                ('starter_id', models.BigIntegerField(null=True)),
                ('values', models.JSONField(default=dict)),
                ('chosen', models.JSONField(default=dict)),
                ('state', models.CharField(max_length=12)),
                ('serials', models.PositiveIntegerField(default=0)),
                ('forks', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('lines', models.PositiveIntegerField(default=0)),
                ('log_head', models.CharField(blank=True, max_length=64)),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lowcode.definition')),
                ('root', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lowcode.flowinstance')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lowcode.definitionversion')),
            ],
        ),
        migrations.CreateModel(
            name='FlowStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveIntegerField()),
                ('node', models.CharField(max_length=60)),
                ('scope', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(max_length=10)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('problem', models.JSONField(null=True)),
                ('instance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='lowcode.flowinstance')),
            ],
        ),
        migrations.AddField(
            model_name='flowinstance',
            name='parent_step',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lowcode.flowstep'),
        ),
        migrations.CreateModel(
            name='FlowTimer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('due_at', models.DateTimeField()),
                ('instance', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='timers', to='lowcode.flowinstance')),
                ('step', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='timers', to='lowcode.flowstep')),
            ],
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
        migrations.CreateModel(
            name='FlowLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('person_id', models.BigIntegerField(null=True)),
                ('code', models.CharField(max_length=60)),
                ('node', models.CharField(blank=True, max_length=60)),
                ('params', models.JSONField(default=dict)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('digest', models.CharField(max_length=64)),
                ('instance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='log', to='lowcode.flowinstance')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('instance', 'number'), name='lowcode_log_number')],
            },
        ),
        migrations.AddConstraint(
            model_name='flowstep',
            constraint=models.UniqueConstraint(fields=('instance', 'serial'), name='lowcode_step_serial'),
        ),
        migrations.AddConstraint(
            model_name='flowstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state__in', ['open', 'joined', 'stuck'])), models.Q(models.Q(('state__in', ['open', 'joined', 'stuck']), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='lowcode_step_closed'),
        ),
        migrations.AddConstraint(
            model_name='flowstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'stuck'), _negated=True), ('problem__isnull', False), _connector='OR'), name='lowcode_step_says_why'),
        ),
        migrations.AddIndex(
            model_name='flowinstance',
            index=models.Index(condition=models.Q(('state__in', ['running', 'stopped'])), fields=['version'], name='lowcode_flow_running'),
        ),
        migrations.AddIndex(
            model_name='flowinstance',
            index=models.Index(fields=['starter_id', '-started_at'], name='lowcode_flow_started'),
        ),
        migrations.AddIndex(
            model_name='flowinstance',
            index=models.Index(condition=models.Q(('state', 'stopped')), fields=['started_at'], name='lowcode_flow_stopped'),
        ),
        migrations.AddConstraint(
            model_name='flowinstance',
            constraint=models.UniqueConstraint(condition=models.Q(('key__isnull', False)), fields=('definition', 'key'), name='lowcode_flow_started_once'),
        ),
        migrations.AddConstraint(
            model_name='flowinstance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['running', 'stopped'])), models.Q(models.Q(('state__in', ['running', 'stopped']), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='lowcode_flow_ended'),
        ),
        migrations.AddIndex(
            model_name='flowtimer',
            index=models.Index(fields=['due_at'], name='lowcode_timer_due'),
        ),
        migrations.AddConstraint(
            model_name='flowtimer',
            constraint=models.UniqueConstraint(fields=('step', 'code'), name='lowcode_timer_once'),
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
