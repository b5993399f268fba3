"""The function table. A new function is one `Function(...)` in one file here; the file is named in `_FILES` once."""

from types import MappingProxyType

from sextant.engines.formula.functions import (
    aggregates,
    arithmetic,
    choices,
    criteria,
    dates,
    formats,
    groups,
    logic,
    rounding,
    texts,
)
from sextant.engines.formula.functions.function import Function, Parameter, Shape, Style
from sextant.engines.formula.functions.operators import OPERATORS

__all__ = ["ALIASES", "FUNCTIONS", "TABLE", "Function", "Parameter", "Shape", "Style", "find_function"]

_FILES = (choices, logic, aggregates, criteria, arithmetic, rounding, dates, texts, formats, groups)

FUNCTIONS: tuple[Function, ...] = tuple(function for file in _FILES for function in file.FUNCTIONS)
"""Every named function, in the order of the documentation."""

TABLE = MappingProxyType({function.name: function for function in (*OPERATORS, *FUNCTIONS)})
"""Functions and operators by the name that stands in the typed tree."""

ALIASES = MappingProxyType(
    {word: function.name for function in FUNCTIONS for word in (function.name, *function.aliases)}
)
"""English name of every word a function may be called by."""


def find_function(word: str) -> Function | None:
    """The function called `word` (English names in any case, Chinese aliases), or None."""
    name = ALIASES.get(word.upper())
    return TABLE[name] if name else None
