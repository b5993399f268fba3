"""红灯跟踪: one conversation for each time a person's goal turns red, from the notice to the weeks that follow."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from sextant.goals.models import Goal
from sextant.people.models import Person
from sextant.tracking.contracts.cases import CaseOutcome, RestrictionKind, SeatAnswer, SeatRole, Stage

TEXT_LENGTH = 1000
TITLE_LENGTH = 300


class TalkCase(models.Model):
    """A red light and what came of it.

    `red_on` is the day whose evaluation turned the light; `value`, `expected`, `completion` and the reason are what it
    said then. `stage` and `due_on` are derived by the policy with every change and kept, so that lists and the nightly
    look at deadlines filter by columns. `minutes_number` rises with every save of the minutes.
    """

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="talk_cases")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="talk_cases")
    red_on = models.DateField()
    light_before = models.CharField(max_length=8, blank=True, default="")
    value = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    expected = models.DecimalField(max_digits=28, decimal_places=6, null=True)
    completion = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    reason_code = models.CharField(max_length=60, blank=True, default="")
    reason_params = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    stage = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in Stage], default=Stage.ANALYSIS.value
    )
    due_on = models.DateField(null=True)
    pressed_for = models.CharField(max_length=10, blank=True, default="", help_text="stage whose delay was escalated")
    owner_due_on = models.DateField()
    manager_due_on = models.DateField()
    meet_due_on = models.DateField()
    owner_told_at = models.DateTimeField(null=True)
    manager_told_at = models.DateTimeField(null=True)
    meets_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, blank=True, default="")
    minutes = models.TextField(blank=True, default="")
    minutes_number = models.PositiveIntegerField(default=0)
    minutes_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    minutes_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    watch_from = models.DateField(null=True)
    watch_weeks = models.PositiveSmallIntegerField(default=4)
    out_weeks = models.PositiveSmallIntegerField(default=2)
    out_ratio = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal("0.7"))
    judged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, blank=True, default="")
    outcome_note = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-opened_at"], name="tracking_case_by_owner"),
            models.Index(fields=["due_on"], name="tracking_case_due", condition=Q(closed_at=None)),
            models.Index(fields=["stage", "-opened_at"], name="tracking_case_by_stage"),
        ]
        constraints = [
            # two workers that hear of the same light never open two conversations
            models.UniqueConstraint(fields=["goal"], condition=Q(closed_at=None), name="tracking_case_one_open"),
            models.UniqueConstraint(fields=["goal", "red_on"], name="tracking_case_once_a_day"),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") & ~Q(stage=Stage.CLOSED.value)
                | Q(
                    closed_at__isnull=False,
                    outcome__in=[one.value for one in CaseOutcome],
                    stage=Stage.CLOSED.value,
                ),
                name="tracking_case_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[one.value for one in Stage]), name="tracking_case_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(out_ratio__gt=0, out_weeks__gte=1, watch_weeks__gte=1), name="tracking_case_way_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id} {self.red_on}"


class TalkSeat(models.Model):
    """One of the three sides, what they answered to the time, and which minutes they confirmed."""

    case = models.ForeignKey(TalkCase, models.CASCADE, related_name="seats")
    role = models.CharField(max_length=8, choices=[(one.value, one.value) for one in SeatRole])
    person = models.ForeignKey(Person, models.PROTECT, related_name="talk_seats")
    answer = models.CharField(
        max_length=5, choices=[(one.value, one.value) for one in SeatAnswer], default=SeatAnswer.NONE.value
    )
    answered_at = models.DateTimeField(null=True)
    wants_at = models.DateTimeField(null=True)
    agreed_number = models.PositiveIntegerField(null=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "role"], name="tracking_seat_one_a_role"),
            models.UniqueConstraint(fields=["case", "person"], name="tracking_seat_one_a_person"),
            models.CheckConstraint(
                condition=Q(role__in=[one.value for one in SeatRole]), name="tracking_seat_role_known"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=[one.value for one in SeatAnswer]), name="tracking_seat_answer_known"
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_number=None)
                | Q(agreed_at__isnull=False, agreed_number__isnull=False),
                name="tracking_seat_agreed_to_something",
            ),
        ]


class TalkMinutes(models.Model):
    """A save of the minutes: what two writers are put together from, and who wrote what."""

    case = models.ForeignKey(TalkCase, models.CASCADE, related_name="minutes_saves")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True, default="")
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="tracking_minutes_number")]


class TalkMeasure(models.Model):
    """改进措施: who does what until when."""

    case = models.ForeignKey(TalkCase, models.CASCADE, related_name="measures")
    text = models.CharField(max_length=TITLE_LENGTH)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_on = models.DateField(null=True)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="tracking_measure_says_something")]


class TalkMark(models.Model):
    """Where the goal stood in one week; without a completion nothing was measured."""

    case = models.ForeignKey(TalkCase, models.CASCADE, related_name="marks")
    ends_on = models.DateField()
    completion = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    light = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "ends_on"], name="tracking_mark_once_a_week")]


class TalkRestriction(models.Model):
    """限制: what the source system was asked to hold back; lifted by hand or with the end of the case."""

    case = models.ForeignKey(TalkCase, models.CASCADE, related_name="restrictions")
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in RestrictionKind])
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(lifted_at=None), name="tracking_restriction_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in RestrictionKind]), name="tracking_restriction_kind_known"
            ),
        ]
