"""规则: what every goal is judged by, as it was known at an instant."""

from collections.abc import Iterable, Mapping, Sequence
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
    """Rules by code, who uses which, calendars by code and which of them units use, lights set by hand."""

    rules: Mapping[str, tuple[int, LightRulesDocument]] = field(default_factory=dict)
    metric_uses: Mapping[int, str] = field(default_factory=dict)
    goal_uses: Mapping[int, str] = field(default_factory=dict)
    calendars: Mapping[str, WorkCalendar] = field(default_factory=dict)
    unit_calendars: Mapping[int, str] = field(default_factory=dict)
    manual: Mapping[int, ManualLight] = field(default_factory=dict)

    def terms_of(
        self, *, goal_id: int | None = None, metric_id: int | None = None, unit_calendar: str | None = None
    ) -> Terms:
        """What a goal of a metric is judged by; of neither: the company's terms. `unit_calendar` is that of the nearest
        unit of the goal's owner that has one."""
        own = (self.metric_uses.get(metric_id or 0), self.goal_uses.get(goal_id or 0))
        stack = tuple(self.rules[code] for code in (COMPANY, *own) if code is not None and code in self.rules)
        return self._terms(stack, unit_calendar)

    def _terms(self, stack: Stack, unit_calendar: str | None) -> Terms:
        thresholds, season = DEFAULT_THRESHOLDS, None
        for version, document in stack:
            thresholds = document.over(thresholds, version=version)
            season = document.season.season() if document.season else season
        calendar = self._calendar(stack, unit_calendar)
        pace: Pace = SeasonalCalendar(calendar, season) if season else calendar
        return Terms(pace, thresholds)

    def _calendar(self, stack: Stack, unit_calendar: str | None) -> WorkCalendar:
        """By the rules of the goal, else of the metric, else the unit's, else by those of the company."""
        named = {document.code: document.calendar for _, document in stack}
        codes = (COMPANY, named.pop(COMPANY, None), unit_calendar, *named.values())
        known = [self.calendars[code] for code in codes if code is not None and code in self.calendars]
        return known[-1] if known else FIVE_DAY_WEEK

    def setting(self, as_of: date, asked: "Asked") -> tuple[Setting, "Choice"]:
        """The setting of a run, and which of its special terms each metric, place and goal takes."""
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
            # every metric with every calendar, met or not: who moves to another unit changes no number
            by_place={
                (metric_id, code): number(self.terms_of(metric_id=metric_id, unit_calendar=code))
                for code in sorted(set(self.unit_calendars.values()))
                for metric_id in asked.metric_ids
            },
            by_goal={
                goal_id: number(self.terms_of(goal_id=goal_id, metric_id=metric_id, unit_calendar=code))
                for goal_id, metric_id, code in asked.own_rules
            },
            manual=self.manual,
        )
        return Setting(as_of, company.calendar, company.thresholds, tuple(special)), choice


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run asks the rulebook: its metrics, and each goal with rules of its own with its metric and the calendar
    of its owner's nearest unit that has one, both in order of id."""

    metric_ids: Sequence[int] = ()
    own_rules: Sequence[tuple[int, int, str | None]] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Numbers of special terms by metric, by metric and calendar of a unit, and by goal; and lights set by hand."""

    by_metric: Mapping[int, int]
    by_place: Mapping[tuple[int, str], int]
    by_goal: Mapping[int, int]
    manual: Mapping[int, ManualLight]

    def load(self, connection: duckdb.DuckDBPyConnection, *, placed: pa.Table | None = None) -> None:
        """As the tables of `TERMS_COLUMNS`, which are there even when they are empty. `placed` names owners of goals
        (subject_kind, subject_id) with the calendar of the nearest unit that has one."""
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
            if found := list(rows.get(table, ())):
                named = {name: [row[place] for row in found] for place, name in enumerate(columns)}
                insert(connection, table, pa.table(named))
        if placed is not None and len(placed):
            self._load_places(connection, placed)

    def _load_places(self, connection: duckdb.DuckDBPyConnection, placed: pa.Table) -> None:
        """Terms of goals by the places of their owners; a goal with rules of its own has its terms already."""
        by_place = [(metric_id, code, number) for (metric_id, code), number in self.by_place.items()]
        columns = dict(zip(("metric_id", "calendar", "terms"), map(list, zip(*by_place, strict=True)), strict=True))
        connection.register("terms_by_place", pa.table(columns))
        insert(
            connection,
            "goal_terms",
            placed,
            select="""SELECT goal_id, terms FROM goal_specs JOIN incoming USING (subject_kind, subject_id)
              JOIN terms_by_place USING (metric_id, calendar) WHERE goal_id NOT IN (SELECT goal_id FROM goal_terms)""",
        )
        connection.unregister("terms_by_place")


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, *, select: str = "SELECT * FROM incoming"
) -> None:
    """Add `rows`, known to `select` as `incoming`, to a table."""
    connection.register("incoming", rows)
    connection.execute(f"INSERT INTO {table} {select}")
    connection.unregister("incoming")


def read_rulebook(*, known_at: datetime | None = None) -> Rulebook:
    """The rulebook in force now, or as it was known at an instant. Five queries."""
    uses = _alive(models.RulesUse.objects.all(), "from_at", "until_at", known_at)
    chosen: dict[str, dict[int, str]] = {"metric": {}, "goal": {}}
    for scope, object_id, code in uses.values_list("scope", "object_id", "code"):
        chosen[scope][object_id] = code
    units = _alive(models.CalendarUse.objects.all(), "from_at", "until_at", known_at)
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
        unit_calendars=dict(units.values_list("unit_id", "code")),
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
