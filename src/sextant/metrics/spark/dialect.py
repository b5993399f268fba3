"""DuckDB's text of the evaluation as Spark's: sqlglot writes it, a few rules say what it does not know.

A rule is here only where sqlglot's own translation fails in Spark or means something else; the twin test holds all of
them. Spark is expected in its ANSI mode, in which a number that does not fit is an error and never a wrong one.
"""

from collections.abc import Callable

from sqlglot import exp, parse

_WIDE = exp.DataType.build("DECIMAL(38, 0)")
"""128 bits of DuckDB are 38 digits of Spark."""

_DAYS = frozenset(
    {
        "day",
        "from_on",
        "until_on",
        "tau",
        "sunday",
        "end_on",
        "late_on",
        "before_on",
        "past_on",
        "past_from",
        "past_until",
    }
)
"""Columns of the evaluation that are dates."""


def read(text: str) -> list[exp.Expr]:
    """The statements of a text, as DuckDB reads it."""
    return [statement for statement in parse(text, read="duckdb") if statement is not None]


def write(query: exp.Expr) -> str:
    """A query, as `read` gives it, for Spark. `query` itself is used up.

    >>> write(read("SELECT a::HUGEINT % 7 AS rest, isodow(day) FROM t")[0])
    'SELECT CAST(a AS DECIMAL(38, 0)) % 7 AS rest, (WEEKDAY(day) + 1) FROM t'
    """
    holder = exp.Paren(this=query)
    # from the leaves up, so that a rule meets operands that are already Spark's
    for node in reversed(list(query.walk(bfs=True))):
        if rule := _RULES.get(type(node)):
            node.replace(rule(node))
    return str(holder.this.sql(dialect="spark"))


def take_out_scans(query: exp.Expr) -> list[tuple[str, list[str]]]:
    """Let names stand for the files that a query of the ledger reads, in `query` itself; the names and their files."""
    taken: list[tuple[str, list[str]]] = []
    for scan in list(query.find_all(exp.ReadParquet)):
        uris = [literal.name for literal in scan.find_all(exp.Literal) if literal.is_string]
        name = f"sx_files_{len(taken)}"
        # older files lack columns, which DuckDB is told to add by a union; Spark is told the columns
        union = scan.find_ancestor(exp.SetOperation)
        place = union.parent if union is not None else scan.parent
        assert place is not None
        place.replace(exp.to_table(name, alias=place.alias or None))
        taken.append((name, uris))
    return taken


def _type(node: exp.Expr) -> exp.Expr:
    return _WIDE.copy() if node.is_type("INT128") else node


def _whole_quotient(node: exp.Expr) -> exp.Expr:
    """Spark's DIV answers in 64 bits and cuts what does not fit without a word. Where DuckDB is told to divide in 128,
    the rest is taken off first, and decimals divide what is left exactly."""
    top, under = (exp.paren(side) for side in (node.this, node.expression))
    if not any(cast.to == _WIDE for cast in node.find_all(exp.Cast)):
        return exp.IntDiv(this=top, expression=under)
    whole = exp.paren(exp.Sub(this=top, expression=exp.Mod(this=top.copy(), expression=under)))
    return exp.cast(exp.Div(this=whole, expression=under.copy(), typed=False, safe=False), _WIDE.copy())


def _weekday(node: exp.Expr) -> exp.Expr:
    """Monday is 1; sqlglot counts from another day."""
    monday_is_0 = exp.Anonymous(this="WEEKDAY", expressions=[node.this])
    return exp.paren(exp.Add(this=monday_is_0, expression=exp.Literal.number(1)))


def _sign(node: exp.Expr) -> exp.Expr:
    """Spark's is a floating point number, and so would be all it is multiplied with."""
    return exp.cast(exp.Anonymous(this="SIGNUM", expressions=[node.this]), "INT")


def _difference(node: exp.Expr) -> exp.Expr:
    """Days between two dates: a number in DuckDB, an interval in Spark."""
    if not (_is_day(node.this) and _is_day(node.expression)):
        return node
    return exp.Anonymous(this="DATEDIFF", expressions=[node.this, node.expression])


def _is_day(node: exp.Expr) -> bool:
    match node:
        case exp.Column():
            return node.name in _DAYS
        case exp.Cast():
            return bool(node.to.is_type("DATE"))
        case exp.Paren() | exp.Least():
            return _is_day(node.this)
        case exp.Add() | exp.Sub():  # a day and a number of days
            return _is_day(node.this) and not _is_day(node.expression)
    return False


def _cast(node: exp.Expr) -> exp.Expr:
    """A cast around made rows moves into the array they are made from: Spark nests no generators. Half-open ranges."""
    made = node.this
    if not isinstance(made, exp.Explode) or not isinstance(made.this, exp.GenerateSeries):
        return node
    series = made.this
    to = node.args["to"]
    step = series.args.get("step") or exp.Literal.number(1)
    start, end = (exp.cast(series.args[side], to) for side in ("start", "end"))
    last = exp.Sub(this=end, expression=step)
    sequence = exp.Anonymous(this="SEQUENCE", expressions=[start, last, step.copy()])
    listed = exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[to.copy()], nested=True)
    return exp.Explode(this=exp.cast(sequence, listed))


def _select(node: exp.Expr) -> exp.Expr:
    """`* REPLACE (… AS name)` is all but `name`, and then the new one."""
    columns: list[exp.Expr] = []
    for column in node.expressions:
        new = column.args.get("replace") if isinstance(column, exp.Star) else None
        columns += [exp.Star(except_=[exp.column(one.alias) for one in new]), *new] if new else [column]
    node.set("expressions", columns)
    return node


_RULES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.DataType: _type,
    exp.IntDiv: _whole_quotient,
    exp.DayOfWeekIso: _weekday,
    exp.Sign: _sign,
    exp.Sub: _difference,
    exp.Cast: _cast,
    exp.Select: _select,
}
