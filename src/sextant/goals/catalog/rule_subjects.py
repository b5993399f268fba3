"""Goals and people as rules look at them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.goals.access import visible_goals
from sextant.goals.catalog.goal_figures import LIGHT, LIGHT_WEEKS, WORDS, values_of_week
from sextant.goals.models import Goal
from sextant.goals.queries.cycles import find_current_cycle
from sextant.goals.queries.goal_facts import goal_facts, looked_at
from sextant.goals.queries.person_figures import PLACES, measured_goals
from sextant.goals.queries.scope import within_units
from sextant.lowcode.registry_rules import PastWeek, RuleSubject, Thing, register_rule_subjects
from sextant.people.queries import list_subtree_ids, list_units, names_of_persons, resolve_units


class GoalSubjects:
    """Goals that run or are suspended: of a person, or of a unit, whose head is the one it concerns."""

    context = "goal"
    kinds = frozenset({"goal"})
    light_name, light_weeks_name = LIGHT, LIGHT_WEEKS

    def light_word(self, light: Light) -> str:
        """As the protocol."""
        return WORDS[light]

    def list_ids(self, *, units: Collection[str], after: int, limit: int, now: datetime) -> list[int]:
        """As the protocol. One query, three with units."""
        goals = _scoped(Goal.objects.filter(id__gt=after), units, now=now)
        return list(goals.order_by("id").values_list("id", flat=True)[:limit])

    def in_scope(self, subject_ids: Collection[int], *, units: Collection[str], now: datetime) -> frozenset[int]:
        """As the protocol. One query, three with units."""
        goals = _scoped(Goal.objects.filter(id__in=subject_ids), units, now=now)
        return frozenset(goals.values_list("id", flat=True))

    def found_by(self, things: Collection[Thing], *, now: datetime) -> Mapping[Thing, tuple[int, ...]]:
        """A goal by itself. No query."""
        return {one: (one[1],) for one in things if one[0] == "goal"}

    def rows(self, subject_ids: Collection[int], *, now: datetime) -> Mapping[int, RuleSubject]:
        """As the protocol. Two queries."""
        goals = list(Goal.objects.filter(id__in=subject_ids).select_related("owner_person", "owner_unit"))
        heads = _heads({one.owner_unit_id for one in goals if one.owner_unit_id}, on=_day(now))
        return {
            one.pk: RuleSubject(
                one.pk,
                f"{one.owner_person or one.owner_unit} · {one.title}",
                one.owner_person_id or heads.get(one.owner_unit_id or 0),
                reverse("goals:detail", args=[one.pk]),
            )
            for one in goals
        }

    def weeks(
        self, subject_ids: Collection[int], *, weeks: int, actor: Actor, now: datetime
    ) -> Mapping[int, tuple[PastWeek, ...]]:
        """As the protocol, from the weeks that standings keep: 26 at most. At most twelve queries."""
        goals = visible_goals(actor, on=_day(now)).filter(id__in=subject_ids, metric__isnull=False)
        return {
            one: tuple(PastWeek(week.ends_on.isoformat(), values_of_week(week, facts)) for week in facts.weeks[-weeks:])
            for one, facts in goal_facts(goals, on=_day(now)).items()
        }


class PersonSubjects:
    """People with measured goals in the cycle that runs."""

    context = "person_cycle"
    kinds = frozenset({"person", "goal"})
    light_name = light_weeks_name = ""

    def light_word(self, light: Light) -> str:
        """People have no light of their own."""
        return WORDS[light]

    def list_ids(self, *, units: Collection[str], after: int, limit: int, now: datetime) -> list[int]:
        """As the protocol. Two queries, four with units."""
        owners = _people(Goal.objects.filter(owner_person_id__gt=after), units, now=now)
        return list(owners.order_by("owner_person_id").distinct()[:limit])

    def in_scope(self, subject_ids: Collection[int], *, units: Collection[str], now: datetime) -> frozenset[int]:
        """As the protocol. Two queries, four with units."""
        return frozenset(_people(Goal.objects.filter(owner_person_id__in=subject_ids), units, now=now).order_by())

    def found_by(self, things: Collection[Thing], *, now: datetime) -> Mapping[Thing, tuple[int, ...]]:
        """A person by themselves, a goal by its owner. One query for goals."""
        owners = Goal.objects.filter(id__in=[id_ for kind, id_ in things if kind == "goal"])
        by_goal = dict(owners.exclude(owner_person=None).values_list("id", "owner_person_id"))
        found: dict[Thing, tuple[int, ...]] = {one: (one[1],) for one in things if one[0] == "person"}
        return found | {("goal", goal_id): (person_id,) for goal_id, person_id in by_goal.items()}

    def rows(self, subject_ids: Collection[int], *, now: datetime) -> Mapping[int, RuleSubject]:
        """As the protocol. One query."""
        names = names_of_persons(subject_ids)
        return {one: RuleSubject(one, name, one, reverse("web:person", args=[one])) for one, name in names.items()}

    def weeks(
        self, subject_ids: Collection[int], *, weeks: int, actor: Actor, now: datetime
    ) -> Mapping[int, tuple[PastWeek, ...]]:
        """Lights and completion of past weeks, added up over the goals that had them. At most twelve queries."""
        cycle = find_current_cycle(_day(now))
        if cycle is None:
            return {}
        seen = measured_goals(visible_goals(actor, on=_day(now)), cycle_id=cycle.id)
        owned: dict[int, dict[date, list[Any]]] = {}
        for facts in goal_facts(seen.filter(owner_person_id__in=subject_ids), on=_day(now)).values():
            by_day = owned.setdefault(facts.goal.owner_person_id or 0, {})
            for week in facts.weeks:
                by_day.setdefault(week.ends_on, []).append((facts.goal.weight, week))
        return {
            person: tuple(PastWeek(day.isoformat(), _added(by_day[day])) for day in sorted(by_day)[-weeks:])
            for person, by_day in owned.items()
        }


def _added(found: list[Any]) -> dict[str, object]:
    """The names of `person_cycle` that are known of a week."""
    known = [(weight, one.completion) for weight, one in found if one.completion is not None]
    total = sum((weight for weight, _ in known), Decimal(0))
    mean = sum((weight * one for weight, one in known), Decimal(0)) / total if total else None
    return {
        "红灯数": Decimal(sum(one.light is Light.RED for _, one in found)),
        "黄灯数": Decimal(sum(one.light is Light.YELLOW for _, one in found)),
        "目标数": Decimal(len(found)),
        "完成率": mean.quantize(PLACES) if mean is not None else None,
        "最低完成率": min((one for _, one in known), default=None),
    }


def _scoped(goals: QuerySet[Goal], units: Collection[str], *, now: datetime) -> QuerySet[Goal]:
    on = _day(now)
    found = looked_at(goals, on=on)
    return within_units(found, _below(units, on=on), on=on) if units else found


def _people(goals: QuerySet[Goal], units: Collection[str], *, now: datetime) -> QuerySet[Goal, Any]:
    """Ids of owners."""
    on, cycle = _day(now), find_current_cycle(_day(now))
    if cycle is None:
        return goals.none().values_list("owner_person_id", flat=True)
    found = measured_goals(goals, cycle_id=cycle.id)
    found = within_units(found, _below(units, on=on), on=on) if units else found
    return found.values_list("owner_person_id", flat=True)


def _below(units: Collection[str], *, on: date) -> tuple[int, ...]:
    """The units of these codes and all below; a code nobody knows stands for nothing."""
    known = [one for one in resolve_units(units, by="code").values() if one is not None]
    return list_subtree_ids(known, on=on) if known else ()


def _heads(unit_ids: Collection[int], *, on: date) -> dict[int, int | None]:
    return {one.id: one.head_id for one in list_units(on=on, ids=unit_ids)} if unit_ids else {}


def _day(now: datetime) -> date:
    return company_day(now, settings.SEXTANT_ZONE)


register_rule_subjects(GoalSubjects())
register_rule_subjects(PersonSubjects())
