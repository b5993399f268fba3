"""共识调查: opened when goals are published, answered without a name, closed after 72 hours.

An answer is written so that neither its key, its place nor the transaction that wrote it tells whose it is: under the
lock of the group all its answers are written anew in random order, and all its invitations too. For the same reason it
leaves no line in the audit trail (decision 135); opening and closing do.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.urls import reverse

from sextant.engines.anonymity import Group, Publication, decide_publication
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.foundation.notices.actions import send_notice
from sextant.goals.actions.create import GoalRefused
from sextant.goals.contracts.surveys import SURVEY_LOW, SURVEY_WORK
from sextant.goals.messages.goals import words_of_cycle
from sextant.goals.models import (
    Cycle,
    Survey,
    SurveyAnswer,
    SurveyGroup,
    SurveyInvitation,
    SurveyResult,
)
from sextant.goals.policy.surveys import (
    LEAST_ANSWERS,
    LOW_MEAN,
    MARKS,
    OPEN_FOR,
    decide_answer,
    decide_opening,
    is_low,
    mean_of,
)
from sextant.goals.queries.surveys import list_candidates
from sextant.lowcode.actions.work import close_work, open_work
from sextant.people.contracts import UnitRow
from sextant.people.queries import list_units

_BATCH = 2_000
_CHANCE = random.SystemRandom()
_Said = tuple[int | None, int, str]
"""Unit, mark and words of an answer: all there is to it."""


def open_survey(*, cycle_id: int, unit_id: int, actor: Actor, now: datetime) -> int:
    """Publish the goals a unit and everything below it have agreed for a cycle, by asking their owners; the survey's
    id. Who was asked in the cycle already is not asked again.

    Raises AccessDenied, GoalRefused (codes of `decide_opening`), Cycle.DoesNotExist, Unit.DoesNotExist.
    """
    require(actor, Permission.PLAN_MANAGE)
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        # the cycle's lock makes two openings at once one after the other: the second asks those who are left
        cycle = Cycle.objects.select_for_update().get(id=cycle_id)
        candidates = list_candidates(cycle_id=cycle_id, unit_id=unit_id, on=today)
        if problems := decide_opening(asked=candidates.asked, is_cycle_over=cycle.until_on <= today):
            raise GoalRefused(problems)
        survey = Survey.objects.create(
            cycle=cycle, unit_id=unit_id, opened_at=now, closes_at=now + OPEN_FOR, opened_by=actor.label
        )
        groups = SurveyGroup.objects.bulk_create(
            SurveyGroup(survey=survey, unit_id=unit, path=list(candidates.paths[unit]), asked=len(persons))
            for unit, persons in candidates.by_unit.items()
        )
        SurveyInvitation.objects.bulk_create(
            (
                SurveyInvitation(group=group, cycle=cycle, person_id=person_id)
                for group in groups
                for person_id in candidates.by_unit[group.unit_id]
            ),
            batch_size=_BATCH,
        )
        open_work(
            SURVEY_WORK,
            person_ids=[person_id for persons in candidates.by_unit.values() for person_id in persons],
            subject=_subject(survey),
            params={"cycle": cycle.name},
            path=reverse("goals:survey", args=[survey.pk]),
            due_at=survey.closes_at,
            now=now,
        )
        changes = {"cycle": cycle.code, "unit": unit_id, "asked": candidates.asked}
        record("open_survey", actor=actor, now=now, object_kind="survey", object_id=survey.pk, changes=changes)
    return survey.pk


def answer_survey(survey_id: int, *, score: int | None, comment: str, actor: Actor, now: datetime) -> None:
    """Take the actor's answer. It cannot be changed: nobody could find which one it was.

    Raises AccessDenied (not asked, or no such survey), GoalRefused (codes of `decide_answer`).
    """
    require(actor, Permission.SURVEY_ANSWER)
    invitations = SurveyInvitation.objects.filter(group__survey_id=survey_id, person_id=actor.person_id or 0)
    with transaction.atomic():
        group = SurveyGroup.objects.select_for_update().filter(id__in=invitations.values("group_id")).first()
        if group is None:
            raise AccessDenied("survey")
        # read under the lock: the hourly job may have closed it while this waited
        own, survey = invitations.get(), Survey.objects.get(id=survey_id)
        problems = decide_answer(
            score=score,
            comment=comment,
            is_closed=survey.closed_at is not None,
            closes_at=survey.closes_at,
            has_answered=own.has_answered,
            now=now,
        )
        if problems:
            raise GoalRefused(problems)
        answers = SurveyAnswer.objects.filter(survey=survey, unit_id=group.unit_id)
        said = [*answers.values_list("score", "comment"), (score or 0, comment.strip())]
        _write_anew(survey, [(group.unit_id, *one) for one in said], instead_of=answers)
        answered = Case(When(id=own.pk, then=Value(True)), default=F("has_answered"))
        SurveyInvitation.objects.filter(group=group).update(has_answered=answered)
        SurveyGroup.objects.filter(id=group.pk).update(answered=F("answered") + 1)
        close_work(SURVEY_WORK, subject=_subject(survey), person_ids=[own.person_id], now=now)


def close_due_surveys(*, actor: Actor, now: datetime) -> int:
    """Close every survey whose time is over and fix what is shown of it; how many. Doing it twice changes nothing."""
    closed = 0
    for survey_id in (
        Survey.objects.filter(closed_at=None, closes_at__lte=now).order_by("id").values_list("id", flat=True)
    ):
        with transaction.atomic():
            # its key stays free: who answers holds the group, and needs the key for the foreign key of the answer
            survey = Survey.objects.select_for_update(no_key=True).get(id=survey_id)
            if survey.closed_at is None:
                _close(survey, actor=actor, now=now)
                closed += 1
    return closed


def _close(survey: Survey, *, actor: Actor, now: datetime) -> None:
    groups = list(SurveyGroup.objects.select_for_update().filter(survey=survey).order_by("id"))
    answers = SurveyAnswer.objects.filter(survey=survey)
    said: list[_Said] = list(answers.values_list("unit_id", "score", "comment"))
    paths = _paths(groups)
    publication = _publication(paths, said)
    SurveyResult.objects.bulk_create(
        SurveyResult(
            survey=survey,
            unit_id=unit,
            path=list(paths[unit]),
            answers=one.answers,
            own_answers=one.own,
            counts=list(one.counts),
        )
        for unit, one in sorted(publication.shown.items())
    )
    # from here on not even the tables say of which small unit an answer came
    moved = [(publication.block_of[unit], score, comment) for unit, score, comment in said if unit is not None]
    _write_anew(survey, moved, instead_of=answers)
    survey.closed_at, survey.unshown = now, publication.unshown
    survey.save(update_fields=["closed_at", "unshown"])
    close_work(SURVEY_WORK, subject=_subject(survey), now=now, outcome="void")
    _tell_heads(survey, publication, now=now)
    counts = {"asked": sum(one.asked for one in groups), "answered": len(said), "shown": len(publication.shown)}
    record("close_survey", actor=actor, now=now, object_kind="survey", object_id=survey.pk, changes=counts)


def _tell_heads(survey: Survey, publication: Publication, *, now: datetime) -> None:
    """Whoever heads a unit with a low mean, once; where nobody heads it, who heads the nearest unit above."""
    low = {unit: mean for unit, one in publication.shown.items() if (mean := mean_of(one.counts)) and is_low(mean)}
    if not low:
        return
    units = {unit.id: unit for unit in list_units(on=company_day(now, settings.SEXTANT_ZONE))}
    for unit_id, mean in sorted(low.items()):
        head_id = _head_of(unit_id, units)
        if head_id is None or unit_id not in units:
            continue
        send_notice(
            SURVEY_LOW,
            person_ids=[head_id],
            params={
                "unit": units[unit_id].name,
                "cycle": words_of_cycle(survey.cycle.code, survey.cycle.name),
                "mean": str(mean),
                "n": publication.shown[unit_id].answers,
                "low": str(LOW_MEAN),
            },
            path=reverse("web:unit", args=[unit_id]),
            key=f"survey:{survey.pk}:{unit_id}",
            now=now,
        )


def _head_of(unit_id: int | None, units: Mapping[int, UnitRow]) -> int | None:
    while unit_id is not None and unit_id in units:
        if units[unit_id].head_id is not None:
            return units[unit_id].head_id
        unit_id = units[unit_id].parent_id
    return None


def _subject(survey: Survey) -> tuple[str, int]:
    return ("goals.survey", survey.pk)


def _paths(groups: Iterable[SurveyGroup]) -> dict[int, tuple[int, ...]]:
    """Every unit of the survey, also those between whose own people nobody was asked, with its way from the top."""
    found: dict[int, tuple[int, ...]] = {}
    for group in groups:
        path = tuple(group.path)
        found |= {unit: path[: place + 1] for place, unit in enumerate(path)}
    return found


def _publication(paths: Mapping[int, tuple[int, ...]], said: Iterable[_Said]) -> Publication:
    counted = Counter((unit, score) for unit, score, _comment in said)
    groups = [
        Group(unit, path[-2] if len(path) > 1 else None, tuple(counted[unit, mark] for mark in MARKS))
        for unit, path in sorted(paths.items())
    ]
    return decide_publication(groups, least=LEAST_ANSWERS)


def _write_anew(survey: Survey, said: Sequence[_Said], *, instead_of: QuerySet[SurveyAnswer]) -> None:
    """These answers under new random keys, in random order, where `instead_of` were."""
    shuffled = list(said)
    _CHANCE.shuffle(shuffled)
    instead_of.delete()
    SurveyAnswer.objects.bulk_create(
        (SurveyAnswer(survey=survey, unit_id=unit, score=score, comment=comment) for unit, score, comment in shuffled),
        batch_size=_BATCH,
    )
