"""Help that a yellow light brings: packs, what was chosen, scripts, offers, calls taken in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0001_initial"),
        ("files", "0001_initial"),
        ("goals", "0012_quota_schemes"),
        ("metrics", "0009_desk"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpPack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("trouble_on", models.DateField()),
                ("weeks", models.PositiveSmallIntegerField(help_text="weeks not green when it was opened")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("watched", "watched"), ("closed", "closed")], max_length=10
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("access", "access"),
                            ("records", "records"),
                            ("method", "method"),
                            ("time", "time"),
                            ("target", "target"),
                            ("resources", "resources"),
                            ("personal", "personal"),
                            ("other", "other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("hypothesis", models.CharField(blank=True, max_length=500)),
                ("opened_at", models.DateTimeField()),
                ("light_before", models.CharField(max_length=6)),
                ("completion_before", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("before_on", models.DateField()),
                ("watch_until", models.DateField(help_text="last day of the watch", null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("turned", "turned"),
                            ("same", "same"),
                            ("worse", "worse"),
                            ("unknown", "unknown"),
                            ("alone", "alone"),
                            ("ended", "ended"),
                        ],
                        max_length=10,
                    ),
                ),
                ("light_after", models.CharField(blank=True, max_length=6)),
                ("completion_after", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("after_on", models.DateField(null=True)),
                (
                    "run_id",
                    models.BigIntegerField(help_text="the run whose figures the outcome is read from", null=True),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="help_packs", to="goals.goal"
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        help_text="who chooses what is done",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        help_text="whose goal it is",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        help_text="or which unit's",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.BigIntegerField()),
                ("definition_code", models.CharField(max_length=60)),
                ("instance_id", models.BigIntegerField(null=True)),
                ("problem", models.CharField(blank=True, max_length=60)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["definition_code", "-id"], name="tracking_intake_by_code")],
            },
        ),
        migrations.CreateModel(
            name="Script",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("access", "access"),
                            ("records", "records"),
                            ("method", "method"),
                            ("time", "time"),
                            ("target", "target"),
                            ("resources", "resources"),
                            ("personal", "personal"),
                            ("other", "other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("number", models.PositiveIntegerField(default=1)),
                ("written_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="metrics.metric"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HelpAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("script", "script"), ("case", "case"), ("request", "request"), ("own", "own")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("agreed", "agreed"),
                            ("done", "done"),
                            ("declined", "declined"),
                            ("dropped", "dropped"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                ("due_on", models.DateField()),
                ("reason", models.CharField(blank=True, help_text="why it was declined or dropped", max_length=500)),
                ("chosen_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "case_goal",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goals.goal"
                    ),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        help_text="who does it, or is asked to help",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "pack",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="acts", to="tracking.helppack"
                    ),
                ),
                (
                    "script",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="tracking.script",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HelpOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("offered_at", models.DateTimeField()),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="metrics.metric"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "metric"), name="tracking_offer_once")],
            },
        ),
        migrations.AddIndex(
            model_name="helppack",
            index=models.Index(fields=["keeper", "-opened_at"], name="tracking_pack_by_keeper"),
        ),
        migrations.AddIndex(
            model_name="helppack",
            index=models.Index(fields=["person", "-opened_at"], name="tracking_pack_by_person"),
        ),
        migrations.AddIndex(
            model_name="helppack",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True), fields=["state"], name="tracking_pack_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="helppack",
            constraint=models.UniqueConstraint(fields=("goal", "trouble_on"), name="tracking_pack_once"),
        ),
        migrations.AddConstraint(
            model_name="helppack",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "watched", "closed"])), name="tracking_pack_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="helppack",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("outcome__in", ["turned", "same", "worse", "unknown", "alone", "ended"]),
                        ("state", "closed"),
                    ),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None), ("outcome", "")),
                    _connector="OR",
                ),
                name="tracking_pack_end_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="helppack",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "watched"), _negated=True), ("watch_until__isnull", False), _connector="OR"
                ),
                name="tracking_pack_watch_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="script",
            index=models.Index(
                condition=models.Q(("retired_at", None)), fields=["metric"], name="tracking_script_by_metric"
            ),
        ),
        migrations.AddConstraint(
            model_name="script",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                name="tracking_script_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="script",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cause", ""),
                    ("cause__in", ["access", "records", "method", "time", "target", "resources", "personal", "other"]),
                    _connector="OR",
                ),
                name="tracking_script_cause_known",
            ),
        ),
        migrations.AddIndex(
            model_name="helpact",
            index=models.Index(fields=["person", "state"], name="tracking_act_by_person"),
        ),
        migrations.AddConstraint(
            model_name="helpact",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["script", "case", "request", "own"])), name="tracking_act_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="helpact",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "agreed", "done", "declined", "dropped"])),
                name="tracking_act_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="helpact",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="tracking_act_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="helpact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "script"), _negated=True), ("script__isnull", False), _connector="OR"
                ),
                name="tracking_act_names_script",
            ),
        ),
        migrations.AddConstraint(
            model_name="helpact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="tracking_act_declined_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="helpact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "request"), ("state__in", ["asked", "agreed"])),
                fields=("pack", "person"),
                name="tracking_act_asked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="intake",
            constraint=models.UniqueConstraint(fields=("event_id", "definition_code"), name="tracking_intake_once"),
        ),
    ]
