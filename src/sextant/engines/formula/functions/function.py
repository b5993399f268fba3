"""What a function of the formula language is. Adding one is adding one `Function(...)` to a file beside this."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlglot import exp

from sextant.engines.formula.nodes import Call
from sextant.engines.formula.sql_call import SqlCall
from sextant.engines.formula.types import BOOLEAN, DATE, NUMBER, TEXT, FormulaType, Value
from sextant.engines.values import Problem

EVERY_TYPE = (NUMBER, TEXT, BOOLEAN, DATE)

ONCE_PER_REPEAT = 0
"""`Parameter.copies` of an argument whose SQL stands once in every repetition (the value of SWITCH and LOOKUP)."""


class Style(Enum):
    """When the body is called, and with what.

    STRICT: with values, only if none is missing. LENIENT: with values, missing ones as None. LAZY: with functions of
    no argument, so that what is not needed is not computed. GROUP: with the list of values of all rows of the group.
    """

    STRICT = "strict"
    LENIENT = "lenient"
    LAZY = "lazy"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. `zh` and `en` are its names in the documentation.

    Arguments with the same letter in `same` must be of one type. `constant`: it must not depend on the row.
    `copies`: how often its SQL is planned by the database (see `limits.WEIGHT`).
    """

    zh: str
    en: str
    accepts: tuple[FormulaType, ...]
    same: str = ""
    constant: bool = False
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """How many arguments, of which kinds: `head`, then `repeat` one or more times, then `tail`."""

    head: tuple[Parameter, ...] = ()
    repeat: tuple[Parameter, ...] = ()
    tail: tuple[Parameter, ...] = ()
    tail_is_optional: bool = False

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        return len(self.head) + len(self.repeat) + (0 if self.tail_is_optional else len(self.tail))

    @property
    def most(self) -> int | None:
        """The largest number of arguments; None when it repeats without end."""
        return None if self.repeat else len(self.head) + len(self.tail)

    def spread(self, count: int) -> tuple[Parameter, ...] | None:
        """The parameter of each of `count` arguments, or None when so many do not fit."""
        for tail in (self.tail, ()) if self.tail_is_optional else (self.tail,):
            middle = count - len(self.head) - len(tail)
            if not self.repeat and middle == 0:
                return self.head + tail
            if self.repeat and middle > 0 and middle % len(self.repeat) == 0:
                return self.head + self.repeat * (middle // len(self.repeat)) + tail
        return None


@dataclass(frozen=True, slots=True)
class Function:
    """A function or operator.

    `gives` is its result type, or the letter of the arguments whose type it takes. `body` is pure: values in, a value,
    None (missing) or a `Fault` out. `sql` writes the same for a database. `check` looks at the constant arguments while
    the formula is saved. `forgives`: a problem met in one argument is forgotten when the function has a value.
    `bounds`: every result lies between them (None: no bound on that side).
    """

    name: str
    aliases: tuple[str, ...]
    shape: Shape
    gives: FormulaType | str
    body: Callable[..., Any]
    sql: Callable[[SqlCall], exp.Expr]
    zh: str
    en: str
    style: Style = Style.STRICT
    check: Callable[[Call, Sequence[Value | None]], Problem | None] | None = None
    forgives: bool = False
    bounds: tuple[int | None, int | None] | None = None
    is_operator: bool = False


def number(zh: str, en: str, **more: Any) -> Parameter:
    """A parameter that takes a number."""
    return Parameter(zh, en, (NUMBER,), **more)


def text(zh: str, en: str, **more: Any) -> Parameter:
    """A parameter that takes a text."""
    return Parameter(zh, en, (TEXT,), **more)


def condition(zh: str = "条件", en: str = "condition", **more: Any) -> Parameter:
    """A parameter that takes true or false."""
    return Parameter(zh, en, (BOOLEAN,), **more)


def day(zh: str, en: str, **more: Any) -> Parameter:
    """A parameter that takes a date."""
    return Parameter(zh, en, (DATE,), **more)


def same(zh: str, en: str, letter: str = "T", accepts: Sequence[FormulaType] = EVERY_TYPE, **more: Any) -> Parameter:
    """A parameter of any type, but one type for all with the same letter."""
    return Parameter(zh, en, tuple(accepts), same=letter, **more)
