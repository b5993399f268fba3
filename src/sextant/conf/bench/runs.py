"""`sextant bench incremental`, `recompute`, `checkin`: runs and single values over a ledger that is there already.

The ledger and the goals are those of `bench evaluate`. Incremental: a run over everything, then one after a batch that
brought a number for one goal in a hundred, spread over the company; both of the same day, both stored in PostgreSQL.
Recompute: every goal computed and stored once more. Seconds are those of the whole action, the commit included; the
best of the turns counts. Check-in: one value recorded by hand for one goal, until its standing and light are stored;
the median of many.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from sextant.conf.bench.meter import Meter, documents

SHARE = 100
"""One goal in so many is touched."""
TURNS = 2
GOALS_A_PERSON = 10
CHECKINS = 40


def run_incremental(people: int) -> dict[str, Any]:
    """Full and incremental runs of one day in a temporary home."""
    return _in_new_home("incremental", people)


def run_recompute(goals: int) -> dict[str, Any]:
    """All standings of so many goals computed again in a temporary home."""
    return _in_new_home("recompute", max(goals // GOALS_A_PERSON, 1))


def run_checkin(people: int) -> dict[str, Any]:
    """Values recorded by hand, one after another, in a temporary home."""
    return _in_new_home("checkin", people)


def _in_new_home(step: str, people: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sextant-bench-") as folder:
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEXTANT_EMBEDDED"}}
        environment = {**kept, "SEXTANT_HOME": str(Path(folder) / "home")}
        make = [sys.executable, "-m", "sextant.conf.bench.evaluate", "make", str(people)]
        subprocess.run(make, env=environment, stdout=subprocess.DEVNULL, check=True)
        measure = [sys.executable, "-m", "sextant.conf.bench.runs", step, str(people)]
        done = subprocess.run(measure, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def _incremental(people: int) -> dict[str, Any]:
    meter, bench = Meter(), _bench()
    first = bench.run_whole()
    evaluated = 0
    for turn in range(TURNS):
        _deliver(people, turn=turn)
        evaluated = meter.measure("touched", _run_touched).evaluated
        last = meter.measure("whole", bench.run_whole)
        assert last.goals == first.goals
    best = meter.best
    return {"goals": first.goals, "evaluated": evaluated, **best["whole"].times(best["touched"]), **documents(best)}


def _recompute(people: int) -> dict[str, Any]:
    meter, bench = Meter(), _bench()
    goals = bench.run_whole().goals
    for _turn in range(TURNS):
        meter.measure("whole", bench.run_whole)
    return {"goals": goals, **meter.best["whole"].document}


def _checkin(people: int) -> dict[str, Any]:
    from decimal import Decimal

    from sextant.engines.evaluation import GoalSpec
    from sextant.foundation.access.contracts import Actor, Role
    from sextant.metrics.actions.record import record_value
    from sextant.metrics.models import Metric

    bench = _bench()
    goals = bench.run_whole().goals
    metrics = sorted(Metric.objects.values_list("pk", flat=True))
    actor = Actor(1, 1, frozenset({Role.EMPLOYEE}), "bench")
    costs = []
    for turn in range(CHECKINS + 1):
        place = turn * (goals // (CHECKINS + 1))
        goal = GoalSpec(
            goal_id=place + 1,
            metric_id=metrics[place % GOALS_A_PERSON],
            subject_kind=1,
            subject_id=place // GOALS_A_PERSON + 1,
            from_on=bench.FROM_ON,
            until_on=bench.UNTIL_ON,
            base=Decimal(1300),
            stretch=Decimal(1600),
        )
        meter = Meter()

        def check_in(goal: GoalSpec = goal) -> Any:
            value, day = Decimal(7), bench.AS_OF
            return record_value([goal], day=day, value=value, as_of=day, actor=actor, now=bench.MADE_AT)

        assert goal.goal_id in meter.measure("checkin", check_in).standings
        costs.append(meter.best["checkin"])
    costs = costs[1:]  # the first one loads modules
    cpus = sorted(cost.cpu * 1000 for cost in costs)
    return {
        "goals": goals,
        "measurements": goals * bench.WEEKS,
        "checkins": len(costs),
        "cpu_ms": round(statistics.median(cpus), 1),
        "cpu_ms_95": round(cpus[int(len(cpus) * 0.95)], 1),
        "own_cpu_ms": round(statistics.median(cost.own * 1000 for cost in costs), 1),
        "database_cpu_ms": round(statistics.median(cost.database * 1000 for cost in costs), 1),
        "ms": round(statistics.median(cost.wall * 1000 for cost in costs), 1),
    }


def _run_touched() -> Any:
    """A run over what was touched since the run before."""
    from sextant.foundation.access.contracts import Actor
    from sextant.metrics.actions import run_evaluation

    bench = _bench()
    return run_evaluation(bench.goals_csv(), actor=Actor.system("bench"), now=bench.MADE_AT, as_of=bench.AS_OF)


def _deliver(people: int, *, turn: int) -> None:
    """A batch with one number for every hundredth goal."""
    import pyarrow as pa

    from sextant.metrics.ledger import store as ledger
    from sextant.metrics.models import Batch, Metric

    bench = _bench()
    metrics = sorted(Metric.objects.values_list("pk", flat=True))
    places = range(turn, people * GOALS_A_PERSON, SHARE)
    batch = Batch.objects.create(
        key=f"{bench.WEEKS + turn:064}", source="bench", filename=f"late-{turn}.csv", sha256="1" * 64, state="done",
        delivered_at=bench.MADE_AT, delivered_by="bench",
    )  # fmt: skip
    rows = [
        {
            "metric_id": metrics[place % GOALS_A_PERSON],
            "subject_kind": 1,
            "subject_id": place // GOALS_A_PERSON + 1,
            "day": bench.FIRST_FRIDAY + timedelta(days=3),
            "value": 1,
            "batch": batch.pk,
            "row": number,
        }
        for number, place in enumerate(places, start=2)
    ]
    ledger.append(pa.Table.from_pylist(rows, schema=ledger.SCHEMA), batch=batch.pk)


def _bench() -> Any:
    from importlib import import_module

    return import_module("sextant.conf.bench.evaluate")


if __name__ == "__main__":
    from sextant.conf.cli.base import database_ready
    from sextant.conf.cli.django_ready import set_up_django

    set_up_django()
    with database_ready():
        work = {"incremental": _incremental, "recompute": _recompute, "checkin": _checkin}[sys.argv[1]]
        sys.stdout.write(json.dumps(work(int(sys.argv[2]))))
