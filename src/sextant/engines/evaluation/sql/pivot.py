"""First half of an arm: the ledger in one hash aggregation, a row a goal and a column a week.

Slots count weeks backwards: 0 holds τ. Columns out, per slot: `o` the week's own value (NULL without data), `v` the
value so far at its end, both in whole millionths, and `seen`, days between the latest measurement by then and the
Sunday of slot 0 (NULL when there was none). Days with data travel as bits, seven a week, nine weeks a word.
"""

from collections.abc import Callable

from sextant.engines.evaluation.spec import Aggregation
from sextant.engines.evaluation.sql.text import (
    LARGEST_AMOUNT,
    LARGEST_WHOLE,
    NARROW,
    Pipeline,
    nearest_signed,
    to_whole,
)

WEEKS_A_WORD = 9
OLDER = "_old"


def weekly_values(
    aggregation: Aggregation, *, goals: str, measurements: str, slots: int, has_older: bool, is_narrow: bool
) -> Pipeline:
    """The pipeline that ends with columns `o`, `v` and `seen` of every goal matching the condition `goals`.

    `measurements` is a condition on the ledger (`m`) that holds for every row those goals could want. `has_older`:
    some goal began before the oldest slot, so that a column for everything older is kept. `is_narrow`: every value of
    the ledger is below `LARGEST_AMOUNT`. Goals whose values are not are dropped.
    """
    bins = [*(str(slot) for slot in range(slots)), *([OLDER] if has_older else [])]
    pivot = _pivot(aggregation, goals, measurements, bins, is_narrow=is_narrow)
    pipeline = Pipeline(f"SELECT * FROM sx_goal LEFT JOIN ({pivot}) USING (goal_id) WHERE {goals}")
    _see(pipeline, slots, has_older=has_older)
    _VALUES[aggregation](pipeline, bins)
    return pipeline


def _pivot(aggregation: Aggregation, goals: str, measurements: str, bins: list[str], *, is_narrow: bool) -> str:
    """One row a goal with data: per bin the sums that its aggregation needs, and the words of days."""
    slots = len(_slots_of(bins))
    columns = [
        f"{template.format(test=_test(name, slots))} AS {prefix}{name}"
        for prefix, template in _SUMS[aggregation].items()
        for name in bins
    ]
    for word in range(0, slots, WEEKS_A_WORD):
        within = f"slot BETWEEN {word} AND {word + WEEKS_A_WORD - 1}"
        bits = f"CASE WHEN {within} THEN 1::BIGINT << (back - {7 * word}) ELSE 0 END"
        columns.append(f"bit_or({bits}) AS seen_bits{word // WEEKS_A_WORD}")
    if OLDER in bins:
        columns.append(f"min(back) FILTER (WHERE {_test(OLDER, slots)}) AS back{OLDER}")
    listed = ",\n    ".join(columns)
    cast = f"::{NARROW}" if is_narrow else ""
    return f"""SELECT goal_id, {listed}
  FROM (SELECT *, back // 7 AS slot FROM (
    SELECT g.goal_id, (g.sunday - m.day)::INTEGER AS back, m.value{cast} AS value, m.denominator{cast} AS denominator,
      m.day, m.batch, m.row
    FROM measurements AS m
    JOIN (SELECT * FROM sx_goal WHERE {goals}) AS g
      ON m.metric_id = g.metric_id AND m.subject_kind = g.subject_kind AND m.subject_id = g.subject_id
    WHERE {measurements} AND m.day >= g.from_on AND m.day <= g.tau))
  GROUP BY goal_id"""


def _test(name: str, slots: int) -> str:
    return f"slot >= {slots}" if name == OLDER else f"slot = {name}"


_SUMS: dict[Aggregation, dict[str, str]] = {
    Aggregation.SUM: {"a": "sum(CASE WHEN {test} THEN value END)"},
    Aggregation.COUNT: {"b": "count(CASE WHEN {test} THEN 1 END)"},
    Aggregation.MEAN: {"a": "sum(CASE WHEN {test} THEN value END)", "b": "count(CASE WHEN {test} THEN 1 END)"},
    Aggregation.RATIO: {"a": "sum(CASE WHEN {test} THEN value END)", "b": "sum(CASE WHEN {test} THEN denominator END)"},
    # the latest delivery of the latest day; equal keys fall back on the value, as in the row path
    Aggregation.LAST: {
        "a": "max(struct_pack(day := day, batch := batch, row := row, value := value)) FILTER (WHERE {test})"
    },
}


def _see(pipeline: Pipeline, slots: int, *, has_older: bool) -> None:
    """`seen` of every slot: the lowest bit in the first non-empty week from there back."""
    weeks = [
        f"CASE WHEN {bits} <> 0 THEN {7 * slot}::INTEGER + bit_count(({bits} & -{bits}) - 1) END"
        for slot, bits in enumerate(map(_week_bits, range(slots)))
    ]
    # a stage of their own: each is asked by every slot before it
    pipeline.stage({f"seen_in{slot}": latest for slot, latest in enumerate(weeks)})
    found = [*(f"seen_in{slot}" for slot in range(slots)), *([f"back{OLDER}"] if has_older else [])]
    pipeline.stage({f"seen{slot}": f"coalesce({', '.join(found[slot:])})" for slot in range(slots)})


def _week_bits(slot: int) -> str:
    word, place = divmod(slot, WEEKS_A_WORD)
    return f"((seen_bits{word} >> {7 * place}) & 127)"


def _slots_of(bins: list[str]) -> list[int]:
    return [int(name) for name in bins if name != OLDER]


def _running(pipeline: Pipeline, prefix: str, bins: list[str]) -> None:
    """Columns `run_` + prefix: sums over their own and every older bin, doubling the reach stage by stage."""
    pipeline.stage({f"r{prefix}{place}": f"coalesce({prefix}{name}, 0)" for place, name in enumerate(bins)})
    reach, now = 1, f"r{prefix}"
    while reach < len(bins):
        columns = {
            f"{now}x{place}": f"{now}{place} + {now}{place + reach}" if place + reach < len(bins) else f"{now}{place}"
            for place in range(len(bins))
        }
        pipeline.stage(columns)
        reach, now = reach * 2, f"{now}x"
    pipeline.stage({f"run_{prefix}{place}": f"{now}{place}" for place in range(len(bins))})


def _keep_below(pipeline: Pipeline, columns: list[str], limit: int) -> None:
    """Drop goals with a value too large for an arm, before anything is made narrow."""
    pipeline.keep(f"greatest(0, {', '.join(f'abs({column})' for column in columns)}) < {limit}")


def _sums(pipeline: Pipeline, bins: list[str]) -> None:
    _running(pipeline, "a", bins)
    slots = _slots_of(bins)
    _keep_below(pipeline, [f"run_a{slot}" for slot in slots], LARGEST_AMOUNT)
    pipeline.stage(
        {f"o{slot}": to_whole(f"a{slot}") for slot in slots}
        | {f"v{slot}": f"CASE WHEN seen{slot} IS NOT NULL THEN {to_whole(f'run_a{slot}')} END" for slot in slots}
    )


def _counts(pipeline: Pipeline, bins: list[str]) -> None:
    _running(pipeline, "b", bins)
    pipeline.stage(
        {f"o{slot}": f"nullif(b{slot}, 0) * 1000000" for slot in _slots_of(bins)}
        | {f"v{slot}": f"nullif(run_b{slot}, 0)::BIGINT * 1000000" for slot in _slots_of(bins)}
    )


def _lasts(pipeline: Pipeline, bins: list[str]) -> None:
    values = [f"a{name}.value" for name in bins]
    slots = _slots_of(bins)
    _keep_below(pipeline, [f"coalesce({value}, 0)" for value in values], LARGEST_AMOUNT)
    pipeline.stage(
        {f"o{slot}": to_whole(f"a{slot}.value") for slot in slots}
        | {f"v{slot}": to_whole(f"coalesce({', '.join(values[slot:])})") for slot in slots}
    )


def _means(pipeline: Pipeline, bins: list[str]) -> None:
    _running(pipeline, "a", bins)
    _running(pipeline, "b", bins)
    slots = _slots_of(bins)
    _keep_below(pipeline, [f"run_a{slot}" for slot in slots], LARGEST_AMOUNT)
    pairs = {"o": ("a", "b"), "v": ("run_a", "run_b")}
    pipeline.stage({f"{out}_top{slot}": to_whole(f"{top}{slot}") for out, (top, _) in pairs.items() for slot in slots})
    pipeline.stage(
        {
            f"{out}{slot}": f"({nearest_signed(f'{out}_top{slot}', f'{under}{slot}', within='TRUE')})::BIGINT"
            for out, (_, under) in pairs.items()
            for slot in slots
        }
    )


def _ratios(pipeline: Pipeline, bins: list[str]) -> None:
    _running(pipeline, "a", bins)
    _running(pipeline, "b", bins)
    slots = _slots_of(bins)
    _keep_below(pipeline, [f"run_{part}{slot}" for part in "ab" for slot in slots], LARGEST_AMOUNT)
    pairs = {"o": ("a", "b"), "v": ("run_a", "run_b")}
    wholes = {
        f"{out}_{part}{slot}": to_whole(f"{column}{slot}")
        for out, columns in pairs.items()
        for part, column in zip(("top", "under"), columns, strict=True)
        for slot in slots
    }
    pipeline.stage(wholes)
    quotients = {
        f"{out}_wide{slot}": nearest_signed(
            f"{out}_top{slot}",
            f"coalesce({out}_under{slot}, 0)",
            scale=1_000_000,
            within=f"greatest(abs({out}_top{slot}), abs({out}_under{slot})) < 4000000000000",
        )
        for out in pairs
        for slot in slots
    }
    pipeline.stage(quotients)
    _keep_below(pipeline, [f"coalesce({column}, 0)" for column in quotients], LARGEST_WHOLE)
    pipeline.stage({f"{out}{slot}": f"{out}_wide{slot}::BIGINT" for out in pairs for slot in slots})


_VALUES: dict[Aggregation, Callable[[Pipeline, list[str]], None]] = {
    Aggregation.SUM: _sums,
    Aggregation.COUNT: _counts,
    Aggregation.MEAN: _means,
    Aggregation.RATIO: _ratios,
    Aggregation.LAST: _lasts,
}
