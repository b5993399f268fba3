"""Cells that no spreadsheet takes for a formula."""

_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(cell: object) -> object:
    """A cell of a file people open in a spreadsheet. A text that would be computed there gets an apostrophe before it;
    numbers stay numbers, nothing becomes an empty cell.

    >>> plain_cell("=HYPERLINK(1)"), plain_cell(-3), plain_cell(None)
    ("'=HYPERLINK(1)", -3, '')
    """
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS) else cell
