"""Agreement: comments, support, signatures, contracts. What was signed is added and never changed, whoever asks."""

import django.db.models.deletion
from django.db import migrations, models

FOR_GOOD = """
create function goals_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'signatures and contracts are kept as they were signed' using errcode = 'integrity_constraint_violation';
end $$;
create trigger goals_signature_for_good before update or delete on goals_signature
  for each row execute function goals_refuse_change();
create trigger goals_contract_for_good before update or delete on goals_contract
  for each row execute function goals_refuse_change();
create trigger goals_copy_for_good before update or delete on goals_contractcopy
  for each row execute function goals_refuse_change();
alter table goals_contract add constraint goals_contract_digest
  check (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'));
"""
NO_LONGER = """
alter table goals_contract drop constraint goals_contract_digest;
drop trigger goals_copy_for_good on goals_contractcopy;
drop trigger goals_contract_for_good on goals_contract;
drop trigger goals_signature_for_good on goals_signature;
drop function goals_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("goals", "0002_plans")]
    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.PositiveIntegerField(help_text="counts the plans signed in the cycle")),
                ("version", models.PositiveIntegerField(help_text="counts the contracts of the plan")),
                ("number", models.CharField(max_length=60)),
                ("revision", models.PositiveIntegerField()),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                (
                    "cycle",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goals.cycle"),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contracts", to="goals.plan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContractCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="goals.contract"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="goals.plan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SupportItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("training", "training"),
                            ("budget", "budget"),
                            ("authority", "authority"),
                            ("people", "people"),
                            ("other", "other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("ask", models.CharField(max_length=1000)),
                ("asked_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        choices=[("open", "open"), ("promised", "promised"), ("refused", "refused")],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("answer_text", models.CharField(blank=True, default="", max_length=1000)),
                ("due_on", models.DateField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("is_kept", models.BooleanField(help_text="NULL: nobody has said yet", null=True)),
                ("kept_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="support", to="goals.goal"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="support", to="goals.plan"
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support_promised",
                        to="people.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("owner", "owner"), ("counterpart", "counterpart")], max_length=12)),
                ("at", models.DateTimeField()),
                ("text", models.CharField(max_length=1000)),
                (
                    "by_person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="goals.goal"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="goals.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="goals_comment_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["owner", "counterpart"])), name="goals_comment_side_known"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(fields=("number", "version"), name="goals_contract_number_once"),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(
                fields=("cycle", "serial", "version"), name="goals_contract_serial_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(fields=("plan", "version"), name="goals_contract_version_once"),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(fields=("plan", "revision"), name="goals_contract_once_per_revision"),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                fields=("plan", "side", "revision", "digest"), name="goals_signed_once_per_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["owner", "counterpart"])), name="goals_signature_side_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="supportitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["training", "budget", "authority", "people", "other"])),
                name="goals_support_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "open"), ("answered_at", None)),
                    models.Q(
                        ("answer", "promised"),
                        ("answered_at__isnull", False),
                        ("due_on__isnull", False),
                        ("responsible__isnull", False),
                    ),
                    models.Q(
                        ("answer", "refused"),
                        ("answered_at__isnull", False),
                        models.Q(("answer_text", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="goals_support_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_kept", None), models.Q(("answer", "promised"), ("kept_at__isnull", False)), _connector="OR"
                ),
                name="goals_support_kept",
            ),
        ),
        migrations.RunSQL(FOR_GOOD, NO_LONGER),
    ]
