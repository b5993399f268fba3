"""How large a document may be, asked before anything else is done with it."""

import json
import re
from collections.abc import Mapping

from sextant.engines.values import Problem

BYTES = 500_000
"""A form of 300 fields has about 120,000."""
DEPTH = 40
"""Nested groups of a form with their conditions reach 12."""
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""A character that no PostgreSQL text can hold, as JSON writes it."""


def check_size(document: object) -> tuple[Problem, ...]:
    """Whether a document is an object, and small and flat enough to be kept; () when it is.

    Codes: definition.not_an_object, definition.too_deep (limit), definition.not_plain, definition.too_large (bytes,
    limit).

    >>> check_size([1])[0].code
    'definition.not_an_object'
    """
    if not isinstance(document, Mapping):
        return (Problem("definition.not_an_object"),)
    if _is_deeper(document, DEPTH):
        return (Problem("definition.too_deep", {"limit": DEPTH}),)
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        written = len(text.encode())
    except (TypeError, ValueError):
        return (Problem("definition.not_plain"),)
    if _NUL.search(text):
        return (Problem("definition.not_plain"),)
    if written > BYTES:
        return (Problem("definition.too_large", {"bytes": written, "limit": BYTES}),)
    return ()


def _is_deeper(document: object, limit: int) -> bool:
    """Level by level, because a hostile document is deeper than the stack."""
    level = [document]
    for _ in range(limit):
        level = [
            part
            for one in level
            if isinstance(one, Mapping | list)
            for part in (one.values() if isinstance(one, Mapping) else one)
        ]
        if not level:
            return False
    return True
