"""Values that a rule read, as people write them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from sextant.engines.formula import parse
from sextant.engines.rules import CheckLine
from sextant.lowcode.contracts.rules import LineRow
from sextant.lowcode.registry_formulas import NameSpec

PLACES = Decimal("0.01")
"""Figures in a sentence: two places say enough."""


def said_facts(names: Mapping[str, NameSpec], facts: Mapping[str, object]) -> dict[str, str]:
    """Each value in words, in the active language."""
    return {name: said_value(names[name], value) for name, value in facts.items() if name in names}


def lines_of(
    lines: Iterable[CheckLine], names: Mapping[str, NameSpec], facts: Mapping[str, object]
) -> tuple[LineRow, ...]:
    """Checks with the figures they read."""
    return tuple(
        LineRow(one.path, one.text, one.holds, one.is_decisive, figures_of(one.text, names, facts), one.problems)
        for one in lines
    )


def figures_of(text: str, names: Mapping[str, NameSpec], facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """The values a formula read, as (name, value), in the order in which they stand in it."""
    parsed = parse(text, names={name: one.type for name, one in names.items()}).value
    read = sorted(parsed.names, key=text.find) if parsed else ()
    return tuple((name, said_value(names[name], facts.get(name))) for name in read)


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
