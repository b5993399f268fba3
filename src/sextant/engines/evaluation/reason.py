"""Why a light is what it is: a code with its parameters. Sentences are made elsewhere.

Parameters are text in canonical form (decimals with six places, ISO days, whole numbers), so that the row path and
the set path write the same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

_GOAL = ("case", "unit", "decimals")
_TARGET = ("base", "low", "high")
_BELOW = (*_GOAL, "on", "value", "expected", *_TARGET, "completion", "threshold")
_STREAK = (*_GOAL, "on", "value", "completion", "weeks", "direction")
_BEYOND = (*_GOAL, "on", "value", "completion", "direction", "limit")
_BARS = ("dynamic", "observed", "least", "quantile", "red_bar", "yellow_bar")
_ENDS = (*_BARS, "rules", "score_problem")

REASON_FIELDS: Mapping[str, tuple[str, ...]] = {
    "light.not_started": ("from_on",),
    "light.unsound": ("problem",),
    "light.no_measurement": ("from_on", "on", *_BARS),
    "light.stale": ("on", "last_on", "age_days", "promise_days", *_BARS, "score_problem"),
    "light.no_value": ("on", *_BARS),
    "light.period_begins": (*_GOAL, "on", "value", *_BARS, "score_problem"),
    "light.manual": ("note", "until_on", *_BARS, "score_problem"),
    "light.late": (*_GOAL, "on", "value", "expected", "completion", "late_days", "late_expected", *_ENDS),
    "light.below_red": (*_BELOW, *_ENDS),
    "light.beyond_red": (*_BEYOND, *_ENDS),
    "light.below_yellow": (*_BELOW, *_ENDS),
    "light.beyond_yellow": (*_BEYOND, *_ENDS),
    "light.streak_red": (*_STREAK, "share", "grain", *_ENDS),
    "light.streak_yellow": (*_STREAK, "share", "grain", *_ENDS),
    "light.line_red": (*_STREAK, "line", "grain", *_ENDS),
    "light.line_yellow": (*_STREAK, "line", "grain", *_ENDS),
    "light.on_track": (*_GOAL, "on", "value", "expected", *_TARGET, "completion", *_ENDS),
    "light.held": (
        *(*_GOAL, "on", "completion", "held_on", "held_light", "held_code", "held_completion", "held_weeks"),
        *("grain", *_ENDS),
    ),
}
"""Every reason there is, with the parameters it may carry, in this order. A parameter that is not known (the base of a
range goal) is left out. `rules` names rules other than the built-in defaults, `grain` a streak of days or months, and
`score_problem` is the code of what forbids a score. Under dynamic thresholds `dynamic` names what was compared with,
`observed` how much of it there was, `red_bar` and `yellow_bar` what came of it at the `quantile` of the colour in
question, or `least` how much it would have taken."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of `REASON_FIELDS` and its parameters as canonical text."""

    code: str
    params: Mapping[str, str]

    def json(self) -> str:
        """The parameters as compact JSON, in the order of `REASON_FIELDS`."""
        return json.dumps(dict(self.params), ensure_ascii=False, separators=(",", ":"))


def reason(code: str, facts: Mapping[str, object]) -> Reason:
    """`code` with those of `facts` that it carries.

    >>> reason("light.stale", {"on": date(2026, 1, 9), "age_days": 15, "base": Decimal(3)}).json()
    '{"on":"2026-01-09","age_days":"15"}'
    """
    chosen = ((name, facts.get(name)) for name in REASON_FIELDS[code])
    return Reason(code, {name: canonical(fact) for name, fact in chosen if fact is not None})


def canonical(fact: object) -> str:
    """A fact as text: amounts with six places, days as ISO, everything else as it prints."""
    if isinstance(fact, Decimal):
        return f"{fact:.6f}"
    if isinstance(fact, date):
        return fact.isoformat()
    return fact.value if isinstance(fact, StrEnum) else str(fact)
