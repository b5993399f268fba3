"""Conversations that a light begins."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("goals", "0012_quota_schemes"),
        ("lowcode", "0004_rules"),
        ("files", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TalkCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("red_on", models.DateField()),
                ("light_before", models.CharField(blank=True, default="", max_length=8)),
                ("value", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("expected", models.DecimalField(decimal_places=6, max_digits=28, null=True)),
                ("completion", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ("reason_code", models.CharField(blank=True, default="", max_length=60)),
                ("reason_params", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("analysis", "analysis"),
                            ("meeting", "meeting"),
                            ("watch", "watch"),
                            ("decide", "decide"),
                            ("closed", "closed"),
                        ],
                        default="analysis",
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField(null=True)),
                (
                    "pressed_for",
                    models.CharField(
                        blank=True, default="", help_text="stage whose delay was escalated", max_length=10
                    ),
                ),
                ("owner_due_on", models.DateField()),
                ("manager_due_on", models.DateField()),
                ("meet_due_on", models.DateField()),
                ("owner_told_at", models.DateTimeField(null=True)),
                ("manager_told_at", models.DateTimeField(null=True)),
                ("meets_at", models.DateTimeField(null=True)),
                ("place", models.CharField(blank=True, default="", max_length=200)),
                ("minutes", models.TextField(blank=True, default="")),
                ("minutes_number", models.PositiveIntegerField(default=0)),
                ("minutes_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("watch_from", models.DateField(null=True)),
                ("watch_weeks", models.PositiveSmallIntegerField(default=4)),
                ("out_weeks", models.PositiveSmallIntegerField(default=2)),
                ("out_ratio", models.DecimalField(decimal_places=4, default=Decimal("0.7"), max_digits=6)),
                ("judged_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=10)),
                ("outcome_note", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="talk_cases", to="goals.goal"
                    ),
                ),
                (
                    "minutes_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="talk_cases", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TalkMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_on", models.DateField()),
                ("completion", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ("light", models.CharField(max_length=8)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="tracking.talkcase"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TalkMeasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300)),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by_person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="measures", to="tracking.talkcase"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TalkMinutes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                (
                    "by_person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="minutes_saves",
                        to="tracking.talkcase",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TalkRestriction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new_leads", "new_leads"),
                            ("new_customers", "new_customers"),
                            ("new_tasks", "new_tasks"),
                        ],
                        max_length=20,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="restrictions", to="tracking.talkcase"
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TalkSeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "owner"), ("manager", "manager"), ("hrbp", "hrbp")], max_length=8
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[("none", "none"), ("yes", "yes"), ("no", "no"), ("move", "move")],
                        default="none",
                        max_length=5,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("wants_at", models.DateTimeField(null=True)),
                ("agreed_number", models.PositiveIntegerField(null=True)),
                ("agreed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="tracking.talkcase"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="talk_seats", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="talkcase",
            index=models.Index(fields=["owner", "-opened_at"], name="tracking_case_by_owner"),
        ),
        migrations.AddIndex(
            model_name="talkcase",
            index=models.Index(condition=models.Q(("closed_at", None)), fields=["due_on"], name="tracking_case_due"),
        ),
        migrations.AddIndex(
            model_name="talkcase",
            index=models.Index(fields=["stage", "-opened_at"], name="tracking_case_by_stage"),
        ),
        migrations.AddConstraint(
            model_name="talkcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("goal",), name="tracking_case_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="talkcase",
            constraint=models.UniqueConstraint(fields=("goal", "red_on"), name="tracking_case_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="talkcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("outcome", ""), models.Q(("stage", "closed"), _negated=True)),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("outcome__in", ["recovered", "plan", "ended", "goal_over"]),
                        ("stage", "closed"),
                    ),
                    _connector="OR",
                ),
                name="tracking_case_closed_with_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkcase",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["analysis", "meeting", "watch", "decide", "closed"])),
                name="tracking_case_stage_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkcase",
            constraint=models.CheckConstraint(
                condition=models.Q(("out_ratio__gt", 0), ("out_weeks__gte", 1), ("watch_weeks__gte", 1)),
                name="tracking_case_way_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkmark",
            constraint=models.UniqueConstraint(fields=("case", "ends_on"), name="tracking_mark_once_a_week"),
        ),
        migrations.AddConstraint(
            model_name="talkmeasure",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="tracking_measure_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="talkminutes",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="tracking_minutes_number"),
        ),
        migrations.AddConstraint(
            model_name="talkrestriction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)), fields=("case", "kind"), name="tracking_restriction_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="talkrestriction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["new_leads", "new_customers", "new_tasks"])),
                name="tracking_restriction_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkseat",
            constraint=models.UniqueConstraint(fields=("case", "role"), name="tracking_seat_one_a_role"),
        ),
        migrations.AddConstraint(
            model_name="talkseat",
            constraint=models.UniqueConstraint(fields=("case", "person"), name="tracking_seat_one_a_person"),
        ),
        migrations.AddConstraint(
            model_name="talkseat",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["owner", "manager", "hrbp"])), name="tracking_seat_role_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="talkseat",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["none", "yes", "no", "move"])), name="tracking_seat_answer_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="talkseat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_at", None), ("agreed_number", None)),
                    models.Q(("agreed_at__isnull", False), ("agreed_number__isnull", False)),
                    _connector="OR",
                ),
                name="tracking_seat_agreed_to_something",
            ),
        ),
    ]
