"""共商与签署: what two sides say to each other about a plan, the support asked for, signatures, and the contract."""

from django.db import models
from django.db.models import Q

from sextant.goals.contracts import Side, SupportAnswer, SupportKind
from sextant.goals.models.cycles import Cycle
from sextant.goals.models.goals import Goal
from sextant.goals.models.plans import Plan
from sextant.people.models import Person

TEXT_LENGTH = 1000


class Comment(models.Model):
    """What somebody says about a goal of a plan, or about the whole plan (`goal` NULL)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="comments")
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, related_name="comments")
    side = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Side])
    by_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=TEXT_LENGTH)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="goals_comment_says_something"),
            models.CheckConstraint(condition=Q(side__in=[one.value for one in Side]), name="goals_comment_side_known"),
        ]


class SupportItem(models.Model):
    """What the owner needs to reach the plan, what the company answers, and whether it was kept."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="support")
    goal = models.ForeignKey(Goal, models.SET_NULL, null=True, related_name="support")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in SupportKind])
    ask = models.CharField(max_length=TEXT_LENGTH)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=[(one.value, one.value) for one in SupportAnswer], default="open")
    answer_text = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    responsible = models.ForeignKey(Person, models.PROTECT, null=True, related_name="support_promised")
    due_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    is_kept = models.BooleanField(null=True, help_text="NULL: nobody has said yet")
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in SupportKind]), name="goals_support_kind_known"
            ),
            # a promise has somebody and a day, a refusal has its reason
            models.CheckConstraint(
                condition=Q(answer="open", answered_at=None)
                | Q(answer="promised", responsible__isnull=False, due_on__isnull=False, answered_at__isnull=False)
                | (Q(answer="refused", answered_at__isnull=False) & ~Q(answer_text="")),
                name="goals_support_answered",
            ),
            models.CheckConstraint(
                condition=Q(is_kept=None) | Q(answer="promised", kept_at__isnull=False), name="goals_support_kept"
            ),
        ]


class Signature(models.Model):
    """One side under one text of a plan. Added, never changed or removed: the database refuses it.

    It counts while plan and text are still those: a later revision, or another digest, leaves it void.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Side])
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    typed_name = models.CharField(max_length=100)
    at = models.DateTimeField()
    device = models.CharField(max_length=100)
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "side", "revision", "digest"], name="goals_signed_once_per_side"),
            models.CheckConstraint(
                condition=Q(side__in=[one.value for one in Side]), name="goals_signature_side_known"
            ),
        ]


class Contract(models.Model):
    """绩效契约: what both signed, to the letter. `content` is the canonical text, `digest` its SHA-256: the database
    checks that, and refuses to change or remove the row."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="contracts")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField(help_text="counts the plans signed in the cycle")
    version = models.PositiveIntegerField(help_text="counts the contracts of the plan")
    number = models.CharField(max_length=60)
    revision = models.PositiveIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="goals_contract_number_once"),
            models.UniqueConstraint(fields=["cycle", "serial", "version"], name="goals_contract_serial_once"),
            models.UniqueConstraint(fields=["plan", "version"], name="goals_contract_version_once"),
            models.UniqueConstraint(fields=["plan", "revision"], name="goals_contract_once_per_revision"),
        ]


class ContractCopy(models.Model):
    """A PDF that was handed out: what a file has to be, to the byte, to come from here."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="copies")
    sha256 = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
