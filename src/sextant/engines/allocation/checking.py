"""Refusing an order that has no sound split, before anything is computed."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from sextant.engines.allocation.codes import Code, problem
from sextant.engines.allocation.order import Order, Recipient
from sextant.engines.values import Problem


def check_order(order: Order) -> tuple[Problem, ...]:
    """Everything wrong with the order itself, in the order of its parts; empty when a split can be tried."""
    return (*_frame(order), *_factors(order), *(one for who in order.recipients for one in _recipient(order, who)))


def is_in_units(amount: Decimal, unit: Decimal) -> bool:
    """Whether `amount` is a whole number of pieces.

    >>> is_in_units(Decimal("1.20"), Decimal("0.1")), is_in_units(Decimal("1.25"), Decimal("0.1"))
    (True, False)
    """
    return amount % unit == 0


def _frame(order: Order) -> Iterator[Problem]:
    if not order.recipients:
        yield problem(Code.NOBODY)
    for key, count in Counter(who.key for who in order.recipients).items():
        if count > 1:
            yield problem(Code.KEY_REPEATED, key=key)
    if order.total < 0:
        yield problem(Code.TOTAL_NEGATIVE, total=order.total)
    if order.unit <= 0:
        yield problem(Code.UNIT_NOT_POSITIVE, unit=order.unit)
    elif not is_in_units(order.total, order.unit):
        yield problem(Code.TOTAL_NOT_IN_UNITS, total=order.total, unit=order.unit)


def _factors(order: Order) -> Iterator[Problem]:
    if not order.factors:
        yield problem(Code.NO_FACTOR)
    for key, count in Counter(factor.key for factor in order.factors).items():
        if count > 1:
            yield problem(Code.FACTOR_REPEATED, factor=key)
    for factor in order.factors:
        if factor.weight <= 0:
            yield problem(Code.FACTOR_WEIGHT, factor=factor.key, weight=factor.weight)


def _recipient(order: Order, who: Recipient) -> Iterator[Problem]:
    yield from _bounds(order, who)
    if who.fixed is not None:
        return
    for factor in order.factors:
        value = who.factors.get(factor.key)
        if value is None:
            yield problem(Code.FACTOR_MISSING, factor=factor.key, key=who.key)
        elif value < 0:
            yield problem(Code.FACTOR_NEGATIVE, factor=factor.key, key=who.key, value=value)


def _bounds(order: Order, who: Recipient) -> Iterator[Problem]:
    for name, value in (("floor", who.floor), ("cap", who.cap), ("fixed", who.fixed)):
        if value is not None and value < 0:
            yield problem(Code.BOUND_NEGATIVE, key=who.key, bound=name, value=value)
    if who.floor is not None and who.cap is not None and who.floor > who.cap:
        yield problem(Code.FLOOR_ABOVE_CAP, key=who.key, floor=who.floor, cap=who.cap)
    if who.fixed is None:
        return
    if order.unit > 0 and not is_in_units(who.fixed, order.unit):
        yield problem(Code.FIXED_NOT_IN_UNITS, key=who.key, fixed=who.fixed, unit=order.unit)
    low, high = who.floor or Decimal(0), who.fixed if who.cap is None else who.cap
    if not low <= who.fixed <= high:
        yield problem(Code.FIXED_OUTSIDE_BOUNDS, key=who.key, fixed=who.fixed)
