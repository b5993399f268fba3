"""规则: what every goal is judged by, as it was known at an instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pyarrow as pa
from django.db.models import Q, QuerySet

from sextant.engines.evaluation import DEFAULT_THRESHOLDS, ManualLight
from sextant.engines.evaluation.sql import TERMS_COLUMNS, Setting, Terms
from sextant.engines.schedule import FIVE_DAY_WEEK, Pace, SeasonalCalendar, WorkCalendar
from sextant.engines.values import Light
from sextant.metrics import models
from sextant.metrics.light_rules import COMPANY, LightRulesDocument
from sextant.metrics.work_calendar import CalendarDocument

Stack = tuple[tuple[int, LightRulesDocument], ...]
"""Versions and documents, from the widest scope to the narrowest."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules by code, who uses which, calendars by code, lights set by hand."""

    rules: Mapping[str, tuple[int, LightRulesDocument]] = field(default_factory=dict)
    metric_uses: Mapping[int, str] = field(default_factory=dict)
    goal_uses: Mapping[int, str] = field(default_factory=dict)
    calendars: Mapping[str, WorkCalendar] = field(default_factory=dict)
    manual: Mapping[int, ManualLight] = field(default_factory=dict)

    def terms_of(self, *, goal_id: int | None = None, metric_id: int | None = None) -> Terms:
        """What a goal of a metric is judged by; of neither: the company's terms."""
        codes = (COMPANY, self.metric_uses.get(metric_id or 0), self.goal_uses.get(goal_id or 0))
        return self._terms(tuple(self.rules[code] for code in codes if code is not None and code in self.rules))

    def _terms(self, stack: Stack) -> Terms:
        thresholds = DEFAULT_THRESHOLDS
        calendar, season = self.calendars.get(COMPANY, FIVE_DAY_WEEK), None
        for version, document in stack:
            thresholds = document.over(thresholds, version=version)
            calendar = self.calendars.get(document.calendar or "", calendar)
            season = document.season.season() if document.season else season
        pace: Pace = SeasonalCalendar(calendar, season) if season else calendar
        return Terms(pace, thresholds)

    def setting(self, as_of: date, metric_by_goal: Mapping[int, int]) -> tuple[Setting, "Choice"]:
        """The setting of a run, and which of its special terms each metric and goal takes. `metric_by_goal` names the
        metric of every goal that has rules of its own."""
        company = self.terms_of()
        special: list[Terms] = []

        def number(terms: Terms) -> int:
            if terms == company:
                return 0
            if terms not in special:
                special.append(terms)
            return special.index(terms) + 1

        choice = Choice(
            by_metric={one: number(self.terms_of(metric_id=one)) for one in sorted(self.metric_uses)},
            by_goal={
                goal_id: number(self.terms_of(goal_id=goal_id, metric_id=metric_by_goal[goal_id]))
                for goal_id in sorted(self.goal_uses.keys() & metric_by_goal.keys())
            },
            manual=self.manual,
        )
        return Setting(as_of, company.calendar, company.thresholds, tuple(special)), choice


@dataclass(frozen=True, slots=True)
class Choice:
    """Numbers of special terms by metric and by goal, and lights set by hand."""

    by_metric: Mapping[int, int]
    by_goal: Mapping[int, int]
    manual: Mapping[int, ManualLight]

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """As the tables of `TERMS_COLUMNS`, which are there even when they are empty."""
        rows: Mapping[str, Iterable[tuple[object, ...]]] = {
            "goal_terms": self.by_goal.items(),
            "metric_terms": self.by_metric.items(),
            "manual_lights": (
                (goal_id, one.light.value, one.reason, one.from_on, one.until_on)
                for goal_id, one in sorted(self.manual.items())
            ),
        }
        for table, columns in TERMS_COLUMNS.items():
            connection.execute(f"CREATE TEMP TABLE {table} ({', '.join(f'{n} {kind}' for n, kind in columns.items())})")
            if found := list(rows[table]):
                named = {name: [row[place] for row in found] for place, name in enumerate(columns)}
                connection.register("incoming_terms", pa.table(named))
                connection.execute(f"INSERT INTO {table} SELECT * FROM incoming_terms")
                connection.unregister("incoming_terms")


def read_rulebook(*, known_at: datetime | None = None) -> Rulebook:
    """The rulebook in force now, or as it was known at an instant. Four queries."""
    uses = _alive(models.RulesUse.objects.all(), "from_at", "until_at", known_at)
    chosen: dict[str, dict[int, str]] = {"metric": {}, "goal": {}}
    for scope, object_id, code in uses.values_list("scope", "object_id", "code"):
        chosen[scope][object_id] = code
    lights = _alive(models.ManualLight.objects.all(), "set_at", "cleared_at", known_at)
    return Rulebook(
        rules={
            one.code: (one.version, LightRulesDocument.model_validate(one.document))
            for one in _newest(models.LightRules.objects.all(), known_at)
        },
        metric_uses=chosen["metric"],
        goal_uses=chosen["goal"],
        calendars={
            one.code: CalendarDocument.model_validate(one.document).calendar(f"{one.code}/{one.version}")
            for one in _newest(models.CalendarVersion.objects.all(), known_at)
        },
        manual={one.goal_id: ManualLight(Light(one.light), one.reason, one.from_on, one.until_on) for one in lights},
    )


def _alive(rows: QuerySet, from_name: str, until_name: str, known_at: datetime | None) -> QuerySet:  # type: ignore[type-arg]
    """Rows that had begun and not ended at the instant."""
    if known_at is None:
        return rows.filter(**{until_name: None})
    ended_later = Q(**{until_name: None}) | Q(**{f"{until_name}__gt": known_at})
    return rows.filter(ended_later, **{f"{from_name}__lte": known_at})


def _newest(rows: QuerySet, known_at: datetime | None) -> QuerySet:  # type: ignore[type-arg]
    """The newest version of each code that was there at the instant."""
    if known_at is not None:
        rows = rows.filter(created_at__lte=known_at)
    return rows.order_by("code", "-version").distinct("code")
