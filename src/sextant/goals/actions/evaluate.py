"""Evaluating goals: hand their specifications down to metrics, which computes where they stand."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.goals.actions.light_news import tell_run
from sextant.goals.queries import write_goal_specs
from sextant.metrics import actions as metrics
from sextant.metrics.contracts import RunRow


def evaluate_goals(
    *,
    actor: Actor,
    now: datetime,
    as_of: date,
    progress: Callable[[int], None] | None = None,
    whole: bool = False,
) -> RunRow:
    """Evaluate every goal that runs on the day `as_of`, store where each stands, and return the run.

    Goals leave as a file and not as objects: a million of them cost no memory here. After an earlier run of the same
    day only what changed since is computed, unless `whole` asks for everything. Raises AccessDenied.
    """
    require(actor, Permission.RUN_START)
    with tempfile.TemporaryDirectory(prefix="sextant-goals-") as folder:
        goals_csv = Path(folder) / "specs.csv"
        write_goal_specs(goals_csv, as_of=as_of)
        metrics.derive_stale(actor=actor, now=now)
        tell = partial(tell_run, as_of=as_of, actor=actor, now=now)
        return metrics.run_evaluation(
            goals_csv, actor=actor, now=now, as_of=as_of, progress=progress, whole=whole, tell=tell
        )
