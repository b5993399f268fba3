"""Measurements that stood further up in the file already: the same record or, without records, a wholly equal row.

That there are none is proved cheaply, by hashes that are all different. Only where two are equal are rows compared.
"""

from collections.abc import Iterable

import duckdb
import numpy as np
import pyarrow as pa

from sextant.foundation.tabular import Table
from sextant.metrics.intake.plan import IntakePlan
from sextant.metrics.intake.staging import pick_rows, row_digest

_AT_ONCE = 50_000


def mark_duplicates(
    connection: duckdb.DuckDBPyConnection, plan: IntakePlan, table: Table, *, verdict: int, last_row: int | None
) -> bool:
    """Give the verdict to repeated rows of the table `judged`, with the row they repeat; whether there were any.

    Among equals the first row that is otherwise in order stands; a broken one does not push out a good one. Rows behind
    `last_row` were not read. Rules without record want the table `row_hashes`.
    """
    found = False
    suspected: dict[tuple[str, ...], bool] = {}
    for rule in plan.rules:
        if rule.record not in suspected:
            suspected[rule.record] = _may_repeat(connection, rule.number if rule.record else None)
            if suspected[rule.record] and not rule.record:
                _compare_rows(connection, table, last_row=last_row)
        if suspected[rule.record]:
            found |= _mark(connection, rule.number, by_record=bool(rule.record), verdict=verdict)
    return found


def _may_repeat(connection: duckdb.DuckDBPyConnection, rule: int | None) -> bool:
    """Whether two rows have one hash: of the record of this rule, of all cells when None."""
    if rule is None:
        query = "SELECT row_hash FROM row_hashes"
    else:
        query = f"SELECT hash(record) AS row_hash FROM judged WHERE rule = {rule} AND record IS NOT NULL"
    hashes = np.sort(connection.execute(query).fetchnumpy()["row_hash"])
    return bool((hashes[1:] == hashes[:-1]).any())


def _compare_rows(connection: duckdb.DuckDBPyConnection, table: Table, *, last_row: int | None) -> None:
    """Fill the table `equal_rows` with a digest of each row that shares its hash with another."""
    connection.execute("CREATE TEMP TABLE equal_rows (row_number INTEGER, digest BLOB)")
    suspects = connection.execute(
        "SELECT row_number FROM row_hashes WHERE row_hash IN"
        " (SELECT row_hash FROM row_hashes GROUP BY row_hash HAVING count(*) > 1) ORDER BY row_number"
    ).fetchnumpy()["row_number"]
    chunk: list[tuple[int, bytes]] = []
    for number, cells in pick_rows(table, (int(row) for row in suspects if last_row is None or row <= last_row)):
        chunk.append((number, row_digest(cells)))
        if len(chunk) == _AT_ONCE:
            _insert(connection, chunk)
            chunk = []
    _insert(connection, chunk)


def _insert(connection: duckdb.DuckDBPyConnection, rows: Iterable[tuple[int, bytes]]) -> None:
    listed = list(rows)
    found = pa.table(
        {
            "row_number": pa.array([row for row, _ in listed], pa.int32()),
            "digest": pa.array([digest for _, digest in listed], pa.binary()),
        }
    )
    connection.register("found_rows", found)
    connection.execute("INSERT INTO equal_rows FROM found_rows")
    connection.unregister("found_rows")


def _mark(connection: duckdb.DuckDBPyConnection, rule: int, *, by_record: bool, verdict: int) -> bool:
    same, source = ("record", "judged") if by_record else ("digest", "judged JOIN equal_rows USING (row_number)")
    ranked = f"OVER (PARTITION BY {same} ORDER BY row_number)"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE repeats AS SELECT row_number, first_row FROM"
        f" (SELECT row_number, first_value(row_number) {ranked} AS first_row FROM {source}"
        f" WHERE rule = {rule} AND verdict IS NULL AND {same} IS NOT NULL) WHERE first_row < row_number"
    )
    connection.execute(
        f"UPDATE judged SET verdict = {verdict}, first_row = repeats.first_row, value = NULL, denominator = NULL"
        f" FROM repeats WHERE judged.rule = {rule} AND judged.row_number = repeats.row_number"
    )
    (count,) = connection.execute("SELECT count(*) FROM repeats").fetchall()[0]
    return bool(count)
