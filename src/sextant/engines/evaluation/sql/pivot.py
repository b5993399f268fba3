"""First half of an arm: the ledger in one hash aggregation, a row a goal and a column a week.

Slots count weeks backwards: 0 holds τ. Columns out, per slot: `o` the week's own value (NULL without data), `v` the
value so far at its end, `seen` days between the latest measurement by then and the Sunday of slot 0 (NULL when there
was none). The days with data travel as bits, seven a week, nine weeks a word.
"""

from collections.abc import Callable

from sextant.engines.evaluation.spec import Aggregation
from sextant.engines.evaluation.sql.text import AMOUNT, Pipeline, nearest, to_amount, to_whole

WEEKS_A_WORD = 9


def weekly_values(aggregation: Aggregation, *, goals: str, measurements: str, slots: int, has_older: bool) -> Pipeline:
    """The pipeline that ends with columns `o`, `v` and `seen` of every goal matching the condition `goals`.

    `measurements` is a condition on the ledger (`m`) that holds for every row those goals could want.

    `has_older`: some goal began before the oldest slot, so that a column for everything older is kept.
    """
    bins = [*(str(slot) for slot in range(slots)), *(["_old"] if has_older else [])]
    pivot = _pivot(aggregation, goals, measurements, bins)
    pipeline = Pipeline(f"SELECT * FROM sx_goal LEFT JOIN ({pivot}) USING (goal_id) WHERE {goals}")
    pipeline.stage(_seen(slots, has_older=has_older))
    _VALUES[aggregation](pipeline, bins)
    return pipeline


def _pivot(aggregation: Aggregation, goals: str, measurements: str, bins: list[str]) -> str:
    """One row a goal with data: per bin the sums that its aggregation needs, and the words of days."""
    slots = len([name for name in bins if name != "_old"])
    columns = [
        f"{template.format(test=_test(name, slots))} AS {prefix}{name}"
        for prefix, template in _SUMS[aggregation].items()
        for name in bins
    ]
    for word in range(0, slots, WEEKS_A_WORD):
        within = f"slot BETWEEN {word} AND {word + WEEKS_A_WORD - 1}"
        bits = f"CASE WHEN {within} THEN 1::BIGINT << (back - {7 * word}) ELSE 0 END"
        columns.append(f"bit_or({bits}) AS seen_bits{word // WEEKS_A_WORD}")
    if "_old" in bins:
        columns.append(f"min(back) FILTER (WHERE {_test('_old', slots)}) AS back_old")
    listed = ",\n    ".join(columns)
    return f"""SELECT goal_id, {listed}
  FROM (SELECT *, back // 7 AS slot FROM (
    SELECT g.goal_id, (g.sunday - m.day)::INTEGER AS back, m.value, m.denominator, m.day, m.batch, m.row
    FROM measurements AS m
    JOIN (SELECT * FROM sx_goal WHERE {goals}) AS g
      ON m.metric_id = g.metric_id AND m.subject_kind = g.subject_kind AND m.subject_id = g.subject_id
    WHERE {measurements} AND m.day >= g.from_on AND m.day <= g.tau))
  GROUP BY goal_id"""


def _test(name: str, slots: int) -> str:
    return f"slot >= {slots}" if name == "_old" else f"slot = {name}"


_SUMS: dict[Aggregation, dict[str, str]] = {
    Aggregation.SUM: {"a": "sum(value) FILTER (WHERE {test})"},
    Aggregation.COUNT: {"b": "count(*) FILTER (WHERE {test})"},
    Aggregation.MEAN: {"a": "sum(value) FILTER (WHERE {test})", "b": "count(*) FILTER (WHERE {test})"},
    Aggregation.RATIO: {"a": "sum(value) FILTER (WHERE {test})", "b": "sum(denominator) FILTER (WHERE {test})"},
    # the latest delivery of the latest day; equal keys fall back on the value, as in the row path
    Aggregation.LAST: {
        "a": "max(struct_pack(day := day, batch := batch, row := row, value := value)) FILTER (WHERE {test})"
    },
}


def _seen(slots: int, *, has_older: bool) -> dict[str, str]:
    """Latest measurement by the end of each slot: its lowest bit in the first non-empty week from there back."""
    in_week = {
        slot: f"CASE WHEN {bits} <> 0 THEN {7 * slot} + bit_count(({bits} & -{bits}) - 1) END"
        for slot, bits in enumerate(map(_week_bits, range(slots)))
    }
    older = ["back_old"] if has_older else []
    return {f"seen{slot}": f"coalesce({', '.join([*list(in_week.values())[slot:], *older])})" for slot in range(slots)}


def _week_bits(slot: int) -> str:
    word, place = divmod(slot, WEEKS_A_WORD)
    return f"((seen_bits{word} >> {7 * place}) & 127)"


def _running(pipeline: Pipeline, prefix: str, bins: list[str]) -> None:
    """Columns `prefix`0… become sums over their own and every older bin, by doubling the reach stage by stage."""
    pipeline.stage({f"c{prefix}{place}": f"coalesce({prefix}{name}, 0)" for place, name in enumerate(bins)})
    reach, now = 1, f"c{prefix}"
    while reach < len(bins):
        further = f"{now}x"
        pipeline.stage(
            {
                f"{further}{place}": f"{now}{place} + {now}{place + reach}"
                if place + reach < len(bins)
                else f"{now}{place}"
                for place in range(len(bins))
            }
        )
        reach, now = reach * 2, further
    pipeline.stage({f"run_{prefix}{place}": f"{now}{place}" for place in range(len(bins))})


def _slots_of(bins: list[str]) -> list[int]:
    return [int(name) for name in bins if name != "_old"]


def _sums(pipeline: Pipeline, bins: list[str]) -> None:
    _running(pipeline, "a", bins)
    pipeline.stage(
        {f"o{slot}": f"a{slot}" for slot in _slots_of(bins)}
        | {f"v{slot}": f"CASE WHEN seen{slot} IS NOT NULL THEN run_a{slot} END" for slot in _slots_of(bins)}
    )


def _counts(pipeline: Pipeline, bins: list[str]) -> None:
    _running(pipeline, "b", bins)
    pipeline.stage(
        {f"o{slot}": f"nullif(b{slot}, 0)::{AMOUNT}" for slot in _slots_of(bins)}
        | {f"v{slot}": f"nullif(run_b{slot}, 0)::{AMOUNT}" for slot in _slots_of(bins)}
    )


def _means(pipeline: Pipeline, bins: list[str]) -> None:
    _quotients(pipeline, bins, top=to_whole, under=lambda column: f"{column}::HUGEINT")


def _ratios(pipeline: Pipeline, bins: list[str]) -> None:
    _quotients(pipeline, bins, top=lambda column: f"{to_whole(column)} * 1000000", under=to_whole)


def _quotients(pipeline: Pipeline, bins: list[str], *, top: Callable[[str], str], under: Callable[[str], str]) -> None:
    """Sums over sums (or counts), rounded once; NULL where the denominators cancel out."""
    _running(pipeline, "a", bins)
    _running(pipeline, "b", bins)
    pairs = {"o": ("a", "b"), "v": ("run_a", "run_b")}
    slots = _slots_of(bins)
    wholes = {
        f"{out}_{part}{slot}": whole(f"{column}{slot}")
        for out, columns in pairs.items()
        for part, whole, column in zip(("top", "under"), (top, under), columns, strict=True)
        for slot in slots
    }
    pipeline.stage(wholes)
    signed = {f"{out}_sign{slot}": f"sign({out}_under{slot})" for out in pairs for slot in slots}
    pipeline.stage(signed)
    pipeline.stage(
        {
            f"{out}{slot}": _quotient(f"{out}_top{slot}", f"{out}_under{slot}", f"{out}_sign{slot}")
            for out in pairs
            for slot in slots
        }
    )


def _quotient(top: str, under: str, sign: str) -> str:
    whole = nearest(top, f"abs({under})")
    return f"CASE WHEN {sign} <> 0 THEN {to_amount(f'{sign} * {whole}')} END"


def _lasts(pipeline: Pipeline, bins: list[str]) -> None:
    values = [f"a{name}.value" for name in bins]
    pipeline.stage(
        {f"o{slot}": f"a{slot}.value" for slot in _slots_of(bins)}
        | {f"v{slot}": f"coalesce({', '.join(values[slot:])})" for slot in _slots_of(bins)}
    )


_VALUES: dict[Aggregation, Callable[[Pipeline, list[str]], None]] = {
    Aggregation.SUM: _sums,
    Aggregation.COUNT: _counts,
    Aggregation.MEAN: _means,
    Aggregation.RATIO: _ratios,
    Aggregation.LAST: _lasts,
}
