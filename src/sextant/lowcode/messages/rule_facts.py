"""Values that a rule read, as people write them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from sextant.lowcode.registry_formulas import NameSpec

PLACES = Decimal("0.01")
"""Figures in a sentence: two places say enough."""


def said_facts(names: Mapping[str, NameSpec], facts: Mapping[str, object]) -> dict[str, str]:
    """Each value in words, in the active language."""
    return {name: said_value(names[name], value) for name, value in facts.items() if name in names}


def said_value(spec: NameSpec, value: object) -> str:
    """One value with its unit, in the active language."""
    match value:
        case None:
            return _("缺失")
        case bool():
            return _("是") if value else _("否")
        case Decimal() if spec.is_ratio:
            return f"{_number(value * 100)}%"
        case Decimal():
            return f"{_number(value)}{spec.unit}" if str(spec.unit) == "%" else f"{_number(value)} {spec.unit}".strip()
        case date():
            return date_format(value, "DATE_FORMAT")
        case _:
            return str(value)


def _number(value: Decimal) -> str:
    rounded = value.quantize(PLACES) if abs(value) < 10**15 else value
    places = max(-int(rounded.normalize().as_tuple().exponent), 0)
    return str(number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True))
