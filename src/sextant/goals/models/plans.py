"""目标方案: plans, the templates they stand on, what each side wants, and every save."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from sextant.foundation.files.models import StoredFile
from sextant.goals.contracts import PlanState, Side
from sextant.goals.models.cycles import Cycle
from sextant.goals.models.goals import Goal
from sextant.people.models import Person, Unit


class PlanTemplate(models.Model):
    """方案模板: what plans of a role family look like. Its content lives in versions, which never change."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    is_retired = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class PlanTemplateVersion(models.Model):
    """One published version; `definition` is a `plan_definition.PlanDefinition`. Plans keep the version they began
    with."""

    template = models.ForeignKey(PlanTemplate, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    from_on = models.DateField(help_text="plans opened for cycles that begin on this day or later stand on it")
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="goals_template_version_once")]


class Plan(models.Model):
    """What one owner promises in one cycle. `counterpart` signs for the company: the manager on the solid line, for a
    unit the head of the unit above."""

    owner_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="plans")
    owner_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="plans")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="plans")
    template_version = models.ForeignKey(PlanTemplateVersion, models.PROTECT, related_name="plans")
    counterpart = models.ForeignKey(Person, models.PROTECT, null=True, related_name="plans_answered")
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in PlanState], default="draft")
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["counterpart", "cycle"], name="goals_plan_by_counterpart")]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_person=None, owner_unit__isnull=False)
                | Q(owner_person__isnull=False, owner_unit=None),
                name="goals_plan_one_owner",
            ),
            models.UniqueConstraint(fields=["owner_person", "cycle"], name="goals_plan_once_per_person"),
            models.UniqueConstraint(fields=["owner_unit", "cycle"], name="goals_plan_once_per_unit"),
            # nobody agrees with themselves
            models.CheckConstraint(
                condition=Q(counterpart=None) | Q(owner_person=None) | ~Q(counterpart=F("owner_person")),
                name="goals_plan_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PlanState]), name="goals_plan_state_known"
            ),
        ]


class GoalPosition(models.Model):
    """What one side wants a goal to say; `terms` is the canonical form of `engines.agreement.GoalTerms`."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="positions")
    side = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Side])
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64)
    wants_dropped = models.BooleanField(default=False)
    at = models.DateTimeField()
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "side"], name="goals_position_once_per_side"),
            models.CheckConstraint(condition=Q(side__in=[one.value for one in Side]), name="goals_position_side_known"),
        ]


class PlanRevision(models.Model):
    """One save of a plan, kept for good: who changed what when. `changes` as in `contracts.RevisionRow`."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Side])
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    changes = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="goals_revision_once")]


class Milestone(models.Model):
    """里程碑: a step of a milestone goal; its points count on completion."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    points = models.DecimalField(max_digits=9, decimal_places=4)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "position"], name="goals_milestone_position"),
            models.CheckConstraint(condition=Q(points__gte=0), name="goals_milestone_points"),
        ]


class ActionItem(models.Model):
    """行动项: a line of an action list."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="action_items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["goal", "position"], name="goals_action_position")]


class ProgressNote(models.Model):
    """进度: what somebody said about a goal on a day: how far it is, which steps are done, how sure they are, and what
    shows it. Notes of a goal are numbered: who writes says which one they read last. The latest ratio counts."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="progress_notes")
    number = models.PositiveIntegerField()
    on = models.DateField()
    ratio = models.DecimalField(max_digits=5, decimal_places=4, null=True, help_text="0…1.5 of what was promised")
    confidence = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    steps = models.JSONField(default=list, help_text="one object a step whose state changed: title, done")
    evidence = models.CharField(max_length=1000, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["goal", "-on", "-id"], name="goals_progress_latest")]
        constraints = [
            models.UniqueConstraint(fields=["goal", "number"], name="goals_progress_once"),
            models.CheckConstraint(condition=Q(ratio__gte=0, ratio__lte=Decimal("1.5")), name="goals_progress_range"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1), name="goals_progress_confidence"
            ),
        ]
