"""COUNTIF: how many of several numbers meet a criterion written as text."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp

from sextant.engines.formula import numbers
from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.functions.function import Function, Shape, Style, number, text
from sextant.engines.formula.functions.operators import COMPARE, COMPARISON_NODES
from sextant.engines.formula.nodes import Call
from sextant.engines.formula.sql_call import SqlCall, count_where, number_literal, paren
from sextant.engines.formula.types import NUMBER, Value
from sextant.engines.values import Problem

_CRITERION = re.compile(r"\s*(<=|>=|<>|=|<|>)?\s*(-?\d+(?:\.\d+)?)(%?)\s*")


def counted_if(*values_and_criterion: Any) -> Decimal | None:
    """How many present numbers meet the criterion, the last argument: ">=0.9", "<>0", "5"."""
    *values, criterion = values_and_criterion
    if (parsed := parse_criterion(criterion)) is None:
        return None
    sign, bound = parsed
    return Decimal(sum(COMPARE[sign](value, bound) for value in values if value is not None))


def parse_criterion(criterion: object) -> tuple[str, Decimal] | None:
    """Sign and bound of a criterion, or None when it is none.

    >>> parse_criterion(">= 90%"), parse_criterion("5"), parse_criterion("many")
    (('>=', Decimal('0.90')), ('=', Decimal('5')), None)
    """
    match = _CRITERION.fullmatch(str(criterion))
    if match is None:
        return None
    bound = Decimal(match[2]) * (Decimal("0.01") if match[3] else 1)
    return (match[1] or "=", bound) if numbers.fits(bound) else None


def _count_if_sql(sql: SqlCall) -> exp.Expr:
    sign, bound = parse_criterion(sql.constants[-1]) or ("=", Decimal(0))
    node = COMPARISON_NODES[sign]
    tests: list[exp.Expr] = [paren(node(this=arg, expression=number_literal(bound))) for arg in sql.all_args()[:-1]]
    return count_where(tests)


def _check_criterion(call: Call, constants: Sequence[Value | None]) -> Problem | None:
    if parse_criterion(constants[-1]) is not None:
        return None
    return report(Code.BAD_CRITERION, at=call.args[-1].at, criterion=str(constants[-1]))


FUNCTIONS = (
    Function(
        name="COUNTIF",
        aliases=("条件计数",),
        shape=Shape(repeat=(number("数", "number"),), tail=(text("标准", "criterion", constant=True),)),
        gives=NUMBER,
        body=counted_if,
        sql=_count_if_sql,
        style=Style.LENIENT,
        forgives=True,
        check=_check_criterion,
        bounds=(0, None),
        zh='符合标准的数有几个，标准如 ">=0.9"',
        en='how many numbers meet a criterion such as ">=0.9"',
    ),
)
