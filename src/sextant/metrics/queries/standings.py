"""Reading where goals stand, as the last run stored it. Pages ask here and never touch the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from sextant.engines.values import Light
from sextant.metrics.contracts import StandingRow, WeekPoint
from sextant.metrics.messages.metrics import say_reason
from sextant.metrics.models import Standing


@dataclass(frozen=True, slots=True)
class StandingMark:
    """The figures of a standing without its weeks and its sentence, for whoever asks about many; None where there was
    nothing to compute from."""

    light: Light
    completion: Decimal | None
    attainment: Decimal | None
    score: Decimal | None
    reason_code: str
    reason_params: dict[str, str]


_LIGHTS = {"g": Light.GREEN, "y": Light.YELLOW, "r": Light.RED, "n": Light.NONE}


def standings_of(goal_ids: Iterable[int]) -> dict[int, StandingRow]:
    """Stored standings by goal, in one query; a goal no run has looked at is absent.

    The reason is a sentence in the active language.
    """
    return {row.goal_id: standing_row(row) for row in Standing.objects.filter(goal_id__in=list(goal_ids))}


def marks_of(goal_ids: Iterable[int]) -> dict[int, StandingMark]:
    """Lights and figures by goal; a goal no run has looked at is absent. One query, none without goals."""
    ids = list(goal_ids)
    if not ids:
        return {}
    found = Standing.objects.filter(goal_id__in=ids)
    columns = found.values_list("goal_id", "light", "completion", "attainment", "score", "reason_code", "reason_params")
    return {goal_id: StandingMark(Light(light), *rest) for goal_id, light, *rest in columns}


def goal_ids_by_light(lights: Iterable[Light]) -> QuerySet[Standing, int]:
    """Ids of goals that show one of `lights`, as a subquery for `filter(id__in=…)`."""
    return Standing.objects.filter(light__in=[light.value for light in lights]).values_list("goal_id", flat=True)


def standing_row(standing: Standing) -> StandingRow:
    """A stored standing as a frozen row."""
    weeks = zip(standing.week_ends, standing.week_values, standing.week_expected, standing.week_lights, strict=True)
    return StandingRow(
        goal_id=standing.goal_id,
        run_id=standing.run_id,
        as_of=standing.as_of,
        value=standing.value,
        expected=standing.expected,
        elapsed=standing.elapsed,
        attainment=standing.attainment,
        completion=standing.completion,
        score=standing.score,
        light=Light(standing.light),
        reason_code=standing.reason_code,
        reason=say_reason(standing.reason_code, standing.reason_params),
        weeks=tuple(WeekPoint(ends_on, value, expected, _LIGHTS[letter]) for ends_on, value, expected, letter in weeks),
    )
