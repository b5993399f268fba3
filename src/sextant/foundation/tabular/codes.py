"""Every problem this package can report. `messages.say` has one sentence for each; a test walks the list."""

from enum import StrEnum


class Code(StrEnum):
    """`tabular.*`. The first group makes a file unreadable, the second a row, the third a cell."""

    MISSING = "tabular.missing"  # path
    EMPTY = "tabular.empty"  # file
    NO_ROWS = "tabular.no_rows"  # file
    BROKEN = "tabular.broken"  # file, kind, detail
    BROKEN_TEXT = "tabular.broken_text"  # file, row, detail
    PROTECTED = "tabular.protected"  # file
    ENCODING = "tabular.encoding"  # file, encoding, row, byte
    UNKNOWN_ENCODING = "tabular.unknown_encoding"  # encoding
    UNKNOWN_SHEET = "tabular.unknown_sheet"  # sheet, sheets
    DUPLICATE_COLUMN = "tabular.duplicate_column"  # column, first, second

    TOO_MANY_CELLS = "tabular.too_many_cells"  # columns, cells, value
    BROKEN_LINE = "tabular.broken_line"  # detail

    BAD_NUMBER = "tabular.bad_number"  # value
    NUMBER_TOO_LARGE = "tabular.number_too_large"  # value
    BAD_DATE = "tabular.bad_date"  # value
    DATE_NOT_DECLARED = "tabular.date_not_declared"  # value, formats
    AMBIGUOUS_DATE = "tabular.ambiguous_date"  # value, one, other
