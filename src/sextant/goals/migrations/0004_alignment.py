"""Alignment of goals; the database keeps primary links in step with goals_goal.parent_id; splits of a target."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

# After each statement that wrote goals, not after each row: an import writes five hundred at once.
_IN_STEP = """
CREATE FUNCTION goals_align_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO goals_alignment (child_id, parent_id, how, is_primary)
        SELECT id, parent_id, '', true FROM written WHERE parent_id IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION goals_align_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM goals_alignment link USING written, before
        WHERE written.id = before.id AND written.parent_id IS DISTINCT FROM before.parent_id
          AND link.child_id = written.id AND link.is_primary AND link.parent_id IS DISTINCT FROM written.parent_id;
    INSERT INTO goals_alignment (child_id, parent_id, how, is_primary)
        SELECT written.id, written.parent_id, '', true FROM written JOIN before USING (id)
         WHERE written.parent_id IS DISTINCT FROM before.parent_id AND written.parent_id IS NOT NULL
        ON CONFLICT (child_id, parent_id) DO UPDATE SET is_primary = true;
    RETURN NULL;
END $$;
CREATE TRIGGER goals_align_new AFTER INSERT ON goals_goal REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION goals_align_new();
CREATE TRIGGER goals_align_changed AFTER UPDATE ON goals_goal REFERENCING OLD TABLE AS before NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION goals_align_changed();
INSERT INTO goals_alignment (child_id, parent_id, how, is_primary)
    SELECT id, parent_id, '', true FROM goals_goal WHERE parent_id IS NOT NULL AND parent_id <> id;
"""
_OUT_OF_STEP = """
DROP TRIGGER goals_align_changed ON goals_goal;
DROP TRIGGER goals_align_new ON goals_goal;
DROP FUNCTION goals_align_changed();
DROP FUNCTION goals_align_new();
"""


class Migration(migrations.Migration):
    dependencies = [("goals", "0003_agreement")]

    operations = [
        migrations.CreateModel(
            name="Alignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contribution", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("how", models.CharField(blank=True, max_length=500)),
                ("is_primary", models.BooleanField(default=False)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alignments", to="goals.goal"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="supporters", to="goals.goal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("child", "parent"), name="goals_aligned_once"),
                    models.UniqueConstraint(
                        condition=Q(("is_primary", True)), fields=("child",), name="goals_one_primary"
                    ),
                    models.CheckConstraint(
                        condition=Q(("child", F("parent")), _negated=True), name="goals_no_own_support"
                    ),
                    models.CheckConstraint(
                        condition=Q(("contribution", None)) | Q(("contribution__gt", 0), ("contribution__lte", 100)),
                        name="goals_contribution_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuotaSplit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("total", models.DecimalField(decimal_places=6, max_digits=28)),
                ("unit", models.DecimalField(decimal_places=6, help_text="the smallest piece", max_digits=28)),
                ("snapshot_on", models.DateField(help_text="the day the values of the factors were taken")),
                ("document", models.JSONField()),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.CharField(max_length=200)),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="splits", to="goals.goal"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["goal", "-sent_at"], name="goals_split_by_goal")]},
        ),
        migrations.RunSQL(_IN_STEP, _OUT_OF_STEP),
    ]
