"""Where goals stood on a day whose standings later runs have replaced: computed anew from the ledger the run read."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from sextant.metrics.contracts import RunRow, StandingRow
from sextant.metrics.models import EvaluationRun, Standing
from sextant.metrics.queries.runs import get_run
from sextant.metrics.queries.standings import standing_row
from sextant.metrics.set_evaluation import open_evaluation

_UNKNOWN = (r"\N", "NULL")
"""A missing value as a field of the row, and inside an array."""


def find_run_of(day: date) -> RunRow | None:
    """The last run made as of exactly this day, or None."""
    run_id = EvaluationRun.objects.filter(as_of=day).order_by("-id").values_list("id", flat=True).first()
    return get_run(run_id) if run_id else None


def replay_standings(goals_csv: Path, *, run: RunRow) -> dict[int, StandingRow]:
    """Standings by goal as of the day of `run`, on the ledger version it read; nothing is stored.

    Goals, metrics and thresholds are those of now: a goal that was changed since stands where it would have stood.
    `goals_csv` as `actions.run_evaluation` takes it.
    """
    standings = {}
    with open_evaluation(goals_csv, as_of=run.as_of, ledger_version=run.ledger_version) as evaluation:
        for part in evaluation.parts():
            for line in part.lines:
                row = standing_row(_standing(line.as_py().removesuffix("\n"), run_id=run.id))
                standings[row.goal_id] = row
    return standings


def _standing(line: str, *, run_id: int) -> Standing:
    """A canonical row (`engines.evaluation.Standing.canonical_row`) as the standing that PostgreSQL would hold."""
    fields = line.split("\t")
    goal_id, as_of, value, expected, elapsed, attainment, completion, score, light, code, params, *weeks = fields
    ends, values, expectations, lights = weeks
    return Standing(
        goal_id=int(goal_id),
        run_id=run_id,
        as_of=date.fromisoformat(as_of),
        value=_number(value),
        expected=_number(expected),
        elapsed=Decimal(elapsed),
        attainment=_number(attainment),
        completion=_number(completion),
        score=_number(score),
        light=light,
        reason_code=code,
        reason_params=json.loads(params.replace("\\\\", "\\")),
        week_ends=[date.fromisoformat(end) for end in _array(ends)],
        week_values=[_number(one) for one in _array(values)],
        week_expected=[_number(one) for one in _array(expectations)],
        week_lights=lights,
    )


def _array(text: str) -> list[str]:
    inside = text[1:-1]
    return inside.split(",") if inside else []


def _number(text: str) -> Decimal | None:
    return None if text in _UNKNOWN else Decimal(text)
