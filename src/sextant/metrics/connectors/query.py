"""A query somebody wrote: one SELECT, nothing that writes, and which parameters it asks for."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

PARAMETERS = frozenset({"from", "until", "since"})
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)\b(?!:)")
"""What SQLAlchemy takes for a parameter; `::type` is none."""
_DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite", "mysql": "mysql", "mssql": "tsql", "oracle": "oracle"}
_WRITES = (
    exp.Insert,
    exp.Update,
    exp.Delete,
    exp.Merge,
    exp.Create,
    exp.Drop,
    exp.Alter,
    exp.TruncateTable,
    exp.Command,
    exp.Into,
    exp.Lock,
    exp.Set,
    exp.Copy,
    exp.Transaction,
    exp.Pragma,
)


def refuse_unless_select(query: str, *, database: str) -> None:
    """ValueError with a code of `connector.*` unless the query is one SELECT (or WITH … SELECT) that only reads.

    A fence against mistakes, not the lock: that is an account without the right to write, and the read-only
    transaction the query runs in.
    """
    if set(_PARAMETER.findall(query)) - PARAMETERS:
        raise ValueError("connector.unknown_parameter")
    statement = _only_statement(query, dialect=_DIALECTS[database])
    if not isinstance(statement, exp.Query) or any(statement.find(kind) for kind in _WRITES):
        raise ValueError("connector.not_a_select")
    if isinstance(statement, exp.Select) and not statement.expressions:
        raise ValueError("connector.bad_query")


def parameters_of(query: str) -> frozenset[str]:
    """Which of from, until, since the query asks for."""
    return frozenset(_PARAMETER.findall(query)) & PARAMETERS


def _only_statement(query: str, *, dialect: str) -> exp.Expr:
    # :from would be read as the keyword
    readable = _PARAMETER.sub(r":p_\1", query)
    try:
        with _quiet():
            statements = [one for one in sqlglot.parse(readable, dialect=dialect) if one is not None]
    except (SqlglotError, RecursionError) as error:
        raise ValueError("connector.bad_query") from error
    if len(statements) != 1:
        raise ValueError("connector.not_one_query")
    return statements[0]


@contextmanager
def _quiet() -> Iterator[None]:
    """sqlglot tells the log what it does not know; the person who wrote it is told by us."""
    logger = logging.getLogger("sqlglot")
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False
