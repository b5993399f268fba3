"""Domain events and who has been told of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=80)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("params", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("actor_user_id", models.BigIntegerField(null=True)),
                ("actor_person_id", models.BigIntegerField(null=True)),
                ("actor_label", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id", "id"], name="events_event_of_subject"),
                    models.Index(fields=["code", "-at"], name="events_event_of_code"),
                    models.Index(fields=["at"], name="events_event_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subscriber", models.CharField(max_length=80)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("told", "told"), ("dead", "dead")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("problem", models.TextField(blank=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tellings", to="events.event"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["due_at", "id"], name="events_telling_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["subscriber", "subject_kind", "subject_id", "id"],
                        name="events_telling_order",
                    ),
                    models.Index(fields=["state", "done_at"], name="events_telling_done"),
                ],
                "constraints": [models.UniqueConstraint(fields=("event", "subscriber"), name="events_told_once")],
            },
        ),
    ]
