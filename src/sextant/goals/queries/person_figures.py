"""The figures of people in a cycle that formulas over people read: what their measured goals add up to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from django.db.models import QuerySet

from sextant.engines.values import Light
from sextant.goals.contracts import GoalState
from sextant.goals.models import Goal
from sextant.metrics.queries import marks_of
from sextant.metrics.queries.standings import StandingMark

JUDGED = (GoalState.RUNNING, GoalState.CLOSED)
PLACES = Decimal("0.000001")


def measured_goals(goals: QuerySet[Goal], *, cycle_id: int) -> QuerySet[Goal]:
    """The goals of people that count in the cycle: those with a metric that run or have run; none that is suspended."""
    return goals.filter(cycle_id=cycle_id, owner_person__isnull=False, metric__isnull=False, state__in=JUDGED)


def person_figures(
    goals: QuerySet[Goal], *, cycle_id: int, person_ids: Collection[int]
) -> dict[int, Mapping[str, Decimal | None]]:
    """Figures by person over those of `goals` that count: `score`, `attainment` and `completion` weighted, `lowest` the
    lowest completion, `goals`, `red`, `yellow` and `weight`. Two queries.

    A goal without a figure is left out and the weights of the others renormalise: missing is not zero. None where no
    goal has one.
    """
    wanted = measured_goals(goals, cycle_id=cycle_id).filter(owner_person_id__in=person_ids)
    rows = list(wanted.values_list("id", "owner_person_id", "weight"))
    figures = marks_of([goal_id for goal_id, _, _ in rows])
    owned: dict[int, list[tuple[Decimal, StandingMark | None]]] = defaultdict(list)
    for goal_id, person_id, weight in rows:
        owned[person_id].append((weight, figures.get(goal_id)))
    return {person_id: _add_up(found) for person_id, found in owned.items()}


def _add_up(found: list[tuple[Decimal, StandingMark | None]]) -> Mapping[str, Decimal | None]:
    judged = [(weight, one) for weight, one in found if one is not None]
    completions = [one.completion for _, one in judged if one.completion is not None]
    return {
        "score": _weighted((weight, one.score) for weight, one in judged),
        "attainment": _weighted((weight, one.attainment) for weight, one in judged),
        "completion": _weighted((weight, one.completion) for weight, one in judged),
        "lowest": min(completions, default=None),
        "goals": Decimal(len(found)),
        "red": Decimal(sum(one.light is Light.RED for _, one in judged)),
        "yellow": Decimal(sum(one.light is Light.YELLOW for _, one in judged)),
        "weight": sum((weight for weight, _ in found), Decimal(0)),
    }


def _weighted(parts: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The mean by weight of the values that are there.

    >>> _weighted([(Decimal(60), Decimal(90)), (Decimal(20), None), (Decimal(20), Decimal(50))])
    Decimal('80.000000')
    """
    there = [(weight, value) for weight, value in parts if value is not None]
    total = sum((weight for weight, _ in there), Decimal(0))
    if not total:
        return None
    return (sum((weight * value for weight, value in there), Decimal(0)) / total).quantize(PLACES)
