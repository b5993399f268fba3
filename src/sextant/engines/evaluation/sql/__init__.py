"""The set path: every goal of a run in DuckDB, to the same decimals, reasons and bytes as the row path."""

from sextant.engines.evaluation.sql.dynamic import first_day
from sextant.engines.evaluation.sql.inputs import GOAL_COLUMNS, METRIC_COLUMNS, TERMS_COLUMNS, Setting, Terms
from sextant.engines.evaluation.sql.run import GOALS_AT_ONCE, LINES, evaluate_set

__all__ = [
    "GOALS_AT_ONCE",
    "GOAL_COLUMNS",
    "LINES",
    "METRIC_COLUMNS",
    "TERMS_COLUMNS",
    "Setting",
    "Terms",
    "evaluate_set",
    "first_day",
]
