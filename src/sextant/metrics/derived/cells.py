"""The cells of a derived metric: one for each subject and period (and dimension value) in which any input has data.

Cells are computed and then held against what the ledger already counts: only what differs is written. After a few
deliveries only the cells they touched are looked at; after a change of definition, a compaction, or a correction of
rows that have no record, all of them (docs/decisions/0037).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa

from sextant.engines.derivation import Derivation, compute
from sextant.engines.evaluation import Aggregation
from sextant.engines.formula import Formula, to_sql
from sextant.engines.values import Problem
from sextant.metrics.aggregation import AMOUNT, dimension_value_sql, period_start_sql, quoted, value_sql
from sextant.metrics.ledger import store as ledger

_KEY = "subject_kind, subject_id, starts_on, dimension_value"
_AT_ONCE = 5_000

Cell = tuple[int, int, date]
"""Subject kind, subject id, first day of the period."""


@dataclass(frozen=True, slots=True)
class DerivedMetric:
    """A derived metric ready to be computed. `inputs` are id and aggregation of each input by its code."""

    metric_id: int
    code: str
    version: int
    grain: str
    derivation: Derivation
    inputs: Mapping[str, tuple[int, Aggregation]]

    @property
    def input_ids(self) -> tuple[int, ...]:
        """Ids of the metrics it is made of."""
        return tuple(sorted({metric_id for metric_id, _ in self.inputs.values()}))


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell without a value. `problem` is the first thing that stands in the way."""

    subject_kind: int
    subject_id: int
    starts_on: date
    dimension_value: str
    problem: Problem


def find_touched(
    connection: duckdb.DuckDBPyConnection, metric: DerivedMetric, *, batches: Collection[int]
) -> set[Cell]:
    """Cells that rows of `batches` lie in, or lay in before: a correction may have moved its record. Also kept as the
    table `touched`, to which `load_cells` and `find_differences` can be narrowed."""
    ledger.history(connection, metric_ids=metric.input_ids, batches=batches).create_view("news", replace=True)
    ledger.history(connection, metric_ids=metric.input_ids).create_view("ever", replace=True)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE touched AS"
        f" SELECT DISTINCT m.subject_kind, m.subject_id, {period_start_sql(metric.grain)} AS starts_on FROM"
        " (SELECT subject_kind, subject_id, day FROM news UNION ALL SELECT ever.subject_kind, ever.subject_id, ever.day"
        " FROM ever SEMI JOIN news ON news.metric_id = ever.metric_id AND news.record = ever.record) AS m"
    )
    return set(connection.execute("SELECT * FROM touched").fetchall())


def _view(connection: duckdb.DuckDBPyConnection, name: str, rows: duckdb.DuckDBPyRelation, grain: str | None) -> None:
    """`rows` as the view `name`; only those in touched cells when a grain is given."""
    if grain is None:
        rows.create_view(name, replace=True)
        return
    rows.create_view(f"every_{name}", replace=True)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT m.* FROM every_{name} AS m SEMI JOIN touched ON"
        " touched.subject_kind = m.subject_kind AND touched.subject_id = m.subject_id"
        f" AND touched.starts_on = {period_start_sql(grain)}"
    )


def load_cells(
    connection: duckdb.DuckDBPyConnection, metric: DerivedMetric, *, version: int, only_touched: bool = False
) -> None:
    """Compute cells into the table `cells`: key, `last_on` (latest day with an input), inputs, both sides."""
    derivation = metric.derivation
    rows = ledger.relation(connection, version=version, metric_ids=metric.input_ids)
    _view(connection, "measured", rows, metric.grain if only_touched else None)
    columns = _columns_of(derivation)
    parts = " UNION ALL ".join(_input_sql(metric, code) for code in derivation.codes)
    picked = ", ".join(
        f"TRY_CAST(max(value) FILTER (metric_id = {metric.inputs[code][0]}) AS DECIMAL(28, 9)) AS {columns[name]}"
        for name, code in derivation.inputs.items()
    )
    value, denominator = (_formula_sql(formula, columns) for formula in (derivation.value, derivation.denominator))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT *, {value} AS value, {denominator} AS denominator FROM"
        f" (SELECT {_KEY}, max(last_on) AS last_on, {picked} FROM ({parts}) GROUP BY {_KEY})"
    )


def _columns_of(derivation: Derivation) -> dict[str, str]:
    """Column of each name in the formula. Names are what people typed: they never enter the SQL themselves."""
    columns = {name: f"input_{number}" for number, name in enumerate(derivation.inputs)}
    return columns | ({derivation.dimension: "dimension_value"} if derivation.dimension else {})


def _formula_sql(formula: Formula | None, columns: Mapping[str, str]) -> str:
    if formula is None:
        return f"CAST(NULL AS {AMOUNT})"
    used = {name: columns[name] for name in formula.names}
    return f"CAST({to_sql(formula, columns=used)} AS {AMOUNT})"


def _input_sql(metric: DerivedMetric, code: str) -> str:
    """One input, aggregated in its own way within each cell."""
    metric_id, aggregation = metric.inputs[code]
    found = dimension_value_sql(metric.derivation.dimension)
    return (
        f"SELECT {metric_id} AS metric_id, m.subject_kind, m.subject_id, {period_start_sql(metric.grain)} AS starts_on,"
        f" {found} AS dimension_value, {value_sql(aggregation)} AS value, max(m.day) AS last_on"
        f" FROM measured AS m WHERE m.metric_id = {metric_id} GROUP BY ALL"
    )


def count_values(connection: duckdb.DuckDBPyConnection, metric: DerivedMetric) -> int:
    """How many cells have a value."""
    found = connection.execute(f"SELECT count(*) FROM cells WHERE {_has_value(metric)}").fetchone()
    assert found is not None
    return int(found[0])


def _has_value(metric: DerivedMetric) -> str:
    both = metric.derivation.denominator is not None
    return "value IS NOT NULL AND denominator IS NOT NULL" if both else "value IS NOT NULL"


def find_differences(
    connection: duckdb.DuckDBPyConnection, metric: DerivedMetric, *, batch: int, only_touched: bool = False
) -> tuple[pa.Table, bool]:
    """Ledger rows that make the ledger say what the cells say: new and changed values, and withdrawals of those that
    are no more. The flag says whether any of them corrects a row that counts today.

    The day of a value is the latest day on which an input was measured: nobody sees it before it could be known, and it
    is as fresh as what it is made of.
    """
    standing = ledger.relation(connection, metric_ids=[metric.metric_id])
    _view(connection, "standing", standing, metric.grain if only_touched else None)
    dimension = metric.derivation.dimension
    dimensions = (
        f"CASE WHEN dimension_value IS NULL THEN NULL ELSE CAST(json_object({quoted(dimension)}, dimension_value)"
        " AS VARCHAR) END"
        if dimension
        else "CAST(NULL AS VARCHAR)"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS SELECT subject_kind, subject_id, last_on AS day, value, denominator,"
        f" {dimensions} AS dimensions,"
        " concat_ws(':', subject_kind, subject_id, starts_on, dimension_value) AS record"
        f" FROM cells WHERE {_has_value(metric)}"
    )
    changed = (
        "SELECT fresh.*, standing.record IS NOT NULL AS corrects FROM fresh LEFT JOIN standing USING (record)"
        " WHERE standing.record IS NULL OR standing.value <> fresh.value OR standing.day <> fresh.day"
        " OR standing.denominator IS DISTINCT FROM fresh.denominator"
    )
    withdrawn = (
        f"SELECT subject_kind, subject_id, day, CAST(NULL AS {AMOUNT}) AS value, CAST(NULL AS {AMOUNT}) AS denominator,"
        " dimensions, record, TRUE AS corrects FROM standing ANTI JOIN fresh USING (record)"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE differing AS {changed} UNION ALL {withdrawn}")
    rows = connection.sql(
        f"SELECT {metric.metric_id} AS metric_id, subject_kind, subject_id, day, value, denominator, {batch} AS batch,"
        " row_number() OVER (ORDER BY record) AS row, record, dimensions FROM differing ORDER BY record"
    ).to_arrow_table()
    corrects = connection.execute("SELECT coalesce(bool_or(corrects), FALSE) FROM differing").fetchone()
    return rows.cast(ledger.SCHEMA), bool(corrects and corrects[0])


def list_gaps(connection: duckdb.DuckDBPyConnection, metric: DerivedMetric) -> Iterator[Gap]:
    """Cells without a value, each with the reason as the formula gives it: the row path says what SQL cannot."""
    derivation = metric.derivation
    columns = _columns_of(derivation)
    listed = ", ".join(columns[name] for name in derivation.inputs)
    found = connection.execute(
        f"SELECT {_KEY}, {listed} FROM cells WHERE NOT ({_has_value(metric)})"
        " ORDER BY starts_on DESC, subject_kind, subject_id, dimension_value"
    )
    while rows := found.fetchmany(_AT_ONCE):
        for kind, subject_id, starts_on, dimension_value, *values in rows:
            row = row_of(derivation, dict(zip(derivation.inputs, values, strict=True)), dimension_value)
            problem = first_problem(derivation, row)
            yield Gap(kind, subject_id, starts_on, dimension_value or "", problem)


def row_of(
    derivation: Derivation, values: Mapping[str, Decimal | None], dimension_value: str | None
) -> dict[str, object]:
    """What a formula reads of one cell."""
    row: dict[str, object] = dict(values)
    if derivation.dimension:
        row[derivation.dimension] = dimension_value
    return row


def first_problem(derivation: Derivation, row: Mapping[str, object]) -> Problem:
    """Why a cell has no value: what the formula could not do, before what it had no data for."""
    problems = compute(derivation, row).problems
    real = [problem for problem in problems if problem.code != MISSING]
    return next(iter(real or problems), Problem(MISSING, {"name": ""}))


MISSING = "formula.missing_value"
"""The reason that is no fault of the formula: an input has no data."""
