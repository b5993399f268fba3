"""What the split of a goal starts from: who would share it, and what is known about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from sextant.goals.models import Goal
from sextant.goals.policy.quota import FULL, Quota, QuotaFactor, QuotaRow
from sextant.metrics import queries as metrics
from sextant.people.queries import list_member_pairs, list_persons, list_report_ids, list_units

_EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Sharer:
    """Who could take a share. `key` is the owner, u12 or p34; `code` the unit's code or the person's number; `answers`
    the unit's head or the person's post; `reached` the value of their latest finished goal of the metric, None where
    nothing is known; `heads` the people in a unit."""

    key: str
    name: str
    code: str
    answers: str
    heads: Decimal | None
    reached: Decimal | None


def list_sharers(goal: Goal, *, on: date) -> list[Sharer]:
    """Who would share the goal: the units right below its owner's, else the people in it; below a person, who reports
    to them. At most six queries."""
    if goal.owner_unit_id is None:
        ids = list_report_ids(goal.owner_person_id or 0, on=on, deep=False)
        return _people(goal, ids, on=on) if ids else []
    units = [unit for unit in list_units(on=on) if unit.parent_id == goal.owner_unit_id]
    if not units:
        members = [person for _unit, person in list_member_pairs([goal.owner_unit_id], on=on)]
        return _people(goal, members, on=on)
    reached = _reached(goal, unit_ids=[unit.id for unit in units])
    heads: dict[int, int] = {}
    for unit_id, _person in list_member_pairs([unit.id for unit in units], on=on):
        heads[unit_id] = heads.get(unit_id, 0) + 1
    return [
        Sharer(
            f"u{unit.id}",
            unit.name,
            unit.code,
            unit.head_name or "",
            Decimal(heads.get(unit.id, 0)),
            reached.get(unit.id),
        )
        for unit in units
    ]


def first_quota(goal: Goal, sharers: Sequence[Sharer], *, decimals: int) -> Quota:
    """The split to begin with: the goal's base, in the smallest piece its metric shows, by what is known of everybody:
    their last result and how many they are; where neither is known by one factor everybody has alike. A factor that
    somebody lacks has no weight until the value is filled in."""
    named: list[tuple[str, list[Decimal | None]]] = []
    if any(one.reached for one in sharers):
        named.append((_("上期实际"), [one.reached for one in sharers]))
    if any(one.heads for one in sharers):
        named.append((_("人数"), [one.heads for one in sharers]))
    if not named:
        named.append((_("平均"), [Decimal(1) for _one in sharers]))
    whole = [all(value is not None for value in values) for _name, values in named]
    weights = [FULL / sum(whole) if is_whole else Decimal(0) for is_whole in whole]
    factors = tuple(QuotaFactor(name, weight) for (name, _values), weight in zip(named, weights, strict=True))
    rows = tuple(
        QuotaRow(one.key, one.name, tuple(values[place] for _name, values in named))
        for place, one in enumerate(sharers)
    )
    return Quota(goal.base or Decimal(0), Decimal(1).scaleb(-decimals), factors, rows)


def _people(goal: Goal, person_ids: Sequence[int], *, on: date) -> list[Sharer]:
    persons = [one for one in list_persons(on=on, ids=person_ids, limit=_EVERYBODY) if one.left_on is None]
    reached = _reached(goal, person_ids=[one.id for one in persons])
    return [Sharer(f"p{one.id}", one.name, one.number, one.title or "", None, reached.get(one.id)) for one in persons]


def _reached(goal: Goal, *, unit_ids: Sequence[int] = (), person_ids: Sequence[int] = ()) -> dict[int, Decimal]:
    """The value of each owner's latest finished goal of the same metric: two queries, none without a metric."""
    if goal.metric_id is None:
        return {}
    earlier = Goal.objects.filter(metric_id=goal.metric_id, until_on__lte=goal.from_on)
    of_them = earlier.filter(owner_unit_id__in=unit_ids) if unit_ids else earlier.filter(owner_person_id__in=person_ids)
    field = "owner_unit_id" if unit_ids else "owner_person_id"
    latest = dict(of_them.order_by("until_on", "id").values_list(field, "id"))
    standings = metrics.standings_of(list(latest.values()))
    values = {owner: standings[one].value for owner, one in latest.items() if one in standings}
    return {owner: value for owner, value in values.items() if value is not None}
