"""Reading surveys: who could be asked, what one person is asked, what may be shown. No query here joins an answer to a
person: there is nothing to join them by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Func, JSONField, OuterRef, Q, QuerySet, Subquery, Sum

from sextant.goals.contracts import InvitationRow, PlanState, SurveyResultRow, SurveyRow
from sextant.goals.models import Goal, Plan, Survey, SurveyAnswer, SurveyGroup, SurveyInvitation, SurveyResult
from sextant.goals.policy.surveys import group_unit, is_low, mean_of, spread_of
from sextant.goals.queries.scope import in_force
from sextant.people.models import Post
from sextant.people.queries import list_unit_paths, list_units

COMMENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Candidates:
    """Whom a survey would ask, by the unit they are counted with; `paths` leads from the survey's unit down to each.
    `unsigned` counts plans of the cycle and the units that are not signed yet: their owners are asked when their goals
    are published later."""

    by_unit: Mapping[int, tuple[int, ...]]
    paths: Mapping[int, tuple[int, ...]]
    unsigned: int

    @property
    def asked(self) -> int:
        """How many persons these are."""
        return sum(len(persons) for persons in self.by_unit.values())


def list_candidates(*, cycle_id: int, unit_id: int, on: date) -> Candidates:
    """The people of the unit and everything below it who have goals in force in the cycle and were not asked yet in
    it. Five queries, whatever their number."""
    paths = {unit: path[path.index(unit_id) :] for unit, path in list_unit_paths().items() if unit_id in path}
    parents = {unit: path[-2] if len(path) > 1 else None for unit, path in paths.items()}
    within = paths.keys()
    held = Post.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on, unit_id__in=within)
    promised = in_force(Goal.objects.filter(cycle_id=cycle_id)).values("owner_person_id")
    asked = SurveyInvitation.objects.filter(cycle_id=cycle_id).values("person_id")
    posts = (
        held.filter(Q(person__left_on=None) | Q(person__left_on__gt=on), is_primary=True, person_id__in=promised)
        .exclude(person_id__in=asked)
        .order_by("person_id")
    )
    found: dict[int, list[int]] = {}
    for person_id, unit, is_head in posts.values_list("person_id", "unit_id", "is_head"):
        found.setdefault(group_unit(unit, is_head=is_head, parents=parents, within=within), []).append(person_id)
    open_states = (PlanState.DRAFT, PlanState.DISCUSSION, PlanState.PROPOSED)
    members = held.filter(is_primary=True).values("person_id")
    unsigned = Plan.objects.filter(cycle_id=cycle_id, owner_person_id__in=members, state__in=open_states).count()
    by_unit = {unit: tuple(persons) for unit, persons in sorted(found.items())}
    return Candidates(by_unit, {unit: paths[unit] for unit in by_unit}, unsigned)


def find_invitation(person_id: int, *, survey_id: int, now: datetime) -> InvitationRow | None:
    """What the person is asked in this survey; None where they were not asked. One query."""
    return next(
        iter(_invitations(SurveyInvitation.objects.filter(person_id=person_id, group__survey=survey_id), now)), None
    )


@dataclass(frozen=True, slots=True)
class AskedUnit:
    """With whom somebody's answer is counted: the unit, its head ("" without one), the unit above it ("" at the top of
    the survey). People ask who will read it before they type."""

    name: str
    head_name: str
    above_name: str


def find_asked_unit(person_id: int, *, survey_id: int, on: date) -> AskedUnit:
    """The unit somebody was asked with. Raises SurveyGroup.DoesNotExist for who was not asked. Three queries."""
    group = SurveyGroup.objects.get(survey_id=survey_id, invitations__person=person_id)
    units = {unit.id: unit for unit in list_units(on=on, ids=group.path[-2:])}
    own, above = units.get(group.unit_id), units.get(group.path[-2]) if len(group.path) > 1 else None
    return AskedUnit(own.name if own else "", (own and own.head_name) or "", above.name if above else "")


def list_open_invitations(person_id: int, *, now: datetime) -> list[InvitationRow]:
    """Surveys that wait for this person's answer. One query."""
    waiting = SurveyInvitation.objects.filter(
        person_id=person_id, has_answered=False, group__survey__closed_at=None, group__survey__closes_at__gt=now
    )
    return _invitations(waiting, now)


def list_surveys(*, limit: int = 100) -> list[SurveyRow]:
    """Surveys, the latest first: how many were asked and answered, and what came of it. One query."""
    return _rows(Survey.objects.order_by("-opened_at", "-id")[:limit])


def find_survey(survey_id: int) -> SurveyRow | None:
    """One survey, or None. One query."""
    return next(iter(_rows(Survey.objects.filter(id=survey_id))), None)


def list_results(survey_id: int) -> list[SurveyResultRow]:
    """What the survey shows, the topmost unit first, then as the tree goes. One query."""
    results = SurveyResult.objects.filter(survey_id=survey_id).select_related("unit")
    return [_result(one) for one in sorted(results, key=lambda one: one.path)]


@dataclass(frozen=True, slots=True)
class UnitVoice:
    """What the latest survey says of a unit. `result` is None while it is open or where even the units above had too
    few answers; where it is of another unit, the answers here were counted with that one. `comments` in random order,
    () for who may not read them (`reads` False)."""

    survey: SurveyRow
    result: SurveyResultRow | None
    is_own: bool
    comments: tuple[str, ...] = ()
    reads: bool = False


def find_unit_voice(chain: Sequence[int], *, reads_comments: bool, survey_id: int | None = None) -> UnitVoice | None:
    """The latest survey that asked people of the last unit of `chain` (units from the root down to it), or the one
    named; None where none did. At most two queries."""
    here = SurveyGroup.objects.filter(survey=OuterRef("pk"), path__contains=[chain[-1]])
    asked = Survey.objects.filter(Exists(here), unit_id__in=chain)
    if survey_id is not None:
        asked = asked.filter(id=survey_id)
    survey = next(iter(_rows(asked.order_by("-opened_at", "-id")[:1])), None)
    if survey is None:
        return None
    shown = SurveyResult.objects.filter(survey_id=survey.id, unit_id__in=chain).select_related("unit")
    if reads_comments:
        shown = shown.annotate(comments=_comments_below())
    results = {one.unit_id: one for one in shown}
    nearest = next((results[unit] for unit in reversed(chain) if unit in results), None)
    if nearest is None:
        return UnitVoice(survey, None, is_own=False)
    reads = reads_comments and nearest.unit_id == chain[-1]
    comments = tuple(getattr(nearest, "comments", ())) if reads else ()
    return UnitVoice(survey, _result(nearest), is_own=nearest.unit_id == chain[-1], comments=comments, reads=reads)


def list_comments(survey_id: int, *, unit_id: int) -> tuple[str, ...]:
    """What people of the unit and below wrote, of those answers alone that its result holds; () where it shows none.
    One query."""
    shown = SurveyResult.objects.filter(survey_id=survey_id, unit_id=unit_id)
    found = shown.values_list(_comments_below(), flat=True).first()
    return tuple(found or ())


def _comments_below() -> ArraySubquery:
    """The comments that a result holds, of its unit and those below, by their random keys: every reading gives one
    order, and it is no one's."""
    outer = Func(OuterRef(OuterRef("unit_id")), function="to_jsonb", output_field=JSONField())
    below = SurveyResult.objects.filter(survey=OuterRef("survey"), unit=OuterRef("unit"), path__contains=outer)
    said = SurveyAnswer.objects.filter(Exists(below), survey=OuterRef("survey_id")).exclude(comment="")
    return ArraySubquery(said.order_by("id").values("comment")[:COMMENTS_SHOWN])


def find_voice_beside(person_id: int, *, cycle_id: int) -> UnitVoice | None:
    """What the people asked together with this person said of the cycle's goals, for the page of their contract; None
    where they were not asked, or the survey is not closed. No comments: others' words stand beside no one's contract.
    At most three queries."""
    group = SurveyGroup.objects.filter(invitations__person=person_id, survey__cycle=cycle_id).first()
    voice = group and find_unit_voice(group.path, reads_comments=False, survey_id=group.survey_id)
    return voice if voice and voice.result else None


def _invitations(invitations: QuerySet[SurveyInvitation], now: datetime) -> list[InvitationRow]:
    found = invitations.select_related("group__survey", "cycle").order_by("group__survey__closes_at", "id")
    return [
        InvitationRow(
            survey_id=one.group.survey_id,
            cycle_code=one.cycle.code,
            cycle_name=one.cycle.name,
            cycle_id=one.cycle_id,
            closes_at=one.group.survey.closes_at,
            is_over=one.group.survey.closed_at is not None or now >= one.group.survey.closes_at,
            has_answered=one.has_answered,
        )
        for one in found
    ]


def _rows(surveys: QuerySet[Survey]) -> list[SurveyRow]:
    top = SurveyResult.objects.filter(survey=OuterRef("pk"), unit=OuterRef("unit")).values("counts")
    counts = {"asked": Sum("groups__asked"), "answered": Sum("groups__answered"), "top": Subquery(top)}
    return [
        SurveyRow(
            id=one.pk,
            cycle_id=one.cycle_id,
            cycle_code=one.cycle.code,
            cycle_name=one.cycle.name,
            unit_id=one.unit_id,
            unit_name=one.unit.name,
            opened_at=one.opened_at,
            closes_at=one.closes_at,
            closed_at=one.closed_at,
            asked=getattr(one, "asked", None) or 0,
            answered=getattr(one, "answered", None) or 0,
            mean=mean_of(getattr(one, "top", None) or ()),
            unshown=one.unshown,
        )
        for one in surveys.select_related("cycle", "unit").annotate(**counts)
    ]


def _result(one: SurveyResult) -> SurveyResultRow:
    mean = mean_of(one.counts)
    assert mean is not None  # what is shown has answers
    return SurveyResultRow(
        survey_id=one.survey_id,
        unit_id=one.unit_id,
        unit_name=one.unit.name,
        answers=one.answers,
        mean=mean,
        spread=spread_of(one.counts, depth=len(one.path) - 1),
        own_answers=one.own_answers,
        depth=len(one.path) - 1,
        is_low=is_low(mean),
    )
