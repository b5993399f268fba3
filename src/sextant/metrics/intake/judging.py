"""Every staged row against every rule, in SQL: taken, not chosen, or kept back with the reason.

The order of the checks is the order in which a person would look: is the row meant at all, whose is it, which day,
what value, was it there before.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

import duckdb
import numpy as np
import pyarrow as pa

from sextant.engines.formula import Formula, to_sql
from sextant.foundation.tabular import Table
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.intake.duplicates import mark_duplicates
from sextant.metrics.intake.plan import IntakePlan, PlannedRule
from sextant.metrics.intake.staging import (
    KEY,
    ROW,
    StagedChunk,
    columns_for_hash,
    fault_column,
    text_cell,
    text_column,
    value_column,
)
from sextant.metrics.mapping import ColumnKind
from sextant.metrics.matching.queries import IGNORED

NOT_CHOSEN, DUPLICATE, SUPERSEDED = -1, -2, -3
_Places: TypeAlias = np.ndarray[Any, np.dtype[np.integer[Any]]]
_TAKEN = -128
"""In the place of a verdict that is null, while counting."""
_BATCH = 16_384
"""Rows that one thread judges at a time."""
_TABLES = {
    "judged": "rule SMALLINT, row_number INTEGER, subject_id BIGINT, day DATE, key VARCHAR, value DECIMAL(28, 6),"
    " denominator DECIMAL(28, 6), record VARCHAR, dimensions VARCHAR, verdict SMALLINT, first_row INTEGER,"
    " cell VARCHAR, fault INTEGER",
    "subjects": "subject_key VARCHAR, subject_id BIGINT",
    "row_hashes": "row_number INTEGER, row_hash UBIGINT",
}


class Reason(StrEnum):
    """Why a row, or one measurement of it, is kept back. `CELL` stands for the code of the cell's own problem."""

    CELL = "ingest.cell"
    FILTER_UNDECIDED = "ingest.filter_undecided"
    SUBJECT_MISSING = "ingest.subject_missing"
    UNKNOWN_PERSON = "ingest.unknown_person"
    AMBIGUOUS_PERSON = "ingest.ambiguous_person"
    UNKNOWN_UNIT = "ingest.unknown_unit"
    AMBIGUOUS_UNIT = "ingest.ambiguous_unit"
    IGNORED_SUBJECT = "ingest.ignored_subject"
    DATE_MISSING = "ingest.date_missing"
    DATE_IN_FUTURE = "ingest.date_in_future"
    VALUE_MISSING = "ingest.value_missing"
    VALUE_UNDEFINED = "ingest.value_undefined"
    RECORD_MISSING = "ingest.record_missing"
    DUPLICATE_RECORD = "ingest.duplicate_record"
    DUPLICATE_ROW = "ingest.duplicate_row"
    SUPERSEDED = "ingest.superseded"


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a row: when `condition` (SQL) holds, the row is kept back for `reason`, shown at `column`."""

    reason: Reason
    column: str
    condition: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Counts over rows; read = accepted + quarantined + skipped. `checks` are those of each rule, by number."""

    rows_accepted: int
    rows_partly: int
    rows_quarantined: int
    skipped: int
    accepted: int
    first_on: date | None
    last_on: date | None
    checks: Mapping[int, Sequence[Check]]


@dataclass(frozen=True, slots=True)
class KeptBack:
    """One measurement that was kept back, as the judge left it. `fault` points into the staged faults; `first_row` is
    the row a duplicate repeats, or the batch that knows a newer state of a replayed record."""

    rule: int
    row: int
    reason: Reason
    column: str
    cell: str | None
    key: str | None
    fault: int | None
    first_row: int | None


class Judge:
    """Judges chunk by chunk into the table `judged` of `connection`.

    `resolve` answers keys it was not asked for before: an id, None when several answer, IGNORED when people said that
    the key is none of ours, absent when nobody does. `today` is the last day a measurement may have.
    """

    def __init__(
        self,
        plan: IntakePlan,
        connection: duckdb.DuckDBPyConnection,
        *,
        resolve: Callable[[Set[str]], Mapping[str, int | None]],
        today: date,
    ) -> None:
        self._plan, self._connection, self._resolve = plan, connection, resolve
        self._checks = {rule.number: list(_checks(plan, rule, today=today)) for rule in plan.rules}
        self._asked: set[str] = set()
        self._counts = np.zeros(4, dtype=np.int64)
        self._last_row = 0
        for table, columns in _TABLES.items():
            connection.execute(f"CREATE TEMP TABLE {table} ({columns})")

    def take(self, chunk: StagedChunk) -> None:
        """Judge the rows of the chunk under every rule."""
        self._look_up(chunk.table[KEY])
        rows = len(chunk.table)
        is_in, is_kept = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
        self._connection.register("staged", pa.Table.from_batches(chunk.table.to_batches(_BATCH), chunk.table.schema))
        for rule in self._plan.rules:
            checks = self._checks[rule.number]
            found = self._connection.sql(_judging_sql(self._plan, rule, checks, chunk)).to_arrow_table()
            verdicts = found["verdict"].fill_null(_TAKEN).to_numpy()
            places = found["place"].to_numpy()
            is_in[places[verdicts == _TAKEN]] = True
            kept = np.flatnonzero(verdicts >= 0)
            is_kept[places[kept]] = True
            self._insert(_with_cells(found.drop(["place"]), kept, places, chunk, checks))
        self._connection.unregister("staged")
        if self._plan.needs_digest:
            self._hash_rows(chunk)
        self._counts += [is_in.sum(), (is_in & is_kept).sum(), (~is_in & is_kept).sum(), (~is_in & ~is_kept).sum()]
        self._last_row = max(self._last_row, chunk.table[ROW][-1].as_py() if rows else 0)

    def concluded(self, table: Table) -> Judged:
        """What came out over all chunks of `table`, after the rows that repeat others were kept back."""
        if mark_duplicates(self._connection, self._plan, table, verdict=DUPLICATE, last_row=self._last_row):
            return _counted(self._connection, self._checks)
        return _judged(self._connection, self._checks, *(int(count) for count in self._counts))

    def _look_up(self, keys: pa.ChunkedArray) -> None:
        new = set(keys.unique().to_pylist()) - self._asked - {None}
        if new:
            self._asked |= new
            _load_subjects(self._connection, self._resolve(new))

    def _insert(self, rows: pa.Table) -> None:
        self._connection.register("found", rows)
        self._connection.execute("INSERT INTO judged BY NAME FROM found")
        self._connection.unregister("found")

    def _hash_rows(self, chunk: StagedChunk) -> None:
        columns = columns_for_hash(chunk.cells)
        self._connection.register("cells", pa.table({"row_number": chunk.cells.numbers, **columns}))
        texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in columns)
        self._connection.execute(f"INSERT INTO row_hashes SELECT row_number, hash({texts}) FROM cells")
        self._connection.unregister("cells")


def list_kept_back(connection: duckdb.DuckDBPyConnection, judged: Judged, plan: IntakePlan) -> Iterator[KeptBack]:
    """What was kept back, by row and rule."""
    found = connection.execute(
        "SELECT rule, row_number, verdict, cell, key, fault, first_row, record FROM judged"
        f" WHERE verdict IS NOT NULL AND verdict <> {NOT_CHOSEN} ORDER BY row_number, rule"
    )
    rules = {rule.number: rule for rule in plan.rules}
    while rows := found.fetchmany(10_000):
        for number, row, verdict, cell, key, fault, first_row, known_as in rows:
            if verdict == DUPLICATE:
                record = rules[number].record
                reason = Reason.DUPLICATE_RECORD if record else Reason.DUPLICATE_ROW
                yield KeptBack(number, row, reason, ", ".join(record), known_as, key, fault, first_row)
            elif verdict == SUPERSEDED:
                shown_at = ", ".join(rules[number].record)
                yield KeptBack(number, row, Reason.SUPERSEDED, shown_at, known_as, key, fault, first_row)
            else:
                check = judged.checks[number][verdict]
                yield KeptBack(number, row, check.reason, check.column, cell, key, fault, first_row)


def subject_kind(plan: IntakePlan) -> SubjectKind:
    """Whether the file speaks of persons or of units."""
    return SubjectKind.PERSON if plan.mapping.person else SubjectKind.UNIT


def _load_subjects(connection: duckdb.DuckDBPyConnection, subjects: Mapping[str, int | None]) -> None:
    table = pa.table(
        {"subject_key": list(subjects), "subject_id": list(subjects.values())},
        schema=pa.schema([("subject_key", pa.string()), ("subject_id", pa.int64())]),
    )
    connection.register("found_subjects", table)
    connection.execute("INSERT INTO subjects FROM found_subjects")
    connection.unregister("found_subjects")


def _checks(plan: IntakePlan, rule: PlannedRule, *, today: date) -> Iterator[Check]:
    """The questions of a rule in order; what the filter says comes in between, in `_judging_sql`."""
    yield from _filter_checks(plan, rule)
    yield from _subject_checks(plan)
    if rule.date_column:
        yield from _cell_checks(plan, [rule.date_column])
        yield Check(Reason.DATE_MISSING, rule.date_column, "day IS NULL")
        yield Check(Reason.DATE_IN_FUTURE, rule.date_column, f"day > DATE '{today}'")
    yield from _cell_checks(plan, rule.record)
    for name in rule.record:
        yield Check(Reason.RECORD_MISSING, name, f"{_text_of(plan, name)} IS NULL")
    for alias, formula in (("value", rule.value), ("denominator", rule.denominator)):
        if formula is not None:
            yield from _value_checks(plan, formula, alias)


def _filter_checks(plan: IntakePlan, rule: PlannedRule) -> Iterator[Check]:
    if rule.where is None:
        return
    names = sorted(rule.where.names)
    yield from _cell_checks(plan, names)
    for name in names:
        yield Check(Reason.FILTER_UNDECIDED, name, f"chosen IS NULL AND {_value_of(plan, name)} IS NULL")
    yield Check(Reason.FILTER_UNDECIDED, names[0] if names else "", "chosen IS NULL")


def _subject_checks(plan: IntakePlan) -> Iterator[Check]:
    column = plan.mapping.subject.columns()[0]
    person = plan.mapping.person is not None
    unknown = Reason.UNKNOWN_PERSON if person else Reason.UNKNOWN_UNIT
    ambiguous = Reason.AMBIGUOUS_PERSON if person else Reason.AMBIGUOUS_UNIT
    yield Check(Reason.SUBJECT_MISSING, column, f"{KEY} IS NULL")
    yield Check(unknown, column, "is_known IS NULL")
    yield Check(ambiguous, column, "subject_id IS NULL")
    yield Check(Reason.IGNORED_SUBJECT, column, f"subject_id = {IGNORED}")


def _value_checks(plan: IntakePlan, formula: Formula, alias: str) -> Iterator[Check]:
    names = sorted(formula.names)
    yield from _cell_checks(plan, names)
    for name in names:
        yield Check(Reason.VALUE_MISSING, name, f"{alias} IS NULL AND {_value_of(plan, name)} IS NULL")
    yield Check(Reason.VALUE_UNDEFINED, names[0] if names else "", f"{alias} IS NULL")


def _cell_checks(plan: IntakePlan, names: Sequence[str]) -> Iterator[Check]:
    # whatever the formula would make of it: a COALESCE must not turn an unreadable cell into a zero
    order = list(plan.readings)
    for name in names:
        yield Check(Reason.CELL, name, f"{fault_column(order.index(name))} IS NOT NULL")


def _judging_sql(plan: IntakePlan, rule: PlannedRule, checks: Sequence[Check], chunk: StagedChunk) -> str:
    filtering = len(list(_filter_checks(plan, rule)))
    order = list(plan.readings)
    faultless = {name for name in order if not chunk.has_faults(order.index(name))}
    cases = [
        f"WHEN {check.condition} THEN {number}"
        if check.reason is not Reason.CELL or check.column not in faultless
        else ""
        for number, check in enumerate(checks)
    ]
    verdict = " ".join(["CASE", *cases[:filtering], f"WHEN NOT chosen THEN {NOT_CHOSEN}", *cases[filtering:], "END"])
    return f"""
        WITH evaluated AS (
            SELECT staged.*, subjects.subject_id, subjects.subject_key AS is_known,
                {_sql(plan, rule.where, "TRUE")} AS chosen,
                {_sql(plan, rule.value, "CAST(1 AS DECIMAL(28, 9))")} AS value,
                {_sql(plan, rule.denominator, "CAST(NULL AS DECIMAL(28, 9))")} AS denominator,
                {_value_of(plan, rule.date_column) if rule.date_column else f"DATE '{rule.day}'"} AS day,
                {_record_sql(plan, rule)} AS record,
                {_dimensions_sql(plan, rule)} AS dimensions
            FROM staged LEFT JOIN subjects USING ({KEY})
        ), questioned AS (
            SELECT *, CAST({verdict} AS SMALLINT) AS verdict FROM evaluated
        )
        SELECT CAST({rule.number} AS SMALLINT) AS rule, {ROW} AS row_number, place, subject_id, day, {KEY} AS key,
            CASE WHEN verdict IS NULL THEN CAST(value AS DECIMAL(28, 6)) END AS value,
            CASE WHEN verdict IS NULL THEN CAST(denominator AS DECIMAL(28, 6)) END AS denominator,
            record, dimensions, verdict
        FROM questioned
    """


def _with_cells(
    found: pa.Table,
    kept: np.ndarray[Any, Any],
    places: np.ndarray[Any, Any],
    chunk: StagedChunk,
    checks: Sequence[Check],
) -> pa.Table:
    """The judged rows; those kept back with the cell, and its fault, that the verdict speaks of."""
    if not len(kept):
        return found
    cells: list[str | None] = [None] * len(found)
    faults: list[int | None] = [None] * len(found)
    verdicts = found["verdict"].to_pylist()
    order = list(chunk.readings)
    for at in kept.tolist():
        check = checks[verdicts[at]]
        if check.column in chunk.readings:
            place = int(places[at])
            cells[at] = text_cell(chunk.cells.columns[check.column], place)
            if check.reason is Reason.CELL:
                faults[at] = chunk.table[fault_column(order.index(check.column))][place].as_py()
    return found.append_column("cell", pa.array(cells, pa.string())).append_column(
        "fault", pa.array(faults, pa.int32())
    )


def _dimensions_sql(plan: IntakePlan, rule: PlannedRule) -> str:
    """What the number is about, as JSON with its names in order; a blank one is left out, null when all are."""
    if not rule.dimensions:
        return "CAST(NULL AS VARCHAR)"
    members = []
    for name, source in rule.dimensions.items():
        text = _text_of(plan, source) if isinstance(source, str) else _sql(plan, source, "")
        key = json.dumps(name, ensure_ascii=False)
        members.append(f"CASE WHEN {text} IS NOT NULL THEN '{key}:' || CAST(to_json({text}) AS VARCHAR) END")
    return f"'{{' || nullif(concat_ws(',', {', '.join(members)}), '') || '}}'"


def _record_sql(plan: IntakePlan, rule: PlannedRule) -> str:
    """The record as text: one column as it stands, several joined by | with the mark escaped."""
    if not rule.record:
        return "CAST(NULL AS VARCHAR)"
    texts = [_text_of(plan, name) for name in rule.record]
    if len(texts) == 1:
        return texts[0]
    escaped = [rf"replace(replace({text}, '\', '\\'), '|', '\|')" for text in texts]
    return " || '|' || ".join(escaped)


def _text_of(plan: IntakePlan, name: str) -> str:
    """A column as canonical text: days in ISO form and spellings corrected, so that the record is the same record
    however it was written."""
    if plan.readings[name].type is ColumnKind.NUMBER:
        return text_column(list(plan.readings).index(name))
    return f"CAST({_value_of(plan, name)} AS VARCHAR)"


def _sql(plan: IntakePlan, formula: Formula | None, otherwise: str) -> str:
    if formula is None:
        return otherwise
    columns = {name: _value_of(plan, name) for name in formula.names}
    return f"({to_sql(formula, columns=columns)})"


def _value_of(plan: IntakePlan, name: str) -> str:
    return value_column(list(plan.readings).index(name))


def _counted(connection: duckdb.DuckDBPyConnection, checks: Mapping[int, Sequence[Check]]) -> Judged:
    accepted, partly, quarantined, skipped = _row(
        connection,
        f"""
        WITH per_row AS (
            SELECT bool_or(verdict IS NULL) AS is_in, bool_or(verdict <> {NOT_CHOSEN}) AS is_kept
            FROM judged GROUP BY row_number
        )
        SELECT count(*) FILTER (is_in), count(*) FILTER (is_in AND is_kept),
            count(*) FILTER (NOT is_in AND is_kept), count(*) FILTER (NOT is_in AND is_kept IS NOT TRUE)
        FROM per_row
        """,
    )
    return _judged(connection, checks, accepted, partly, quarantined, skipped)


def _judged(
    connection: duckdb.DuckDBPyConnection,
    checks: Mapping[int, Sequence[Check]],
    accepted: int,
    partly: int,
    quarantined: int,
    skipped: int,
) -> Judged:
    measurements, first_on, last_on = _row(
        connection, "SELECT count(*), min(day), max(day) FROM judged WHERE verdict IS NULL"
    )
    return Judged(accepted, partly, quarantined, skipped, measurements, first_on, last_on, checks)


def mark_superseded(
    connection: duckdb.DuckDBPyConnection, judged: Judged, newer: Mapping[tuple[int, str], int]
) -> Judged:
    """The judgement again after keeping back what a later batch knows better: `newer` names that batch by rule and
    record. Only a replay asks: its rows are older than what came in since."""
    for (rule, record), batch in newer.items():
        connection.execute(
            f"UPDATE judged SET verdict = {SUPERSEDED}, first_row = $batch, value = NULL, denominator = NULL"
            " WHERE rule = $rule AND record = $record AND verdict IS NULL",
            {"batch": batch, "rule": rule, "record": record},
        )
    return _counted(connection, judged.checks) if newer else judged


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    # to the end: a result that is still open keeps the connection from other work
    (found,) = connection.execute(query).fetchall()
    return tuple(found)
