"""Movement: what was decided about the goals of somebody who moved, kept as it was decided; reminders of plans."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

_CAUSES = ["manager", "unit", "left", "leave"]
_DECISIONS = ["keep", "split", "hand_over", "close", "pause"]

_FOR_GOOD = """
create trigger goals_movement_for_good before update or delete on goals_movement
  for each row execute function goals_refuse_change();
create trigger goals_movedgoal_for_good before update or delete on goals_movedgoal
  for each row execute function goals_refuse_change();
alter table goals_movement add constraint goals_movement_digest
  check (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
"""
_NO_LONGER = """
alter table goals_movement drop constraint goals_movement_digest;
drop trigger goals_movedgoal_for_good on goals_movedgoal;
drop trigger goals_movement_for_good on goals_movement;
"""


def _to(model: str, *, related: str = "+", null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(null=null, on_delete=django.db.models.deletion.PROTECT, related_name=related, to=model)


def _id() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("goals", "0008_workshops"), ("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", _id()),
                ("cause", models.CharField(choices=[(one, one) for one in _CAUSES], max_length=10)),
                ("on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("by_label", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("by_person", _to("people.person", null=True)),
                ("person", _to("people.person", related="movements")),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-on"], name="goals_movement_by_person")],
                "constraints": [
                    models.CheckConstraint(condition=Q(("cause__in", _CAUSES)), name="goals_movement_cause_known"),
                    models.CheckConstraint(
                        condition=Q(("until_on", None)) | Q(("until_on__gt", F("on"))), name="goals_movement_leave_days"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MovedGoal",
            fields=[
                ("id", _id()),
                ("decision", models.CharField(choices=[(one, one) for one in _DECISIONS], max_length=10)),
                ("goal", _to("goals.goal", related="moves")),
                ("successor", _to("goals.goal", related="moves_before", null=True)),
                ("movement", _to("goals.movement", related="goals")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("movement", "goal"), name="goals_moved_once"),
                    models.UniqueConstraint(fields=("successor",), name="goals_moved_from_one"),
                    models.CheckConstraint(
                        condition=Q(("decision__in", _DECISIONS)), name="goals_moved_decision_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanReminder",
            fields=[
                ("id", _id()),
                ("on", models.DateField()),
                ("by_label", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("person", _to("people.person")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="goals.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "on", "person"), name="goals_reminded_once_a_day")
                ],
            },
        ),
        migrations.RunSQL(_FOR_GOOD, _NO_LONGER),
        # a goal that was adjusted and then ends earlier has a last target of the movement's
        migrations.AddField(
            model_name="goaltarget", name="movement", field=_to("goals.movement", related="targets", null=True)
        ),
        migrations.RemoveConstraint(model_name="goaltarget", name="goals_target_one_first"),
        migrations.AddConstraint(
            model_name="goaltarget",
            constraint=models.UniqueConstraint(
                condition=Q(("movement", None), ("request", None)), fields=("goal",), name="goals_target_one_first"
            ),
        ),
    ]
