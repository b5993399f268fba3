"""Every code this engine can emit. Sentences are made in `sextant.lowcode.messages.forms`; a test walks both."""

from enum import StrEnum


class Code(StrEnum):
    """What is wrong with a form (first block), or with an answer to it (second)."""

    EMPTY = "form.empty"
    NAME_TAKEN = "form.name_taken"
    LABEL_MISSING = "form.label_missing"
    LABEL_TAKEN = "form.label_taken"
    OPTIONS_FEW = "form.options_few"
    OPTION_TAKEN = "form.option_taken"
    BOUNDS_CROSSED = "form.bounds_crossed"
    COLUMNS_MISSING = "form.columns_missing"
    COLUMN_KIND = "form.column_kind"
    FORMULA = "form.formula"
    FORMULA_CIRCLE = "form.formula_circle"
    FORMULA_REVEALS = "form.formula_reveals"
    NEVER_ANSWERED = "form.never_answered"

    UNKNOWN_FIELD = "answer.unknown_field"
    NOT_YOURS = "answer.not_yours"
    MISSING = "answer.missing"
    NOT_A_NUMBER = "answer.not_a_number"
    PLACES = "answer.places"
    BELOW = "answer.below"
    ABOVE = "answer.above"
    TOO_LONG = "answer.too_long"
    NOT_A_DATE = "answer.not_a_date"
    PERIOD_CROSSED = "answer.period_crossed"
    NO_SUCH_OPTION = "answer.no_such_option"
    NOT_A_CHOICE = "answer.not_a_choice"
    FEW_ROWS = "answer.few_rows"
    MANY_ROWS = "answer.many_rows"
    SHAPE = "answer.shape"
    FORMULA_FAILED = "answer.formula_failed"
