"""Notices, their deliveries, channels, preferences and texts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12, unique=True)),
                ("settings", models.JSONField(default=dict)),
                ("secret", models.BinaryField(null=True)),
                ("is_active", models.BooleanField(default=False)),
                ("per_hour", models.PositiveSmallIntegerField(default=20)),
                ("paused_until", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=40)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["email", "wecom", "dingtalk", "feishu", "sms", "other"])),
                        name="notices_channel_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("code", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("in_app", "in_app"),
                            ("email", "email"),
                            ("wecom", "wecom"),
                            ("dingtalk", "dingtalk"),
                            ("feishu", "feishu"),
                            ("sms", "sms"),
                            ("other", "other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_on", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person_id", "code", "kind"), name="notices_choice_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("in_app", "in_app"),
                            ("email", "email"),
                            ("wecom", "wecom"),
                            ("dingtalk", "dingtalk"),
                            ("feishu", "feishu"),
                            ("sms", "sms"),
                            ("other", "other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_on", models.BooleanField()),
                ("is_fixed", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("code", "kind"), name="notices_rule_once")],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("value", models.BinaryField()),
                ("hint", models.CharField(max_length=40)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person_id", "kind"), name="notices_contact_once")],
            },
        ),
        migrations.CreateModel(
            name="Habits",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField(unique=True)),
                ("is_quiet", models.BooleanField(default=True)),
                ("quiet_from", models.PositiveSmallIntegerField(default=1320)),
                ("quiet_until", models.PositiveSmallIntegerField(default=480)),
                ("is_quiet_on_weekends", models.BooleanField(default=False)),
                ("lets_urgent_pass", models.BooleanField(default=True)),
                (
                    "digest",
                    models.CharField(
                        choices=[("none", "none"), ("daily", "daily"), ("weekly", "weekly")],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("digest_hour", models.PositiveSmallIntegerField(default=9)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("digest_hour__lt", 24), ("quiet_from__lt", 1440), ("quiet_until__lt", 1440)
                        ),
                        name="notices_habits_times",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("code", models.CharField(max_length=80)),
                ("params", models.JSONField(default=dict)),
                ("path", models.CharField(max_length=500)),
                ("key", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("is_shown", models.BooleanField(default=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("escalate_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_shown", True)), fields=["person_id", "-id"], name="notices_notice_mine"
                    ),
                    models.Index(
                        condition=models.Q(("is_shown", True), ("read_at__isnull", True)),
                        fields=["person_id"],
                        name="notices_notice_unread",
                    ),
                    models.Index(
                        condition=models.Q(("escalate_at__isnull", False), ("read_at__isnull", True)),
                        fields=["escalate_at"],
                        name="notices_notice_escalates",
                    ),
                    models.Index(fields=["at"], name="notices_notice_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person_id", "code", "key"), name="notices_notice_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=12)),
                ("language", models.CharField(max_length=10)),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "kind", "language"), name="notices_text_once"),
                    models.CheckConstraint(
                        condition=models.Q(("subject", ""), _negated=True), name="notices_text_has_subject"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("dead", "dead"),
                            ("dropped", "dropped"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("is_digest", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=40)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("remote_id", models.CharField(blank=True, max_length=200)),
                ("finished_at", models.DateTimeField(null=True)),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="notices.notice"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["kind", "due_at", "person_id", "id"],
                        name="notices_delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["claimed_until"],
                        name="notices_delivery_claimed",
                    ),
                    models.Index(fields=["person_id", "kind", "created_at"], name="notices_delivery_rate"),
                    models.Index(fields=["-created_at", "-id"], name="notices_delivery_log"),
                    models.Index(fields=["state", "-created_at"], name="notices_delivery_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "kind"), name="notices_delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["email", "wecom", "dingtalk", "feishu", "sms", "other"])),
                        name="notices_delivery_kind",
                    ),
                ],
            },
        ),
    ]
