"""A Spark session as the connection that the evaluation and the ledger work on.

They speak DuckDB: statements that make tables, add to them and ask them. Here a table is what its name stands for in
the session: rows made by a query, kept where they were computed, or pieces that were added one after another.
"""

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from sextant.metrics.ledger.store import SCHEMA
from sextant.metrics.spark.dialect import read, take_out_scans, write

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class SparkConnection:
    """Executes DuckDB's statements, as far as the evaluation and the ledger use them, on a Spark session."""

    def __init__(self, session: "SparkSession") -> None:
        self._session = session
        self._pieces: dict[str, list[DataFrame]] = {}
        self._columns: dict[str, str] = {}
        self._steps = count()

    def execute(self, query: str, parameters: None = None) -> "Answer":
        """Run the statements of a text and answer with the rows of the last. There are no parameters."""
        rows = None
        for statement in read(query):
            rows = self._run(statement)
        return Answer(rows)

    def executemany(self, query: str, parameters: Sequence[Sequence[object]] = ()) -> None:
        """Add rows of values to a table: `INSERT INTO name VALUES (?, …)`."""
        (statement,) = read(query)
        name = _name_of(statement)
        self._add(name, self._session.createDataFrame([tuple(row) for row in parameters], self._columns[name]))

    def sql(self, query: str) -> "Answer":
        """The rows of a query, not computed yet."""
        return self.execute(query)

    def from_arrow(self, rows: pa.Table) -> "Answer":
        """The ledger without a row in it; anything else comes to the cluster as a file."""
        assert rows.schema == SCHEMA and not len(rows)
        return Answer(self._session.createDataFrame([], _ledger_columns()))

    def table(self, name: str) -> "DataFrame":
        """What a name stands for."""
        return self._session.table(name)

    def make(self, name: str, rows: "DataFrame") -> None:
        """Let a name stand for rows."""
        self._pieces[name] = [rows]
        rows.createOrReplaceTempView(name)

    def _run(self, statement: exp.Expr) -> "DataFrame | None":
        match statement:
            case exp.Create():
                self._create(statement)
            case exp.Insert():
                self._add(_name_of(statement), self._query(statement.expression))
            case exp.TruncateTable():
                self._empty(_name_of(statement))
            case exp.Drop():
                self._forget(_name_of(statement))
            case _:
                return self._query(statement)
        return None

    def _create(self, statement: exp.Create) -> None:
        name = _name_of(statement)
        if statement.expression is not None:
            rows = self._query(statement.expression).persist()
            self._forget(name)
            self.make(name, rows)
        elif name not in self._pieces or not statement.args.get("exists"):
            self._columns[name] = ", ".join(column.sql(dialect="spark") for column in statement.this.expressions)
            self._empty(name)

    def _query(self, query: exp.Expr) -> "DataFrame":
        """Rows of a query, planned select by select: Spark plans twenty nested ones together in minutes, and each of
        them in an instant."""
        for name, uris in take_out_scans(query):
            self._session.read.schema(_ledger_columns()).parquet(*uris).createOrReplaceTempView(name)
        clause = query.args.get("from_")
        source = clause.this if clause else None
        if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select):
            name = f"sx_step_{next(self._steps)}"
            self._apart(self._query(source.this.pop())).createOrReplaceTempView(name)
            source.replace(exp.to_table(name, alias=source.alias or None))
        return self._session.sql(write(query))

    def _apart(self, rows: "DataFrame") -> "DataFrame":
        """The same rows, planned by themselves and stored nowhere. Spark's own `localCheckpoint` does the same and
        stores them besides."""
        made = rows._jdf
        session = self._session._jsparkSession
        again = session.internalCreateDataFrame(made.queryExecution().toRdd(), made.schema(), False)
        return type(rows)(again, self._session)

    def _add(self, name: str, rows: "DataFrame") -> None:
        """Columns by position, as SQL adds them; computed once, however often they are asked for."""
        fields = self._session.createDataFrame([], self._columns[name]).schema.fields
        named = rows.toDF(*(field.name for field in fields))
        typed = named.select(*(named[field.name].cast(field.dataType) for field in fields)).persist()
        together = self.table(name).unionAll(typed) if self._pieces[name] else typed
        self._pieces[name].append(typed)
        together.createOrReplaceTempView(name)

    def _empty(self, name: str) -> None:
        self._forget(name)
        self._session.createDataFrame([], self._columns[name]).createOrReplaceTempView(name)
        self._pieces[name] = []

    def _forget(self, name: str) -> None:
        for piece in self._pieces.pop(name, []):
            piece.unpersist()
        self._session.catalog.dropTempView(name)


class Answer:
    """The rows of a statement; they are computed when they are asked for."""

    def __init__(self, rows: "DataFrame | None") -> None:
        self._rows = rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row, as Python values."""
        return [] if self._rows is None else [tuple(row) for row in self._rows.collect()]

    def create_view(self, name: str) -> None:
        """Let a name stand for the rows."""
        assert self._rows is not None
        self._rows.createOrReplaceTempView(name)


def _ledger_columns() -> str:
    """The ledger's columns as Spark declares them. Files older than a column have none in it."""
    types = {pa.int8(): "TINYINT", pa.int32(): "INT", pa.int64(): "BIGINT", pa.date32(): "DATE", pa.string(): "STRING"}
    declared = ((field.name, types.get(field.type, "DECIMAL(28, 6)")) for field in SCHEMA)
    return ", ".join(f"`{name}` {kind}" for name, kind in declared)


def _name_of(statement: exp.Expr) -> str:
    """The table a statement makes, fills or drops: the first it names."""
    table = statement.find(exp.Table)
    assert table is not None
    return str(table.name)
