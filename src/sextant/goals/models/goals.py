"""目标: what somebody promised to reach, and what it is measured against."""

from django.db import models
from django.db.models import F, Q

from sextant.goals.contracts import GoalKind, GoalState, ProgressFrom
from sextant.goals.models.cycles import Cycle
from sextant.metrics.models import Metric
from sextant.people.models import Person, Unit


class Goal(models.Model):
    """目标: owner, measure, two targets, weight, parent. `code` is what people and files call it."""

    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in GoalKind])
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="goals")
    owner_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="goals")
    owner_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="goals")
    metric = models.ForeignKey(Metric, models.PROTECT, null=True, related_name="+")
    base = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    stretch = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    start = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    range_low = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    range_high = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    tolerance = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    weight = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    curve = models.CharField(max_length=10, default="parallel")  # parallel | ladder
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="children")
    from_on = models.DateField()
    until_on = models.DateField()
    plan = models.ForeignKey("goals.Plan", models.SET_NULL, null=True, related_name="goals")
    # imported goals run at once: who delivers a file of goals has agreed them elsewhere
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in GoalState],
        default=GoalState.RUNNING,
        db_default=GoalState.RUNNING.value,
    )
    dimension = models.CharField(max_length=40, blank=True, default="", db_default="", help_text="code in the template")
    description = models.TextField(blank=True, default="", db_default="")
    deliverable = models.CharField(max_length=500, blank=True, default="", db_default="")
    due_on = models.DateField(null=True)
    confidence = models.DecimalField(max_digits=3, decimal_places=2, null=True, help_text="of reaching it, 0…1: OKR")
    progress_from = models.CharField(
        max_length=10,
        choices=[(one.value, one.value) for one in ProgressFrom],
        default=ProgressFrom.METRIC,
        db_default=ProgressFrom.METRIC.value,
    )
    collaborators = models.ManyToManyField(Person, related_name="helped_goals")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["cycle", "parent", "id"], name="goals_goal_tree"),
            models.Index(fields=["owner_person", "cycle"], name="goals_goal_by_person"),
            models.Index(fields=["owner_unit", "cycle"], name="goals_goal_by_unit"),
            models.Index(fields=["from_on", "until_on"], name="goals_goal_running"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="goals_goal_period"),
            models.CheckConstraint(
                condition=Q(owner_person=None, owner_unit__isnull=False)
                | Q(owner_person__isnull=False, owner_unit=None),
                name="goals_one_owner",
            ),
            models.CheckConstraint(condition=Q(weight__gte=0), name="goals_weight_not_negative"),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1), name="goals_confidence_share"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in GoalState]), name="goals_goal_state_known"
            ),
            # an owner promises a metric once in a period: this is the key by which files find their goal again; what
            # was dropped while a plan was discussed is no promise
            models.UniqueConstraint(
                fields=["owner_person", "metric", "from_on", "until_on"],
                condition=~Q(state=GoalState.DROPPED.value),
                name="goals_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["owner_unit", "metric", "from_on", "until_on"],
                condition=~Q(state=GoalState.DROPPED.value),
                name="goals_once_per_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.title
