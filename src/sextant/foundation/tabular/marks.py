"""Cells of files that leave and come back: text that a spreadsheet would take for a formula is marked, and the mark is
taken off again."""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def harmless(text: str) -> str:
    """`text` as a cell no spreadsheet runs: what begins like a formula gets an apostrophe. Any text comes back by
    `unmarked` as it was. Source: OWASP, CSV injection.

    >>> harmless("=1+1"), harmless("回款"), harmless("'=x")
    ("'=1+1", '回款', "''=x")
    """
    return f"'{text}" if _RISKY.match(text) else text


def unmarked(text: str) -> str:
    """The text behind a cell that `harmless` wrote; any other as it is.

    >>> unmarked("'=1+1"), unmarked("'s-Hertogenbosch"), unmarked("''=x")
    ('=1+1', "'s-Hertogenbosch", "'=x")
    """
    return text[1:] if _MARKED.match(text) else text
