"""建议卡: what is known when somebody asks for another target, and the card made of it, kept as it was then.

A card is read by both sides and by those above them. So the others in it are never fewer than a group to hide in,
whoever asks: colleagues of the unit, else of the unit above with everything below it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sextant.engines.adjustment import Card, Facts, make_card
from sextant.engines.agreement.form import plain_value
from sextant.engines.evaluation import Aggregation, Direction
from sextant.engines.values import Outcome, Period
from sextant.goals.models import Goal
from sextant.metrics.contracts import MetricRow, PastPeriod, SubjectKind, TargetSuggestion
from sextant.metrics.distribution import SMALLEST_GROUP
from sextant.metrics.queries import metric_map, past_periods, suggest_targets
from sextant.people.queries import get_person, get_unit, list_persons, list_subtree_ids, list_units

PAST_SHOWN = 8
_EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Stated:
    """The growth of the industry over the goal's period as a ratio (0.064 = 6.4 %), None where nobody knows it, and
    where it is from."""

    growth: Decimal | None = None
    source: str = ""


def make_snapshot(goal: Goal, *, stated: Stated, on: date) -> dict[str, Any]:
    """The card of a goal as JSON: `base`, `low`, `high`, `coverage` (texts, None where unknown), `ways`, `steps`,
    `problems`, `past`; {} for a goal without a metric or without a base: there is nothing to argue about. About eight
    queries and two readings of the ledger."""
    metric = metric_map([goal.metric_id]).get(goal.metric_id) if goal.metric_id else None
    if metric is None or goal.base is None:
        return {}
    kind = SubjectKind.PERSON if goal.owner_person_id else SubjectKind.UNIT
    subject_id = goal.owner_person_id or goal.owner_unit_id
    assert subject_id is not None  # the database holds exactly one owner
    period = Period(goal.from_on, goal.until_on)
    (own,) = suggest_targets(metric, kind=kind, subject_ids=[subject_id], peer_ids=[], period=period, on=on)
    peers = _peers(goal, on=on)
    others = past_periods(metric, kind=kind, subject_ids=peers, period=period, on=on) if peers else {}
    facts = _facts(goal, metric, own, others=others, growth=stated.growth)
    return _plain(make_card(facts), own.past)


def _facts(
    goal: Goal,
    metric: MetricRow,
    own: TargetSuggestion,
    *,
    others: Mapping[int, Sequence[PastPeriod]],
    growth: Decimal | None,
) -> Facts:
    found, latest = own.suggestion, own.past[0].until_on if own.past else None
    pairs = [_pair(past, latest) for past in others.values()]
    measured = [pair for pair in pairs if pair[1] is not None]
    return Facts(
        base=goal.base,
        past=tuple(one.value for one in reversed(own.past)),
        forecast=found.base if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        coverage=found.coverage if found else Decimal("0.8"),
        method=found.method.value if found else "",
        peers=tuple(measured) if len(measured) >= SMALLEST_GROUP else (),
        growth=growth,
        direction=Direction(metric.direction),
        decimals=metric.decimals,
        is_amount=Aggregation(metric.aggregation).is_cumulative,
    )


def _pair(past: Sequence[PastPeriod], latest: date | None) -> tuple[Decimal | None, Decimal | None]:
    """The period before last and the last of somebody; of those that lie where the owner's last one lies."""
    if not past or (latest is not None and past[0].until_on != latest):
        return (None, None)
    before = past[1].value if len(past) > 1 and past[1].until_on == past[0].from_on else None
    return (before, past[0].value)


def _peers(goal: Goal, *, on: date) -> list[int]:
    """Others around the owner: of the unit, or where those are too few, of the unit above; [] where there are none."""
    if goal.owner_unit_id is not None:
        unit = get_unit(goal.owner_unit_id, on=on)
        units = list_units(on=on)
        return [one.id for one in units if unit.parent_id and one.parent_id == unit.parent_id and one.id != unit.id]
    assert goal.owner_person_id is not None  # the database holds exactly one owner
    unit_id = get_person(goal.owner_person_id, on=on).unit_id
    if unit_id is None:
        return []
    near = _others_in([unit_id], goal.owner_person_id, on=on)
    parent_id = get_unit(unit_id, on=on).parent_id
    if len(near) >= SMALLEST_GROUP or parent_id is None:
        return near
    return _others_in(list_subtree_ids([parent_id], on=on), goal.owner_person_id, on=on)


def _others_in(unit_ids: Sequence[int], person_id: int, *, on: date) -> list[int]:
    members = list_persons(on=on, unit_ids=list(unit_ids), limit=_EVERYBODY)
    return [one.id for one in members if one.id != person_id]


def _plain(outcome: Outcome[Card], past: Sequence[PastPeriod]) -> dict[str, Any]:
    card = outcome.value
    told: dict[str, Any] = {
        "base": card.base if card else None,
        "low": card.low if card else None,
        "high": card.high if card else None,
        "coverage": card.coverage if card else None,
        "ways": tuple({"way": one.way.value, "value": one.value} for one in card.ways) if card else (),
        "steps": tuple({"code": one.code, "params": dict(one.params), "result": one.result} for one in outcome.trace),
        "problems": tuple({"code": one.code, "params": dict(one.params)} for one in outcome.problems),
        "past": tuple({"from_on": one.from_on, "value": one.value} for one in past[:PAST_SHOWN]),
    }
    return {name: _deep(value) for name, value in told.items()}


def _deep(value: object) -> Any:
    """As `plain_value`, also inside objects."""
    if isinstance(value, Mapping):
        return {str(name): _deep(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_deep(one) for one in value]
    return plain_value(value)
