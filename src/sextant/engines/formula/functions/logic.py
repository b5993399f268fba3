"""AND, OR, NOT with three values (true, false, missing), and the test for missing."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from sextant.engines.formula.functions.function import EVERY_TYPE, Function, Parameter, Shape, Style, condition
from sextant.engines.formula.sql_call import SqlCall, is_missing, paren
from sextant.engines.formula.types import BOOLEAN

Thunk = Callable[[], Any]


def every(*tests: Thunk) -> bool | None:
    """False as soon as one is false; else missing when one is missing; else true."""
    is_unsure = False
    for test in tests:
        holds = test()
        if holds is False:
            return False
        is_unsure = is_unsure or holds is None
    return None if is_unsure else True


def some(*tests: Thunk) -> bool | None:
    """True as soon as one is true; else missing when one is missing; else false."""
    is_unsure = False
    for test in tests:
        holds = test()
        if holds is True:
            return True
        is_unsure = is_unsure or holds is None
    return None if is_unsure else False


def _joined(node: type[exp.Connector]) -> Callable[[SqlCall], exp.Expr]:
    def write(sql: SqlCall) -> exp.Expr:
        first, *others = sql.all_args()
        joined: exp.Expr = first
        for other in others:
            joined = node(this=joined, expression=other)
        return paren(joined)

    return write


FUNCTIONS = (
    Function(
        name="AND",
        aliases=("并且", "且"),
        shape=Shape(repeat=(condition(),)),
        gives=BOOLEAN,
        body=every,
        sql=_joined(exp.And),
        style=Style.LAZY,
        forgives=True,
        zh="全部成立才成立；有一个不成立即不成立，否则有缺失即缺失",
        en="holds when all hold; false when one is false, else missing when one is missing",
    ),
    Function(
        name="OR",
        aliases=("或者", "或"),
        shape=Shape(repeat=(condition(),)),
        gives=BOOLEAN,
        body=some,
        sql=_joined(exp.Or),
        style=Style.LAZY,
        forgives=True,
        zh="有一个成立即成立；否则有缺失即缺失",
        en="holds when one holds, else missing when one is missing",
    ),
    Function(
        name="NOT",
        aliases=("非", "不是"),
        shape=Shape(head=(condition(),)),
        gives=BOOLEAN,
        body=lambda holds: not holds,
        sql=lambda sql: paren(exp.Not(this=paren(sql.arg(0)))),
        zh="成立变不成立，不成立变成立，缺失仍缺失",
        en="true becomes false, false true, missing stays missing",
    ),
    Function(
        name="ISBLANK",
        aliases=("缺失", "为空", "ISNULL", "ISMISSING"),
        shape=Shape(head=(Parameter("值", "value", EVERY_TYPE),)),
        gives=BOOLEAN,
        body=lambda value: value is None,
        sql=lambda sql: is_missing(sql.arg(0)),
        style=Style.LENIENT,
        forgives=True,
        zh="值是否缺失（空文本不算缺失）",
        en="whether the value is missing (an empty text is not)",
    ),
)
