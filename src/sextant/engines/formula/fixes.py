"""Where a problem lies in the text, and the change that mends it where there is only one. Positions are characters
(code points), as in every problem of this engine."""

import re
from dataclasses import dataclass

from sextant.engines.formula.codes import Code
from sextant.engines.formula.width import half_width
from sextant.engines.values import Problem

_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\d[\d.]*%?")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Fix:
    """Put `text` in place of the characters `[from_at, until_at)`."""

    from_at: int
    until_at: int
    text: str

    def apply(self, formula: str) -> str:
        """The formula after the change."""
        return formula[: self.from_at] + self.text + formula[self.until_at :]


def span_of(text: str, problem: Problem) -> tuple[int, int] | None:
    """The characters a problem speaks of: the name, word, number or sign that begins at its position. None where it
    speaks of the whole text; an empty span at the end where something is missing there.

    >>> span_of("1 + [挑战率] * 2", Problem("formula.unknown_name", {"name": "挑战率"}, at=4))
    (4, 9)
    """
    if problem.at is None:
        return None
    clean, start = half_width(text), problem.at
    if start >= len(clean):
        return len(text), len(text)
    if clean[start] == "[":
        end = clean.find("]", start)
        return start, (len(text) if end < 0 else end + 1)
    if clean[start] == '"':
        end = clean.find('"', start + 1)
        return start, (len(text) if end < 0 else end + 1)
    found = _WORD.match(clean, start) or _NUMBER.match(clean, start)
    return start, found.end() if found else start + 1


def fix_of(text: str, problem: Problem) -> Fix | None:
    """The change that mends a problem: a name or function that was probably meant, a sign in its usual form, a bracket
    that is missing at the end. None where the writer has to decide.

    >>> problem = Problem("formula.unknown_function", {"name": "四舍五人", "suggestion": "四舍五入"}, at=0)
    >>> fix_of("四舍五人(1.5)", problem).apply("四舍五人(1.5)")
    '四舍五入(1.5)'
    """
    span = span_of(text, problem)
    if span is None:
        return None
    start, end = span
    meant = problem.params.get("suggestion")
    match problem.code:
        case Code.UNKNOWN_NAME if meant:
            is_plain = half_width(text)[start] != "[" and _PLAIN_NAME.fullmatch(str(meant))
            return Fix(start, end, str(meant) if is_plain else f"[{meant}]")
        case Code.UNKNOWN_FUNCTION if meant:
            return Fix(start, end, str(meant))
        case Code.BAD_CHARACTER if meant:
            return Fix(start, start + 1, str(meant))
        case Code.UNCLOSED_BRACKET:
            return Fix(len(text), len(text), ")")
        case Code.EXTRA_BRACKET:
            return Fix(start, start + 1, "")
        case Code.FUNCTION_WITHOUT_BRACKETS:
            return Fix(end, end, "()")
        case _:
            return None
