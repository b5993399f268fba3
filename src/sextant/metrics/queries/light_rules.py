"""Reading rules, who uses them, calendars, and lights set by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sextant.engines.values import Light
from sextant.metrics.models import CalendarVersion, LightRules, ManualLight, Metric, RulesUse


@dataclass(frozen=True, slots=True)
class LightRulesRow:
    """Rules in force: the newest version. `metrics` are the codes of metrics that use them, `goals` how many goals."""

    code: str
    name: str
    version: int
    document: dict[str, Any]
    reason: str
    created_at: datetime
    created_by: str
    metrics: tuple[str, ...]
    goals: int


@dataclass(frozen=True, slots=True)
class ManualLightRow:
    """A light set by hand that nobody took back, on the days [from_on, until_on)."""

    goal_id: int
    light: Light
    reason: str
    from_on: date
    until_on: date
    set_at: datetime
    set_by: str

    def is_valid(self, on: date) -> bool:
        """Whether it decides on that day."""
        return self.from_on <= on < self.until_on


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """The newest version of a calendar."""

    code: str
    version: int
    weekdays: tuple[int, ...]
    days_off: int
    days_on: int


def list_light_rules() -> list[LightRulesRow]:
    """All rules in force, by code. Three queries."""
    uses = list(RulesUse.objects.filter(until_at=None).values_list("scope", "code", "object_id"))
    codes = dict(Metric.objects.filter(id__in=[one[2] for one in uses if one[0] == "metric"]).values_list("id", "code"))
    return [
        LightRulesRow(
            code=rules.code,
            name=rules.name,
            version=rules.version,
            document=rules.document,
            reason=rules.reason,
            created_at=rules.created_at,
            created_by=rules.created_by,
            metrics=tuple(sorted(codes[one] for scope, code, one in uses if scope == "metric" and code == rules.code)),
            goals=sum(scope == "goal" and code == rules.code for scope, code, _ in uses),
        )
        for rules in LightRules.objects.order_by("code", "-version").distinct("code")
    ]


def list_manual_lights(goal_ids: Iterable[int]) -> dict[int, ManualLightRow]:
    """Lights set by hand by goal; goals without one are absent. Valid today or not: ask the row. One query."""
    found = ManualLight.objects.filter(goal_id__in=list(goal_ids), cleared_at=None)
    return {
        one.goal_id: ManualLightRow(
            one.goal_id, Light(one.light), one.reason, one.from_on, one.until_on, one.set_at, one.set_by
        )
        for one in found
    }


def list_calendars() -> list[CalendarRow]:
    """Calendars, each in its newest version, by code. One query."""
    return [
        CalendarRow(
            one.code,
            one.version,
            tuple(one.document["weekdays"]),
            len(one.document["days_off"]),
            len(one.document["days_on"]),
        )
        for one in CalendarVersion.objects.order_by("code", "-version").distinct("code")
    ]
