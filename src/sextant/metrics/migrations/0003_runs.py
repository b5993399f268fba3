"""Runs that build on runs, history of lights, replays, publication."""

import django.db.models.deletion
from django.db import migrations, models

_PUBLISHED_STAYS = """
CREATE FUNCTION metrics_published_run_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'evaluation run % is published: it can neither be changed nor deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER metrics_published_run_stays BEFORE UPDATE OR DELETE ON metrics_evaluationrun
    FOR EACH ROW EXECUTE FUNCTION metrics_published_run_stays();

CREATE FUNCTION metrics_light_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'light changes are history: they are neither changed nor deleted'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER metrics_light_change_stays BEFORE UPDATE OR DELETE ON metrics_lightchange
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_light_change_stays();
"""
_NO_TRIGGERS = """
DROP TRIGGER metrics_light_change_stays ON metrics_lightchange;
DROP FUNCTION metrics_light_change_stays();
DROP TRIGGER metrics_published_run_stays ON metrics_evaluationrun;
DROP FUNCTION metrics_published_run_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_lights")]

    operations = [
        migrations.AddField(
            "evaluationrun",
            "base",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="metrics.evaluationrun"
            ),
        ),
        migrations.AddField(
            "evaluationrun",
            "evaluated",
            models.PositiveIntegerField(default=0, help_text="goals computed anew, not taken over from the base"),
        ),
        migrations.AddField(
            "evaluationrun",
            "inputs",
            models.JSONField(default=dict, help_text="setting, and the kept tables of goals and definitions by name"),
        ),
        migrations.AddField(
            "evaluationrun",
            "index_sha256",
            models.CharField(default="", help_text="the kept digests of its rows", max_length=64),
        ),
        migrations.AddField("evaluationrun", "published_at", models.DateTimeField(null=True)),
        migrations.AddField("evaluationrun", "published_by", models.CharField(default="", max_length=200)),
        migrations.AlterField(
            "standing",
            "run",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="metrics.evaluationrun",
            ),
        ),
        migrations.CreateModel(
            "LightChange",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("goal_id", models.BigIntegerField()),
                ("as_of", models.DateField()),
                ("from_light", models.CharField(max_length=6)),
                ("to_light", models.CharField(max_length=6)),
                ("reason_code", models.CharField(max_length=80)),
                ("reason_params", models.JSONField(default=dict)),
                ("rule_version", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="metrics.evaluationrun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["goal_id", "-id"], name="metrics_change_by_goal"),
                    models.Index(fields=["run", "from_light", "to_light"], name="metrics_change_by_run"),
                ]
            },
        ),
        migrations.CreateModel(
            "RunReplay",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("seconds", models.DecimalField(decimal_places=3, max_digits=12)),
                ("digest", models.CharField(max_length=64)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replays",
                        to="metrics.evaluationrun",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "standing",
            "ledger_version",
            models.BigIntegerField(null=True, help_text="read after the run, for a value recorded by hand"),
        ),
        migrations.AddField(
            "standing",
            "manual_through",
            models.BigIntegerField(null=True, help_text="the last such value that it counts"),
        ),
        migrations.CreateModel(
            "ManualMeasurement",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.PositiveSmallIntegerField()),
                ("subject_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("value", models.DecimalField(decimal_places=6, max_digits=28)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="metrics.metric"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="manual",
                        to="metrics.batch",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["metric", "subject_kind", "subject_id", "id"], name="metrics_manual_by_subject"
                    ),
                    models.Index(condition=models.Q(("batch", None)), fields=["id"], name="metrics_manual_pending"),
                ]
            },
        ),
        migrations.RunSQL(_PUBLISHED_STAYS, _NO_TRIGGERS),
    ]
