"""Functions that pick a value: IF, IFS, SWITCH, LOOKUP, COALESCE, IFERROR."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlglot import exp

from sextant.engines.formula.functions.function import (
    ONCE_PER_REPEAT,
    Function,
    Shape,
    Style,
    condition,
    number,
    same,
)
from sextant.engines.formula.numbers import Fault
from sextant.engines.formula.sql_call import SqlCall, case, is_missing, is_present, paren

Thunk = Callable[[], Any]


def choose(test: Thunk, then: Thunk, otherwise: Thunk = lambda: Fault.NO_BRANCH) -> Any:
    """`then` when the test holds, `otherwise` when it does not, missing when the test itself is missing."""
    decided = test()
    if decided is None:
        return None
    return then() if decided else otherwise()


def _choose_sql(sql: SqlCall) -> exp.Expr:
    """The operand form of CASE: a missing test matches neither branch, so missing data never turns green."""
    branches = [exp.If(this=exp.true(), true=sql.arg(1))]
    if len(sql.args) == 3:
        branches.append(exp.If(this=exp.false(), true=sql.arg(2)))
    return exp.Case(this=paren(sql.arg(0)), ifs=branches)


def first_that_holds(*pairs: Thunk) -> Any:
    """The value after the first test that holds; missing as soon as a test is missing."""
    for test, value in zip(pairs[::2], pairs[1::2], strict=True):
        decided = test()
        if decided is None:
            return None
        if decided:
            return value()
    return Fault.NO_BRANCH


def _first_that_holds_sql(sql: SqlCall) -> exp.Expr:
    branches = []
    for index in range(0, len(sql.args), 2):
        branches.append((sql.arg(index), sql.arg(index + 1)))
        branches.append((is_missing(sql.arg(index)), exp.Null()))
    return case(*branches)


def switch(subject: Thunk, *pairs: Thunk) -> Any:
    """The value after the case that equals the subject, else the default, missing for a missing subject."""
    given = subject()
    if given is None:
        return None
    for each, value in zip(pairs[::2], pairs[1::2], strict=False):
        if each() == given:
            return value()
    return pairs[-1]() if len(pairs) % 2 else Fault.NO_BRANCH


def _switch_sql(sql: SqlCall) -> exp.Expr:
    last = len(sql.args) - (len(sql.args) - 1) % 2
    branches = [
        (paren(exp.EQ(this=sql.arg(0), expression=sql.arg(index))), sql.arg(index + 1)) for index in range(1, last, 2)
    ]
    if last < len(sql.args):
        branches.append((is_present(sql.arg(0)), sql.arg(last)))
    return case(*branches)


def look_up(subject: Thunk, *pairs: Thunk) -> Any:
    """The value after the last threshold that the subject reaches; missing below the first one."""
    given: Decimal | None = subject()
    if given is None:
        return None
    for threshold, value in zip(pairs[-2::-2], pairs[::-2], strict=True):
        reached = threshold()
        if reached is not None and given >= reached:
            return value()
    return Fault.NO_BRANCH


def _look_up_sql(sql: SqlCall) -> exp.Expr:
    return case(
        *(
            (paren(exp.GTE(this=sql.arg(0), expression=sql.arg(index))), sql.arg(index + 1))
            for index in range(len(sql.args) - 2, 0, -2)
        )
    )


def first_present(*values: Thunk) -> Any:
    """The first value that is not missing."""
    return next((found for value in values if (found := value()) is not None), None)


def _first_present_sql(sql: SqlCall) -> exp.Expr:
    first, *others = sql.all_args()
    return exp.Coalesce(this=first, expressions=others)


FUNCTIONS = (
    Function(
        name="IF",
        aliases=("如果",),
        shape=Shape(
            head=(condition(copies=2), same("成立时", "then")),
            tail=(same("不成立时", "otherwise"),),
            tail_is_optional=True,
        ),
        gives="T",
        body=choose,
        sql=_choose_sql,
        style=Style.LAZY,
        zh="条件成立取前者，不成立取后者；条件缺失时结果缺失",
        en="one value when the condition holds, the other when it does not; missing when the condition is missing",
    ),
    Function(
        name="IFS",
        aliases=("多条件", "多重如果"),
        shape=Shape(repeat=(condition(copies=2), same("取值", "value"))),
        gives="T",
        body=first_that_holds,
        sql=_first_that_holds_sql,
        style=Style.LAZY,
        zh="依次看条件，取第一个成立者的值；先遇到缺失的条件则结果缺失，都不成立也缺失",
        en="value of the first condition that holds; missing when a missing condition comes first or none holds",
    ),
    Function(
        name="SWITCH",
        aliases=("匹配",),
        shape=Shape(
            head=(same("对象", "subject", "S", copies=ONCE_PER_REPEAT),),
            repeat=(same("等于", "case", "S", constant=True), same("取值", "value")),
            tail=(same("其余", "default"),),
            tail_is_optional=True,
        ),
        gives="T",
        body=switch,
        sql=_switch_sql,
        style=Style.LAZY,
        zh="对象等于哪一项就取哪一项的值，都不等取其余；对象缺失时结果缺失",
        en="value of the case equal to the subject, else the default; missing when the subject is missing",
    ),
    Function(
        name="LOOKUP",
        aliases=("分档", "查档", "VLOOKUP"),
        shape=Shape(
            head=(number("数值", "number", copies=ONCE_PER_REPEAT),),
            repeat=(number("起点", "threshold", constant=True), same("取值", "value")),
        ),
        gives="T",
        body=look_up,
        sql=_look_up_sql,
        style=Style.LAZY,
        zh="按从小到大的起点分档，取所到的最高一档；低于第一档为缺失",
        en="value of the highest threshold reached, thresholds ascending; missing below the first",
    ),
    Function(
        name="COALESCE",
        aliases=("取首个有值", "默认"),
        shape=Shape(repeat=(same("值", "value"),)),
        gives="T",
        body=first_present,
        sql=_first_present_sql,
        style=Style.LAZY,
        forgives=True,
        zh="取第一个不缺失的值",
        en="the first value that is not missing",
    ),
    Function(
        name="IFERROR",
        aliases=("如果出错",),
        shape=Shape(head=(same("值", "value"), same("出错时", "fallback"))),
        gives="T",
        body=first_present,
        sql=_first_present_sql,
        style=Style.LAZY,
        forgives=True,
        zh="算不出（缺数据、除以 0、超出范围）时取后者",
        en="the fallback where the value cannot be computed: missing data, division by zero, out of range",
    ),
)
