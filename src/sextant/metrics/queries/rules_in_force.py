"""Which rules hold for the company, a metric or a goal, and which document each constant comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sextant.engines.evaluation import DEFAULT_THRESHOLDS
from sextant.metrics.light_rules import COMPANY
from sextant.metrics.models import LightRules, RulesUse

Stated = Mapping[str, Any]
"""What a document says, by path: "red_below", "streak.yellow"; `season` and `score` are whole."""

DEFAULTS: Stated = {
    "red_below": DEFAULT_THRESHOLDS.red_below,
    "yellow_below": DEFAULT_THRESHOLDS.yellow_below,
    "red_line": DEFAULT_THRESHOLDS.red_line,
    "yellow_line": DEFAULT_THRESHOLDS.yellow_line,
    "late_days": DEFAULT_THRESHOLDS.late_days,
    "streak.yellow": DEFAULT_THRESHOLDS.streak_yellow,
    "streak.red": DEFAULT_THRESHOLDS.streak_red,
    "streak.grain": DEFAULT_THRESHOLDS.streak_grain.value,
    "streak.share": DEFAULT_THRESHOLDS.baseline_share,
    "streak.line": DEFAULT_THRESHOLDS.line,
    "hysteresis": DEFAULT_THRESHOLDS.hysteresis,
    "calendar": COMPANY,
}
"""The constants of the engine by path. A document may state more (`season`, `score`), which have no default."""


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """One version of a document of rules, and what it stated."""

    code: str
    version: int
    name: str
    document: dict[str, Any]
    reason: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant in force. `origin` is the document that states it, None where it is the engine's default."""

    path: str
    value: Any
    origin: RulesVersion | None


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """`layers` from the widest scope to the narrowest; `own` is the code that the metric or goal itself uses, ""
    where it has none of its own."""

    layers: tuple[RulesVersion, ...]
    constants: tuple[Constant, ...]
    own: str

    @property
    def stated(self) -> Stated:
        """The constants by path."""
        return {one.path: one.value for one in self.constants}


def find_rules_in_force(*, metric_id: int | None = None, goal_id: int | None = None) -> RulesInForce:
    """What a goal of a metric (both given), a metric's goals, or everyone (neither) is judged by. Two queries."""
    uses = {"metric": metric_id, "goal": goal_id}
    chosen = {
        (scope, object_id): code
        for scope, object_id, code in RulesUse.objects.filter(
            until_at=None, object_id__in=[one for one in uses.values() if one is not None]
        ).values_list("scope", "object_id", "code")
    }
    codes = [COMPANY, *(chosen.get((scope, object_id or 0), "") for scope, object_id in uses.items())]
    found = {one.code: _version(one) for one in _newest().filter(code__in=codes)}
    layers = tuple(found[code] for code in codes if code in found)
    narrowest = codes[2] if goal_id is not None else codes[1] if metric_id is not None else COMPANY
    return RulesInForce(layers, _constants(layers), narrowest if narrowest in found else "")


def find_rules_version(code: str) -> RulesVersion | None:
    """The newest version of the rules `code`, None where there are none. One query."""
    return next((_version(one) for one in _newest().filter(code=code)), None)


def list_rules_choices() -> list[tuple[str, str]]:
    """Rules that a metric or goal can use, as (code, name). One query."""
    return [(one.code, one.name) for one in _newest().exclude(code=COMPANY)]


def list_rules_versions(code: str) -> list[RulesVersion]:
    """Every version of the rules `code`, the newest first. One query."""
    return [_version(one) for one in LightRules.objects.filter(code=code).order_by("-version")]


def flatten(document: Mapping[str, Any]) -> Stated:
    """What a document states, by path, without its code and name.

    >>> dict(flatten({"code": "a", "name": "A", "red_below": "0.6", "streak": {"yellow": 3}}))
    {'red_below': '0.6', 'streak.yellow': 3}
    """
    flat: dict[str, Any] = {}
    for key, value in document.items():
        if key == "streak":
            flat |= {f"streak.{part}": stated for part, stated in (value or {}).items() if stated is not None}
        elif key not in ("code", "name") and value is not None:
            flat[key] = value
    return flat


def _constants(layers: tuple[RulesVersion, ...]) -> tuple[Constant, ...]:
    found = {path: Constant(path, value, None) for path, value in DEFAULTS.items()}
    for layer in layers:
        found |= {path: Constant(path, value, layer) for path, value in flatten(layer.document).items()}
    return tuple(found.values())


def _newest() -> Any:
    return LightRules.objects.order_by("code", "-version").distinct("code")


def _version(one: LightRules) -> RulesVersion:
    return RulesVersion(one.code, one.version, one.name, one.document, one.reason, one.created_at, one.created_by)
