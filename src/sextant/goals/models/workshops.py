"""研讨会: agenda, attendance, minutes, decisions; for a diagnosis the process with its red marks."""

from django.db import models
from django.db.models import Q

from sextant.foundation.files.models import StoredFile
from sextant.goals.contracts import Attendance, Topic, WorkshopKind
from sextant.goals.models.cycles import Cycle
from sextant.goals.models.goals import Goal
from sextant.people.models import Person, Unit

TITLE_LENGTH = 200
TEXT_LENGTH = 1000


class Workshop(models.Model):
    """A meeting of a unit. `minutes_number` rises with every save of the minutes; a save names the one it was read at.
    Closed, only additions with a date are taken."""

    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in WorkshopKind])
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="workshops")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="workshops")
    title = models.CharField(max_length=TITLE_LENGTH)
    place = models.CharField(max_length=TITLE_LENGTH, blank=True, default="")
    starts_at = models.DateTimeField()
    lead = models.ForeignKey(Person, models.PROTECT, null=True, related_name="workshops_led")
    minutes = models.TextField(blank=True, default="")
    minutes_number = models.PositiveIntegerField(default=0)
    minutes_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    minutes_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["unit", "-starts_at"], name="goals_workshop_by_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in WorkshopKind]), name="goals_workshop_kind_known"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="goals_workshop_has_title"),
        ]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """A line of the agenda. `topic` says why it is there, `text` is what somebody wrote, `goal` what it is about."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Topic])
    text = models.CharField(max_length=TITLE_LENGTH, blank=True, default="")
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, related_name="+")
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "position"],
                name="goals_agenda_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(topic__in=[one.value for one in Topic]), name="goals_agenda_topic"),
            models.CheckConstraint(condition=~Q(topic="free", text=""), name="goals_agenda_says_something"),
        ]


class Participant(models.Model):
    """Somebody invited, and whether they came."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="workshops")
    attendance = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in Attendance], default=Attendance.INVITED
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "person"], name="goals_participant_once"),
            models.CheckConstraint(
                condition=Q(attendance__in=[one.value for one in Attendance]), name="goals_participant_attendance"
            ),
        ]


class Decision(models.Model):
    """What the meeting decided, and about which goals: shown on their pages."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="decisions")
    text = models.CharField(max_length=TEXT_LENGTH)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    goals = models.ManyToManyField(Goal, related_name="decisions")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="goals_decision_says_something")]


class ProcessStep(models.Model):
    """流程环节: a step of the process a diagnosis looks at, in order."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "position"], name="goals_step_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(title=""), name="goals_step_has_title"),
        ]


class RedMark(models.Model):
    """红点: where a step is stuck, and who does what about it until when. `goal` is the draft it became."""

    step = models.ForeignKey(ProcessStep, models.CASCADE, related_name="marks")
    text = models.CharField(max_length=TEXT_LENGTH)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=300, blank=True, default="")
    measure = models.CharField(max_length=500, blank=True, default="", help_text="how one sees that it is done")
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    goal = models.ForeignKey(Goal, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="goals_mark_says_something"),
            # an answer to a red mark is whole: somebody does something by a day
            models.CheckConstraint(
                condition=Q(person=None, action="", due_on=None, done_on=None)
                | (Q(person__isnull=False, due_on__isnull=False) & ~Q(action="")),
                name="goals_mark_answer_whole",
            ),
            models.CheckConstraint(condition=Q(goal=None) | Q(person__isnull=False), name="goals_mark_goal_has_owner"),
        ]


class MarkEvidence(models.Model):
    """A photo or a video of a red mark."""

    mark = models.ForeignKey(RedMark, models.CASCADE, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class MinutesAddendum(models.Model):
    """补记: what is added to the minutes once the meeting is closed."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="addenda")
    text = models.CharField(max_length=TEXT_LENGTH)
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="goals_addendum_says_something")]
