"""Definitions in versions. What was published says the same for good, whoever asks."""

import django.db.models.deletion
from django.db import migrations, models

_FOR_GOOD = """
CREATE FUNCTION lowcode_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'withdrawn'
       AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version is neither changed nor deleted: publish another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER lowcode_version_for_good BEFORE UPDATE OR DELETE ON lowcode_definitionversion
    FOR EACH ROW EXECUTE FUNCTION lowcode_version_stays();
"""
_NO_LONGER = """
DROP TRIGGER lowcode_version_for_good ON lowcode_definitionversion;
DROP FUNCTION lowcode_version_stays();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='ReviewRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, unique=True)),
                ('is_needed', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('code', models.CharField(max_length=60)),
                ('name', models.CharField(max_length=120)),
                ('is_retired', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'code'), name='lowcode_definition_once')],
            },
        ),
        migrations.CreateModel(
            name='DefinitionVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', 'draft'), ('review', 'review'), ('published', 'published'), ('withdrawn', 'withdrawn')], max_length=12)),
                ('document', models.JSONField()),
                ('format', models.PositiveSmallIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.CharField(max_length=200)),
                ('saved_by_person', models.BigIntegerField(null=True)),
                ('writers', models.JSONField(default=list, help_text='ids of the accounts that wrote in the draft')),
                ('published_at', models.DateTimeField(null=True)),
                ('published_by', models.CharField(blank=True, max_length=200)),
                ('published_by_person', models.BigIntegerField(null=True)),
                ('effective_at', models.DateTimeField(null=True)),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lowcode.definitionversion')),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='lowcode.definition')),
            ],
        ),
        migrations.CreateModel(
            name='DefinitionReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('code', models.CharField(max_length=120)),
                ('path', models.CharField(max_length=300)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='lowcode.definitionversion')),
            ],
        ),
        migrations.CreateModel(
            name='DraftSave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saves', to='lowcode.definitionversion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='definitionversion',
            constraint=models.UniqueConstraint(fields=('definition', 'number'), name='lowcode_version_once'),
        ),
        migrations.AddConstraint(
            model_name='definitionversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'review'])), fields=('definition',), name='lowcode_one_open_draft'),
        ),
        migrations.AddConstraint(
            model_name='definitionversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'review', 'published', 'withdrawn'])), name='lowcode_version_state_known'),
        ),
        migrations.AddConstraint(
            model_name='definitionversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_at', None), ('published_at', None), ('state__in', ['draft', 'review'])), models.Q(models.Q(('state__in', ['draft', 'review']), _negated=True), models.Q(('reason', ''), _negated=True), ('effective_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='lowcode_published_with_reason'),
        ),
        migrations.AddIndex(
            model_name='definitionreference',
            index=models.Index(fields=['kind', 'code'], name='lowcode_reference_users'),
        ),
        migrations.AddConstraint(
            model_name='draftsave',
            constraint=models.UniqueConstraint(fields=('version', 'revision'), name='lowcode_save_once'),
        ),
        migrations.RunSQL(_FOR_GOOD, _NO_LONGER),
    ]
