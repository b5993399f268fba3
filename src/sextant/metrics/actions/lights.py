"""Writing what goals are judged by: rules, who uses them, calendars, lights set by hand."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sextant.engines.evaluation import Aggregation
from sextant.engines.values import Light, Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.intake.locks import transaction_locked
from sextant.metrics.light_rules import COMPANY, LightRulesDocument, line_problems
from sextant.metrics.models import CalendarVersion, LightRules, ManualLight, Metric, RulesUse
from sextant.metrics.rulebook import read_rulebook
from sextant.metrics.work_calendar import CalendarDocument, read_exceptions

_LOCK = "metrics.rules"


def save_light_rules(
    rules: LightRulesDocument, *, reason: str, actor: Actor, now: datetime, expected_version: int | None = None
) -> int:
    """Add a version of these rules and return its number; the newest when it says the same already.

    Rules that metrics use hold from the next evaluation on; earlier runs keep theirs. `expected_version` is the newest
    the writer has seen, 0 for none, None where nobody looked. Raises AccessDenied, DocumentRefused
    (`rules.calendar_unknown`, `rules.line_needs_level` on a metric that uses them, `rules.changed_meanwhile`).
    """
    require(actor, Permission.METRIC_DEFINE)
    document = rules.model_dump(mode="json", exclude_unset=True)
    with transaction_locked(_LOCK):
        newest = LightRules.objects.filter(code=rules.code).order_by("-version").first()
        if newest and newest.document == document:
            return newest.version
        _check_version(newest, expected_version)
        _check_calendar(rules)
        used_by = RulesUse.objects.filter(scope="metric", code=rules.code, until_at=None)
        for metric in Metric.objects.filter(id__in=used_by.values("object_id")):
            _check_on_metric(rules, metric)
        version = newest.version + 1 if newest else 1
        LightRules.objects.create(
            code=rules.code,
            version=version,
            name=rules.name,
            document=document,
            reason=reason,
            created_at=now,
            created_by=actor.label,
        )
        _audit("save_light_rules", actor, now, object_id=rules.code, kind="light_rules", changes={"version": version})
    return version


def use_light_rules(code: str, *, metric_id: int, goal_id: int | None = None, actor: Actor, now: datetime) -> None:
    """Judge a metric's goals, or one goal of the metric, by the rules `code` from the next evaluation on.

    Raises AccessDenied, Metric.DoesNotExist, DocumentRefused (`rules.unknown`, `rules.line_needs_level`).
    """
    require(actor, Permission.METRIC_DEFINE)
    scope, object_id = ("metric", metric_id) if goal_id is None else ("goal", goal_id)
    with transaction_locked(_LOCK):
        if code == COMPANY or (found := read_rulebook().rules.get(code)) is None:
            raise DocumentRefused(Problem("rules.unknown", {"code": code}))
        _check_on_metric(found[1], Metric.objects.get(id=metric_id))
        in_use = RulesUse.objects.filter(scope=scope, object_id=object_id, until_at=None).first()
        if in_use and in_use.code == code:
            return
        _end_use(scope, object_id, now)
        RulesUse.objects.create(scope=scope, object_id=object_id, code=code, from_at=now, from_by=actor.label)
        changes = {"rules": [in_use.code if in_use else None, code]}
        _audit("use_light_rules", actor, now, object_id=object_id, kind=scope, changes=changes)


def drop_light_rules(*, metric_id: int | None = None, goal_id: int | None = None, actor: Actor, now: datetime) -> bool:
    """Let a metric or a goal be judged by the wider rules again; False when it had none of its own."""
    require(actor, Permission.METRIC_DEFINE)
    scope, object_id = ("metric", metric_id) if goal_id is None else ("goal", goal_id)
    if object_id is None:
        raise ValueError("name a metric or a goal")
    with transaction_locked(_LOCK):
        if not _end_use(scope, object_id, now):
            return False
        _audit("drop_light_rules", actor, now, object_id=object_id, kind=scope, changes={"rules": None})
    return True


def save_calendar(calendar: CalendarDocument, *, code: str = COMPANY, actor: Actor, now: datetime) -> int:
    """Add a version of the calendar `code` and return its number; the newest when it says the same already."""
    require(actor, Permission.METRIC_DEFINE)
    document = calendar.model_dump(mode="json")
    with transaction_locked(_LOCK):
        newest = CalendarVersion.objects.filter(code=code).order_by("-version").first()
        if newest and newest.document == document:
            return newest.version
        version = newest.version + 1 if newest else 1
        CalendarVersion.objects.create(
            code=code, version=version, document=document, created_at=now, created_by=actor.label
        )
        counts = {"version": version, "days_off": len(calendar.days_off), "days_on": len(calendar.days_on)}
        _audit("save_calendar", actor, now, object_id=code, kind="calendar", changes=counts)
    return version


def import_calendar(
    path: Path, *, code: str = COMPANY, weekdays: tuple[int, ...] | None = None, actor: Actor, now: datetime
) -> tuple[int, CalendarDocument]:
    """Take holidays and adjusted working days from a file; returns the version and the whole calendar.

    A year named in the file replaces that year of the calendar, others stay. `weekdays` None keeps the pattern there
    was, Monday to Friday at first. Raises AccessDenied, TableUnreadable, DocumentRefused (`calendar.*`).
    """
    require(actor, Permission.METRIC_DEFINE)
    days_off, days_on = read_exceptions(path)
    with transaction_locked(_LOCK):
        newest = CalendarVersion.objects.filter(code=code).order_by("-version").first()
        before = CalendarDocument.model_validate(newest.document) if newest else CalendarDocument()
        years = {day.year for day in (*days_off, *days_on)}
        calendar = CalendarDocument(
            weekdays=before.weekdays if weekdays is None else weekdays,
            days_off=_merged(before.days_off, days_off, years),
            days_on=_merged(before.days_on, days_on, years),
        )
        return save_calendar(calendar, code=code, actor=actor, now=now), calendar


def put_manual_light(
    goal_id: int, *, light: Light, reason: str, from_on: date, until_on: date, actor: Actor, now: datetime
) -> None:
    """Set a goal's light by hand for the days [from_on, until_on), in the place of one set before.

    Whether the actor may set this goal's light was decided above (`goals.actions.set_manual_light`); here only that
    they may set any. Raises AccessDenied. The reason is shown wherever the light is; the trail keeps the days alone.
    """
    require(actor, Permission.LIGHT_SET)
    with transaction_locked(_LOCK):
        ManualLight.objects.filter(goal_id=goal_id, cleared_at=None).update(cleared_at=now, cleared_by=actor.label)
        ManualLight.objects.create(
            goal_id=goal_id,
            light=light.value,
            reason=reason,
            from_on=from_on,
            until_on=until_on,
            set_at=now,
            set_by=actor.label,
        )
        changes = {"light": light.value, "from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
        _audit("set_manual_light", actor, now, object_id=goal_id, kind="goal", changes=changes)


def remove_manual_light(goal_id: int, *, actor: Actor, now: datetime) -> bool:
    """Take back a light set by hand; False when there is none. As `put_manual_light`."""
    require(actor, Permission.LIGHT_SET)
    with transaction_locked(_LOCK):
        standing = ManualLight.objects.filter(goal_id=goal_id, cleared_at=None)
        if not standing.update(cleared_at=now, cleared_by=actor.label):
            return False
        _audit("clear_manual_light", actor, now, object_id=goal_id, kind="goal", changes={"light": None})
    return True


def _check_version(newest: LightRules | None, expected: int | None) -> None:
    """Nobody overwrites what somebody else saved while they were writing."""
    if expected is not None and expected != (newest.version if newest else 0):
        params = {"version": newest.version if newest else 0, "by": newest.created_by if newest else ""}
        raise DocumentRefused(Problem("rules.changed_meanwhile", params))


def _check_calendar(rules: LightRulesDocument) -> None:
    if rules.calendar and not CalendarVersion.objects.filter(code=rules.calendar).exists():
        raise DocumentRefused(Problem("rules.calendar_unknown", {"path": "calendar", "code": rules.calendar}))


def _check_on_metric(rules: LightRulesDocument, metric: Metric) -> None:
    is_cumulative = Aggregation(metric.aggregation).is_cumulative
    if problems := line_problems(rules, direction=metric.direction, is_cumulative=is_cumulative):
        raise DocumentRefused(*(Problem(one.code, {**one.params, "metric": metric.name}) for one in problems))


def _end_use(scope: str, object_id: int, now: datetime) -> int:
    return RulesUse.objects.filter(scope=scope, object_id=object_id, until_at=None).update(until_at=now)


def _merged(before: tuple[date, ...], stated: tuple[date, ...], years: set[int]) -> tuple[date, ...]:
    return tuple(sorted({day for day in before if day.year not in years} | set(stated)))


def _audit(verb: str, actor: Actor, now: datetime, *, object_id: object, kind: str, changes: dict[str, Any]) -> None:
    record(verb, actor=actor, now=now, object_kind=kind, object_id=object_id, changes=changes)
