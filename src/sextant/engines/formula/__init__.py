"""Spreadsheet-like formulas: Chinese or English function names, decimal arithmetic, missing values that stay missing.

`parse` a text once; `Formula.evaluate` gives the value for one row, `to_sql` the same for a whole table,
`Formula.lint` what is probably not meant. Import from this package, not from its modules.
"""

from sextant.engines.formula.codes import Code
from sextant.engines.formula.fixes import Fix, fix_of, span_of
from sextant.engines.formula.formula import Formula, parse
from sextant.engines.formula.functions import FUNCTIONS
from sextant.engines.formula.sql import to_sql
from sextant.engines.formula.types import FormulaType, Value

__all__ = [
    "FUNCTIONS",
    "Code",
    "Fix",
    "Formula",
    "FormulaType",
    "Value",
    "fix_of",
    "parse",
    "span_of",
    "to_sql",
]
