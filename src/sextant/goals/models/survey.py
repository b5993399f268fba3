"""共识调查: who was asked is kept apart from what was said, and nothing joins the two.

An answer has no person, no moment and a random key. Its row would still betray its writer by where it lies and by the
transaction that wrote it, so every answer rewrites the rows of its whole group in random order (decision 135).
"""

import uuid

from django.db import models
from django.db.models import F, Q

from sextant.goals.models.cycles import Cycle
from sextant.people.models import Person, Unit

COMMENT_LENGTH = 500


class Survey(models.Model):
    """One round of the question, for the people of a unit and everything below it whose goals were published."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="surveys")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="surveys")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=200)
    unshown = models.PositiveIntegerField(default=0, help_text="answers too few even for the topmost unit")

    class Meta:
        indexes = [models.Index(fields=["closes_at"], condition=Q(closed_at=None), name="goals_survey_due")]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="goals_survey_period"),
        ]


class SurveyGroup(models.Model):
    """The people of one unit in a survey. Its lock is held by whoever answers; counts, never names. `path` keeps how
    the units hung when the survey opened: one that moves meanwhile would change who is counted with whom."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="groups")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = models.JSONField(help_text="ids of the units from the survey's down to this one")
    asked = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "unit"], name="goals_survey_group_once"),
            models.CheckConstraint(condition=Q(answered__lte=F("asked")), name="goals_survey_group_counts"),
        ]


class SurveyInvitation(models.Model):
    """Somebody is asked once in a cycle. `has_answered` says that they did, not when and not what."""

    group = models.ForeignKey(SurveyGroup, models.CASCADE, related_name="invitations")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    has_answered = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "cycle"], name="goals_survey_asked_once")]


class SurveyAnswer(models.Model):
    """What somebody of a unit said. When the survey closes, `unit` becomes the unit with whose answers it is shown;
    NULL: in none, because there were too few."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    score = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=COMMENT_LENGTH, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="goals_survey_score_range")]


class SurveyResult(models.Model):
    """What is shown of a unit with everything below it, fixed when the survey closed: a later change of units must not
    let anyone subtract one result from another. `own_answers` are those shown with this very unit."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="results")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    answers = models.PositiveIntegerField()
    own_answers = models.PositiveIntegerField()
    counts = models.JSONField(help_text="how many said 1, 2, 3, 4, 5")
    path = models.JSONField(help_text="ids of the units from the survey's down to this one")

    class Meta:
        indexes = [models.Index(fields=["unit", "-survey"], name="goals_survey_result_by_unit")]
        constraints = [models.UniqueConstraint(fields=["survey", "unit"], name="goals_survey_result_once")]
