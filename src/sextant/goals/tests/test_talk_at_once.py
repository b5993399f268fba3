"""Two people at one meeting or one survey in the same instant."""

from datetime import timedelta

import pytest
from django.db import connection

from sextant.goals.actions import GoalRefused
from sextant.goals.actions.surveys import answer_survey, close_due_surveys, open_survey
from sextant.goals.actions.workshop_minutes import save_minutes
from sextant.goals.actions.workshops import create_workshop
from sextant.goals.contracts import MinutesAreStale, WorkshopKind
from sextant.goals.models import Survey, SurveyAnswer, SurveyGroup, SurveyInvitation, Workshop
from sextant.goals.tests.talk_makers import HR, NOW, as_actor, make_region
from sextant.goals.tests.test_plans_at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_of_two_one_is_told_and_nothing_is_lost() -> None:
    region = make_region()
    _two_write_minutes(region)
    _two_publish(region)
    _many_answer(region)
    _one_answers_while_it_closes(region)


def _two_write_minutes(region) -> None:
    head, boss = as_actor(region.head), as_actor(region.boss)
    made = {"title": "会", "starts_at": NOW, "actor": head, "now": NOW}
    workshop_id = create_workshop(kind=WorkshopKind.ALIGNMENT, unit_id=region.one.pk, cycle_id=region.cycle.pk, **made)
    found = at_once(
        lambda: save_minutes(workshop_id, text="林的", number=0, actor=head, now=NOW),
        lambda: save_minutes(workshop_id, text="周的", number=0, actor=boss, now=NOW),
    )
    (stale,) = [one for one in found if isinstance(one, MinutesAreStale)]
    kept = Workshop.objects.get(id=workshop_id)
    assert (kept.minutes, kept.minutes_number) == (stale.stored.text, 1)


def _two_publish(region) -> None:
    publish = lambda: open_survey(cycle_id=region.cycle.pk, unit_id=region.region.pk, actor=HR, now=NOW)  # noqa: E731
    found = at_once(publish, publish)
    (refused,) = [one for one in found if isinstance(one, GoalRefused)]
    assert [problem.code for problem in refused.problems] == ["survey.nobody"]
    assert SurveyInvitation.objects.count() == 10


def _many_answer(region) -> None:
    survey_id = Survey.objects.get().pk
    say = lambda person: lambda: answer_survey(survey_id, score=4, comment="", actor=as_actor(person), now=NOW)  # noqa: E731
    # the second person sends twice: one answer, and nobody else's is overwritten by the rewriting of rows
    found = at_once(*(say(person) for person in (*region.ones[1:5], region.ones[1])))
    assert sum(isinstance(one, GoalRefused) for one in found) == 1
    group = SurveyGroup.objects.get(unit=region.one)
    assert SurveyAnswer.objects.count() == group.answered == 4
    assert SurveyInvitation.objects.filter(has_answered=True).count() == 4


def _one_answers_while_it_closes(region) -> None:
    survey_id, late = Survey.objects.get().pk, NOW + timedelta(hours=72)
    just = late - timedelta(microseconds=1)
    found = at_once(
        lambda: answer_survey(survey_id, score=5, comment="", actor=as_actor(region.ones[5]), now=just),
        lambda: close_due_surveys(actor=HR, now=late),
    )
    assert not isinstance(found[1], Exception), repr(found[1])
    # either in the result or refused: never taken and left out
    answered = not isinstance(found[0], GoalRefused)
    survey = Survey.objects.get(id=survey_id)
    shown = sum(one.own_answers for one in survey.results.all())
    assert SurveyAnswer.objects.count() == 4 + answered == shown + survey.unshown
    connection.close()
