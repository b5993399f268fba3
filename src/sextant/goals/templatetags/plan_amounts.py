"""Amounts in the text of a goal: with as many places as somebody wrote, and no more."""

from collections.abc import Sequence
from decimal import Decimal

from django import template

from sextant.ui.templatetags.sx import num

register = template.Library()


@register.filter
def plain_num(value: Decimal | None) -> str:
    """{{ terms.base|plain_num }} → 1,860 or 0.5; nothing written is —."""
    places = 0 if value is None else max(-int(value.normalize().as_tuple().exponent), 0)
    return num(value, places)


@register.filter
def at(values: Sequence[object], place: int) -> object:
    """{{ measures|at:forloop.counter0 }}: the value at a place, "" beyond the end."""
    return values[place] if place < len(values) else ""
