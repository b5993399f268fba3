"""The arithmetic of formulas, in Python. `sql_arithmetic.py` is its twin in the database; a test pins both.

The rule, for every engine:

* A number is a decimal with at most 9 places and less than 10^19 in size: DECIMAL(28, 9). Never a binary fraction.
* A sum is exact. A product, a quotient and a percentage are computed exactly and rounded once to 9 places, halves
  away from zero.
* A result of 10^19 or more is no number: missing, with `formula.overflow`. Dividing by zero is missing, with
  `formula.division_by_zero`. There is no infinity and no NaN.
* `x ^ y` alone goes through the machine's binary power (as every spreadsheet does): it is rounded to 15 significant
  digits, then to 9 places. Whoever needs more writes `x * x`.
"""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum

PLACES = 9
DIGITS = 28
CEILING = Decimal(10) ** (DIGITS - PLACES)

# 80 digits: the exact product of two 28-digit numbers, or of one and a power of ten, always fits.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
_STEP = Decimal(1).scaleb(-PLACES)


class Fault(Enum):
    """Why a computation has no result; `evaluation.py` makes a problem of it."""

    DIVISION_BY_ZERO = "division_by_zero"
    OVERFLOW = "overflow"
    POWER_UNDEFINED = "power_undefined"
    DATES_REVERSED = "dates_reversed"
    NO_BRANCH = "no_branch"
    GROUP_NEEDED = "group_needed"
    WRONG_VALUE = "wrong_value"


def fits(value: Decimal) -> bool:
    """Whether `value` is finite, below 10^19 in size and has at most 9 places (trailing zeros do not count).

    >>> fits(Decimal("0.123456789")), fits(Decimal("0.1234567891")), fits(Decimal("1E+19"))
    (True, False, False)
    """
    return value.is_finite() and abs(value) < CEILING and value == round_places(value, PLACES)


def settle(value: Decimal) -> Decimal | Fault:
    """`value` at 9 places, halves away from zero; OVERFLOW from 10^19 on.

    >>> settle(Decimal("-0.0000000005"))
    Decimal('-1E-9')
    """
    if abs(value) >= CEILING:
        return Fault.OVERFLOW
    settled = round_places(value, PLACES)
    return Fault.OVERFLOW if abs(settled) >= CEILING else settled


def round_places(value: Decimal, places: int) -> Decimal:
    """`value` at `places` decimals (negative: tens, hundreds), halves away from zero. `value` is below 10^40.

    >>> round_places(Decimal("1.005"), 2), round_places(Decimal("-2.5"), 0)
    (Decimal('1.01'), Decimal('-3'))
    """
    return value.quantize(Decimal(1).scaleb(-places), context=_EXACT)


def add(*terms: Decimal) -> Decimal | Fault:
    """The exact sum of the terms.

    >>> add(Decimal("0.1"), Decimal("0.2"))
    Decimal('0.300000000')
    """
    total = Decimal(0)
    for term in terms:
        total = _EXACT.add(total, term)
    return settle(total)


def multiply(left: Decimal, right: Decimal) -> Decimal | Fault:
    """The product, rounded once.

    >>> multiply(Decimal("0.00005"), Decimal("0.00001"))
    Decimal('1E-9')
    """
    return settle(_EXACT.multiply(left, right))


def divide(left: Decimal, right: Decimal) -> Decimal | Fault:
    """The quotient, rounded once, from whole numbers so that no hidden digit decides a half.

    >>> divide(Decimal(2), Decimal(3)), divide(Decimal(-1), Decimal("0.000000002"))
    (Decimal('0.666666667'), Decimal('-500000000.000000000'))
    >>> divide(Decimal(1), Decimal(0))
    <Fault.DIVISION_BY_ZERO: 'division_by_zero'>
    """
    if not right:
        return Fault.DIVISION_BY_ZERO
    above, below = abs(_whole(left)) * 10**PLACES, abs(_whole(right))
    size = (2 * above + below) // (2 * below)
    return settle(Decimal(size if (left < 0) == (right < 0) else -size).scaleb(-PLACES, context=_EXACT))


def power(base: Decimal, exponent: Decimal) -> Decimal | Fault:
    """`base` to the power `exponent`: 15 significant digits, then 9 places.

    >>> power(Decimal("1.1"), Decimal(2)), power(Decimal(2), Decimal("0.5"))
    (Decimal('1.210000000'), Decimal('1.414213562'))
    >>> power(Decimal(-8), Decimal("0.5"))
    <Fault.POWER_UNDEFINED: 'power_undefined'>
    """
    try:
        binary = math.pow(float(base), float(exponent))
    except ValueError:
        return Fault.POWER_UNDEFINED
    except OverflowError:
        return Fault.OVERFLOW
    return settle(Decimal(f"{binary:.14e}"))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros, exponent or negative zero.

    >>> plain(Decimal("100.000")), plain(Decimal("-0E-9")), plain(Decimal("0.70"))
    (Decimal('100'), Decimal('0'), Decimal('0.7'))
    """
    return Decimal(number_text(value))


def number_text(value: Decimal) -> str:
    """The shortest plain digits of a number, as `&` writes it.

    >>> number_text(Decimal("0.700000000")), number_text(Decimal("1E+3")), number_text(Decimal("-0"))
    ('0.7', '1000', '0')
    """
    if not value:
        return "0"
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _whole(value: Decimal) -> int:
    return int(value.scaleb(PLACES, context=_EXACT))
