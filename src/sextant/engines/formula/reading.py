"""Text to `syntax` tree. Every way in which it can fail is a problem with a position; nothing is raised."""

import re
from functools import cache

from lark import Lark, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from sextant.engines.formula import limits
from sextant.engines.formula.brackets import too_deep_at
from sextant.engines.formula.building import Builder, NumberTooLong
from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.numbers import PLACES
from sextant.engines.formula.syntax import LimitExceeded, Syntax
from sextant.engines.formula.syntax_problems import explain
from sextant.engines.formula.width import half_width
from sextant.engines.values import Outcome

# Also inside quotes: a database cuts its texts, or its statements, at some of them.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@cache
def _parser() -> Lark:
    return Lark.open_from_package(__name__, "grammar.lark", parser="lalr", transformer=Builder())


def read(text: str) -> Outcome[Syntax]:
    """The tree of `text`, or one problem saying where it stops making sense.

    A leading `=` is allowed; an empty text is a problem. Codes: the first block of `Code`.
    """
    if len(text) > limits.CHARACTERS:
        return Outcome(None, (report(Code.TOO_LONG, length=len(text), limit=limits.CHARACTERS),))
    clean = _without_lead(half_width(text))
    if not clean.strip():
        return Outcome(None, (report(Code.EMPTY),))
    if unprintable := _CONTROL.search(text):
        shown = f"U+{ord(unprintable[0]):04X}"
        return Outcome(None, (report(Code.BAD_CHARACTER, at=unprintable.start(), character=shown),))
    if (at := too_deep_at(clean, limit=limits.DEPTH)) is not None:
        return Outcome(None, (report(Code.TOO_DEEP, at=at, limit=limits.DEPTH),))
    try:
        return Outcome(_parser().parse(clean))  # type: ignore[arg-type]  # the transformer makes Syntax of the Tree
    except NumberTooLong as stop:
        number = stop.number[: limits.EXCERPT]
        return Outcome(None, (report(stop.code, at=stop.at, number=number, digits=stop.limit, places=PLACES),))
    except LimitExceeded as stop:
        return Outcome(None, (report(stop.code, at=stop.at, limit=stop.limit),))
    except (UnexpectedCharacters, UnexpectedToken) as stop:
        return Outcome(None, (explain(stop, text=clean),))
    except UnexpectedInput:
        return Outcome(None, (report(Code.INCOMPLETE, at=len(clean)),))


def _without_lead(text: str) -> str:
    """`text` with a leading `=` blanked, so that positions stay."""
    start = len(text) - len(text.lstrip())
    return text[:start] + " " + text[start + 1 :] if text[start : start + 1] == "=" else text
