"""What rules would do today: the goals of the latest run judged again by them, compared with the lights it gave.

The run's own goals, metrics and ledger version are read once more, so a difference comes from rules (and lights set by
hand) alone, not from data that arrived since. Nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pyarrow as pa

from sextant.engines.values import Light
from sextant.metrics.engine import open_engine
from sextant.metrics.evaluation_inputs import load_rulebook
from sextant.metrics.files import FileUnknown
from sextant.metrics.light_rules import COMPANY, LightRulesDocument
from sextant.metrics.models import EvaluationRun
from sextant.metrics.queries.light_changes import Turn, worst_turn_first
from sextant.metrics.rulebook import Rulebook, read_rulebook
from sextant.metrics.runs.index import read_index
from sextant.metrics.runs.inputs import GOALS, KeptInputs, load_inputs
from sextant.metrics.set_evaluation import SetEvaluation

MOST_GOALS = 200_000
"""Judged for one preview: a few seconds. Of more goals every n-th is, and the answer says so."""
_METRICS = "metric_specs"


@dataclass(frozen=True, slots=True)
class RulesPreview:
    """`judged` goals of run `run_id` under the rules asked about, `turns` the lights that would differ, the worst
    first. `every` is 1 where all goals the rules hold for were judged, n where every n-th was."""

    run_id: int
    as_of: date
    judged: int
    turns: tuple[Turn, ...]
    every: int = 1

    @property
    def changed(self) -> int:
        """Goals whose light would differ."""
        return sum(turn.goals for turn in self.turns)


def preview_rules(rules: LightRulesDocument) -> RulesPreview | None:
    """What would change if this document were the newest version of its code; None without a run to compare with."""
    book = read_rulebook()
    version = book.rules[rules.code][0] + 1 if rules.code in book.rules else 1
    proposed = replace(book, rules={**book.rules, rules.code: (version, rules)})
    if rules.code == COMPANY:
        return _preview(proposed, "true", [])
    metric_ids = [one for one, code in book.metric_uses.items() if code == rules.code]
    goal_ids = [one for one, code in book.goal_uses.items() if code == rules.code]
    return _preview(
        proposed,
        "list_contains(?::BIGINT[], metric_id::BIGINT) OR list_contains(?::BIGINT[], goal_id)",
        [metric_ids, goal_ids],
    )


def preview_use(code: str, *, metric_id: int, goal_id: int | None = None) -> RulesPreview | None:
    """What would change if a metric's goals, or one goal of it, were judged by the rules `code` ("": by the wider
    ones); None without a run to compare with."""
    book = read_rulebook()
    if goal_id is None:
        metrics = {one: used for one, used in book.metric_uses.items() if one != metric_id}
        proposed = replace(book, metric_uses={**metrics, metric_id: code} if code else metrics)
        return _preview(proposed, "metric_id = ?", [metric_id])
    goals = {one: used for one, used in book.goal_uses.items() if one != goal_id}
    proposed = replace(book, goal_uses={**goals, goal_id: code} if code else goals)
    return _preview(proposed, "goal_id = ?", [goal_id])


def _preview(book: Rulebook, condition: str, params: Sequence[object]) -> RulesPreview | None:
    """`condition` chooses the goals that `book` may judge otherwise than the run did."""
    run = EvaluationRun.objects.exclude(inputs={}).order_by("-as_of", "-id").first()
    kept = KeptInputs.of(run.inputs) if run else None
    index = read_index(run.index_sha256, digest=run.digest) if run and kept else None
    if run is None or kept is None or index is None:
        return None
    only = replace(kept, tables={name: sha for name, sha in kept.tables.items() if name in (GOALS, _METRICS)})
    with open_engine() as connection:
        try:
            load_inputs(connection, only)
        except FileUnknown:
            return None
        every = _narrow(connection, condition, params)
        setting = load_rulebook(connection, book, as_of=run.as_of)
        evaluation = SetEvaluation(connection, setting, run.ledger_version)
        tables = [pa.table({"goal_id": part.goal_ids, "light": part.lights}) for part in evaluation.parts()]
        judged, turns = _compare(connection, tables, before=index.table)
    return RulesPreview(run.pk, run.as_of, judged, turns, every)


def _narrow(connection: duckdb.DuckDBPyConnection, condition: str, params: Sequence[object]) -> int:
    """Name the goals asked about in `asked_goals`, of too many every n-th, and leave only these with the others of
    their metrics: dynamic thresholds compare with them. Returns n."""
    connection.execute(f"CREATE TEMP TABLE asked_goals AS SELECT goal_id FROM {GOALS} WHERE {condition}", list(params))
    connection.execute(
        f"DELETE FROM {GOALS} WHERE metric_id NOT IN"
        f" (SELECT metric_id FROM {GOALS} SEMI JOIN asked_goals USING (goal_id))"
    )
    ((found,),) = connection.execute(f"SELECT count(*) FROM {GOALS}").fetchall()
    every = max(-(-int(found) // MOST_GOALS), 1)
    if every > 1:
        connection.execute(f"DELETE FROM {GOALS} WHERE goal_id % ? <> 0", [every])
    return every


def _compare(
    connection: duckdb.DuckDBPyConnection, after: list[pa.Table], *, before: pa.Table
) -> tuple[int, tuple[Turn, ...]]:
    """How many goals were judged, and which lights differ from those in `before`."""
    if not after:
        return 0, ()
    connection.register("after_rules", pa.concat_tables(after))
    connection.register("before_rules", before)
    found = connection.execute(
        "SELECT b.light, a.light, count(*) FROM after_rules AS a JOIN before_rules AS b USING (goal_id)"
        " SEMI JOIN asked_goals USING (goal_id) GROUP BY ALL"
    ).fetchall()
    turns = [Turn(Light(old), Light(new), count) for old, new, count in found if old != new]
    return sum(count for _old, _new, count in found), tuple(worst_turn_first(turns))
