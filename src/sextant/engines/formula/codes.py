"""Every code this engine can emit, with the parameters it carries.

Sentences for them are made in `sextant.foundation.formula_messages`; a test walks this list and fails when one has
no sentence, or when a sentence uses a parameter that its code does not carry.
"""

from enum import StrEnum
from typing import Any

from sextant.engines.values import Problem, Severity


class Code(StrEnum):
    """What can be said about a formula. Reading and typing are errors, evaluating and linting are warnings."""

    # The text
    EMPTY = "formula.empty"
    TOO_LONG = "formula.too_long"
    TOO_MANY_NODES = "formula.too_many_nodes"
    TOO_DEEP = "formula.too_deep"
    TOO_COSTLY = "formula.too_costly"
    BAD_CHARACTER = "formula.bad_character"
    UNCLOSED_TEXT = "formula.unclosed_text"
    UNCLOSED_NAME = "formula.unclosed_name"
    UNCLOSED_BRACKET = "formula.unclosed_bracket"
    EXTRA_BRACKET = "formula.extra_bracket"
    INCOMPLETE = "formula.incomplete"
    MISSING_OPERAND = "formula.missing_operand"
    MISSING_OPERATOR = "formula.missing_operator"
    MISPLACED_COMMA = "formula.misplaced_comma"
    CHAINED_COMPARISON = "formula.chained_comparison"
    NUMBER_OUT_OF_RANGE = "formula.number_out_of_range"
    # Names and types
    UNKNOWN_NAME = "formula.unknown_name"
    UNKNOWN_FUNCTION = "formula.unknown_function"
    FUNCTION_WITHOUT_BRACKETS = "formula.function_without_brackets"
    TOO_FEW_ARGUMENTS = "formula.too_few_arguments"
    TOO_MANY_ARGUMENTS = "formula.too_many_arguments"
    UNPAIRED_ARGUMENTS = "formula.unpaired_arguments"
    WRONG_ARGUMENT = "formula.wrong_argument"
    WRONG_OPERAND = "formula.wrong_operand"
    DIFFERENT_ARGUMENTS = "formula.different_arguments"
    DIFFERENT_OPERANDS = "formula.different_operands"
    NO_ORDER = "formula.no_order"
    NOT_CONSTANT = "formula.not_constant"
    BAD_PLACES = "formula.bad_places"
    BAD_DATE_UNIT = "formula.bad_date_unit"
    BAD_FORMAT = "formula.bad_format"
    BAD_CRITERION = "formula.bad_criterion"
    BAD_DATE = "formula.bad_date"
    NESTED_GROUP = "formula.nested_group"
    WRONG_RESULT = "formula.wrong_result"
    # One row
    MISSING_VALUE = "formula.missing_value"
    WRONG_VALUE = "formula.wrong_value"
    DIVISION_BY_ZERO = "formula.division_by_zero"
    OVERFLOW = "formula.overflow"
    POWER_UNDEFINED = "formula.power_undefined"
    DATES_REVERSED = "formula.dates_reversed"
    NO_BRANCH = "formula.no_branch"
    GROUP_NEEDED = "formula.group_needed"
    GROUP_EMPTY = "formula.group_empty"
    # Lint
    UNREACHABLE = "formula.unreachable"
    ALWAYS_TRUE = "formula.always_true"
    ALWAYS_FALSE = "formula.always_false"
    DUPLICATE_CASE = "formula.duplicate_case"
    THRESHOLDS_NOT_ASCENDING = "formula.thresholds_not_ascending"
    CLAMP_REVERSED = "formula.clamp_reversed"
    DIVIDES_BY_ZERO = "formula.divides_by_zero"
    MAY_DIVIDE_BY_ZERO = "formula.may_divide_by_zero"


_ARGUMENT = ("function", "argument")

PARAMETERS: dict[Code, tuple[str, ...]] = {
    Code.TOO_LONG: ("length", "limit"),
    Code.TOO_MANY_NODES: ("limit",),
    Code.TOO_DEEP: ("limit",),
    Code.TOO_COSTLY: ("limit",),
    Code.BAD_CHARACTER: ("character",),
    Code.MISSING_OPERAND: ("found",),
    Code.MISSING_OPERATOR: ("found",),
    Code.NUMBER_OUT_OF_RANGE: ("number", "digits", "places"),
    Code.UNKNOWN_NAME: ("name",),
    Code.UNKNOWN_FUNCTION: ("name",),
    Code.FUNCTION_WITHOUT_BRACKETS: ("function",),
    Code.TOO_FEW_ARGUMENTS: ("function", "given", "least"),
    Code.TOO_MANY_ARGUMENTS: ("function", "given", "most"),
    Code.UNPAIRED_ARGUMENTS: ("function", "given"),
    Code.WRONG_ARGUMENT: (*_ARGUMENT, "expected", "given"),
    Code.WRONG_OPERAND: ("operator", "expected", "given"),
    Code.DIFFERENT_ARGUMENTS: (*_ARGUMENT, "expected", "given"),
    Code.DIFFERENT_OPERANDS: ("operator", "expected", "given"),
    Code.NO_ORDER: ("operator", "given"),
    Code.NOT_CONSTANT: _ARGUMENT,
    Code.BAD_PLACES: ("function", "least", "most"),
    Code.BAD_DATE_UNIT: ("unit",),
    Code.BAD_FORMAT: ("format",),
    Code.BAD_CRITERION: ("criterion",),
    Code.NESTED_GROUP: ("function",),
    Code.WRONG_RESULT: ("expected", "given"),
    Code.MISSING_VALUE: ("name",),
    Code.WRONG_VALUE: ("name", "expected", "value"),
    Code.OVERFLOW: ("digits",),
    Code.NO_BRANCH: ("function",),
    Code.GROUP_NEEDED: ("function",),
    Code.GROUP_EMPTY: ("function",),
    Code.UNREACHABLE: ("branch", "condition"),
    Code.ALWAYS_TRUE: ("condition",),
    Code.ALWAYS_FALSE: ("condition",),
    Code.DUPLICATE_CASE: ("case",),
    Code.THRESHOLDS_NOT_ASCENDING: ("threshold", "before"),
    Code.CLAMP_REVERSED: ("low", "high"),
    Code.MAY_DIVIDE_BY_ZERO: ("divisor",),
}
"""Parameters each code always carries; a code that is not listed carries none."""

SUGGESTED = frozenset({Code.UNKNOWN_NAME, Code.UNKNOWN_FUNCTION, Code.BAD_CHARACTER})
"""Codes that may carry `suggestion` besides: what the writer probably meant."""


def report(code: Code, *, at: int | None = None, severity: Severity = Severity.ERROR, **params: Any) -> Problem:
    """A problem at character `at` (zero-based, None when it concerns the whole text)."""
    return Problem(code=code.value, params=params, severity=severity, at=at)
