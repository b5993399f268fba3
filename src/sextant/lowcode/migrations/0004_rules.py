"""Rules at work: occasions, states, firings and their acts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("lowcode", "0003_forms"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleFiring",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("context", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField(null=True)),
                ("occasion", models.CharField(max_length=160)),
                ("at", models.DateTimeField()),
                ("lines", models.JSONField(default=list)),
                ("facts", models.JSONField(default=dict)),
                (
                    "definition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="lowcode.definition",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="lowcode.definitionversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                ("do", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("held", "held"),
                            ("done", "done"),
                            ("refused", "refused"),
                            ("dead", "dead"),
                            ("dropped", "dropped"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("is_agreed", models.BooleanField(default=False, help_text="needs nobody's yes, or got it")),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.JSONField(null=True)),
                ("result", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(null=True)),
                ("decided_by", models.BigIntegerField(null=True)),
                ("note", models.CharField(blank=True, max_length=1000)),
                (
                    "firing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acts",
                        to="lowcode.rulefiring",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleOccasion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160)),
                ("subject_id", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                ("after_id", models.BigIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "definition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lowcode.definition",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("context", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("held", models.BooleanField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("fired_at", models.DateTimeField(null=True)),
                (
                    "definition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lowcode.definition",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="rulefiring",
            index=models.Index(fields=["definition", "-id"], name="lowcode_rule_firing_log"),
        ),
        migrations.AddIndex(
            model_name="rulefiring",
            index=models.Index(fields=["context", "subject_id", "-id"], name="lowcode_rule_firing_about"),
        ),
        migrations.AddConstraint(
            model_name="rulefiring",
            constraint=models.UniqueConstraint(
                fields=("definition", "context", "subject_id", "occasion"), name="lowcode_rule_firing_once"
            ),
        ),
        migrations.AddIndex(
            model_name="ruleact",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="lowcode_rule_act_due"
            ),
        ),
        migrations.AddIndex(
            model_name="ruleact",
            index=models.Index(
                condition=models.Q(("state", "done"), _negated=True),
                fields=["state", "-id"],
                name="lowcode_rule_act_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleact",
            constraint=models.UniqueConstraint(fields=("firing", "place"), name="lowcode_rule_act_once"),
        ),
        migrations.AddIndex(
            model_name="ruleoccasion",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["definition", "id"], name="lowcode_rule_occasion_open"
            ),
        ),
        migrations.AddIndex(
            model_name="ruleoccasion",
            index=models.Index(fields=["done_at"], name="lowcode_rule_occasion_done"),
        ),
        migrations.AddConstraint(
            model_name="ruleoccasion",
            constraint=models.UniqueConstraint(
                fields=("definition", "key", "subject_id"), name="lowcode_rule_occasion_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rulestate",
            constraint=models.UniqueConstraint(
                fields=("definition", "context", "subject_id"), name="lowcode_rule_state_once"
            ),
        ),
    ]
