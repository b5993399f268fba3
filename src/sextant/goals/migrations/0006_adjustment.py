"""Adjustments: requests, what was said to them, signatures, files, and what counted from which day.

What was said, signed, attached and agreed is added and never changed, whoever asks.
"""

import django.db.models.deletion
from django.db import migrations, models

FOR_GOOD = """
create function goals_refuse_adjustment_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was said, signed and agreed in an adjustment is append-only'
    using errcode = 'integrity_constraint_violation';
end $$;
create trigger goals_adjustment_steps_for_good before update or delete on goals_adjustmentstep
  for each row execute function goals_refuse_adjustment_change();
create trigger goals_adjustment_signatures_for_good before update or delete on goals_adjustmentsignature
  for each row execute function goals_refuse_adjustment_change();
create trigger goals_adjustment_files_for_good before update or delete on goals_adjustmentfile
  for each row execute function goals_refuse_adjustment_change();
create trigger goals_targets_for_good before update or delete on goals_goaltarget
  for each row execute function goals_refuse_adjustment_change();
"""
NO_LONGER = """
drop trigger goals_targets_for_good on goals_goaltarget;
drop trigger goals_adjustment_files_for_good on goals_adjustmentfile;
drop trigger goals_adjustment_signatures_for_good on goals_adjustmentsignature;
drop trigger goals_adjustment_steps_for_good on goals_adjustmentstep;
drop function goals_refuse_adjustment_change();
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("goals", "0005_suspension"), ("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AdjustmentRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("owner", "owner"), ("counterpart", "counterpart")], max_length=12)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("countered", "countered"),
                            ("waiting", "waiting"),
                            ("agreed", "agreed"),
                            ("in_force", "in_force"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "expired"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(max_length=2000)),
                ("before", models.JSONField()),
                (
                    "growth",
                    models.DecimalField(
                        decimal_places=4, help_text="of the industry, 0.064 = 6.4 %", max_digits=7, null=True
                    ),
                ),
                ("growth_source", models.CharField(blank=True, default="", max_length=200)),
                ("suggestion", models.JSONField(default=dict)),
                ("exceptions", models.JSONField(default=list, help_text="codes of `contracts.AdjustmentException`")),
                ("exception_reason", models.CharField(blank=True, default="", max_length=2000)),
                ("expires_on", models.DateField(help_text="from this day on it can no longer be answered")),
                ("effective_on", models.DateField(help_text="set when both have signed", null=True)),
                (
                    "use",
                    models.DecimalField(
                        decimal_places=6, help_text="share of what was first signed", max_digits=9, null=True
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "approver",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goals.contract"
                    ),
                ),
                (
                    "counterpart",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="goals.goal"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="goals.plan",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustmentFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "by_person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="goals.adjustmentrequest"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustmentSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.PositiveIntegerField(help_text="number of the offer")),
                ("side", models.CharField(choices=[("owner", "owner"), ("counterpart", "counterpart")], max_length=12)),
                ("typed_name", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("device", models.CharField(max_length=100)),
                ("revision", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="goals.adjustmentrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdjustmentStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("ask", "ask"),
                            ("counter", "counter"),
                            ("sign", "sign"),
                            ("refuse", "refuse"),
                            ("withdraw", "withdraw"),
                            ("approve", "approve"),
                            ("decline", "decline"),
                            ("expire", "expire"),
                            ("take_effect", "take_effect"),
                        ],
                        max_length=12,
                    ),
                ),
                ("side", models.CharField(blank=True, default="", help_text='"" for neither side', max_length=12)),
                ("by_label", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("note", models.CharField(blank=True, default="", max_length=2000)),
                ("terms", models.JSONField(null=True)),
                ("changes", models.JSONField(default=list)),
                ("effective_on", models.DateField(null=True)),
                (
                    "by_person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="goals.adjustmentrequest"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoalTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(help_text="end of the goal as agreed from this day on")),
                ("base", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("stretch", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("start", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("range_low", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("range_high", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("tolerance", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("at", models.DateTimeField()),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="goals.goal"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="goals.adjustmentrequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="adjustmentrequest",
            index=models.Index(fields=["plan", "-asked_at"], name="goals_adjustment_by_plan"),
        ),
        migrations.AddIndex(
            model_name="adjustmentrequest",
            index=models.Index(fields=["goal", "-asked_at"], name="goals_adjustment_by_goal"),
        ),
        migrations.AddIndex(
            model_name="adjustmentrequest",
            index=models.Index(
                condition=models.Q(("state__in", ["asked", "countered", "waiting"])),
                fields=["expires_on"],
                name="goals_adjustment_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["asked", "countered", "waiting", "agreed"])),
                fields=("goal",),
                name="goals_adjusted_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["owner", "counterpart"])), name="goals_adjustment_side_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["asked", "countered", "waiting", "agreed", "in_force", "refused", "withdrawn", "expired"],
                    )
                ),
                name="goals_adjustment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="goals_adjustment_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("effective_on__isnull", False), ("state__in", ["agreed", "in_force"]), ("use__isnull", False)
                    ),
                    models.Q(
                        models.Q(("state__in", ["agreed", "in_force"]), _negated=True),
                        ("effective_on", None),
                        ("use", None),
                    ),
                    _connector="OR",
                ),
                name="goals_adjustment_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentsignature",
            constraint=models.UniqueConstraint(
                fields=("request", "side", "step", "revision", "digest"), name="goals_adjustment_signed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentsignature",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["owner", "counterpart"])), name="goals_adjustment_signature_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentstep",
            constraint=models.UniqueConstraint(fields=("request", "number"), name="goals_adjustment_step_once"),
        ),
        migrations.AddConstraint(
            model_name="adjustmentstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["owner", "counterpart", ""])), name="goals_adjustment_step_side"
            ),
        ),
        migrations.AddIndex(
            model_name="goaltarget",
            index=models.Index(fields=["goal", "-from_on", "-id"], name="goals_target_latest"),
        ),
        migrations.AddConstraint(
            model_name="goaltarget",
            constraint=models.UniqueConstraint(fields=("request",), name="goals_target_once_per_request"),
        ),
        migrations.AddConstraint(
            model_name="goaltarget",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request", None)), fields=("goal",), name="goals_target_one_first"
            ),
        ),
        migrations.AddConstraint(
            model_name="goaltarget",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__gt", models.F("from_on"))), name="goals_target_days"
            ),
        ),
        migrations.RunSQL(FOR_GOOD, NO_LONGER),
    ]
