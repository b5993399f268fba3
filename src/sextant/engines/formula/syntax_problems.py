"""Says what is wrong where the parser stopped."""

from lark import Token, UnexpectedCharacters, UnexpectedToken

from sextant.engines.formula import limits
from sextant.engines.formula.brackets import open_brackets
from sextant.engines.formula.codes import Code, report
from sextant.engines.values import Problem

_LOOKALIKES = {"‘": '"', "’": '"', "'": '"', "「": '"', "」": '"', "《": "<", "》": ">", "{": "(", "}": ")", "—": "-"}
_OPERANDS = {"NUMBER", "QUOTED", "BRACKETED", "NAME", "LPAR"}


def explain(stop: UnexpectedCharacters | UnexpectedToken, *, text: str) -> Problem:
    """The problem behind an error of the parser, at its character."""
    if isinstance(stop, UnexpectedCharacters):
        return _character(text, stop.pos_in_stream or 0)
    token = stop.token
    at = len(text) if token.type == "$END" else (token.start_pos or 0)
    # After a complete operand the grammar never accepts the start of another one.
    complete = not (_OPERANDS & set(stop.accepts or stop.expected))
    if token.type == "$END":
        return _ending(text, complete=complete)
    return _token(token, at=at, complete=complete, is_open=bool(open_brackets(text[:at])))


def _character(text: str, at: int) -> Problem:
    character = text[at]
    if character in '"“”':
        return report(Code.UNCLOSED_TEXT, at=at)
    if character == "[":
        return report(Code.UNCLOSED_NAME, at=at)
    if character in _LOOKALIKES:
        return report(Code.BAD_CHARACTER, at=at, character=character, suggestion=_LOOKALIKES[character])
    return report(Code.BAD_CHARACTER, at=at, character=character)


def _ending(text: str, *, complete: bool) -> Problem:
    """The text ended too early: in the middle of an operation, or inside a bracket."""
    brackets = open_brackets(text)
    if complete and brackets:
        return report(Code.UNCLOSED_BRACKET, at=brackets[-1])
    return report(Code.INCOMPLETE, at=len(text))


def _token(token: Token, *, at: int, complete: bool, is_open: bool) -> Problem:
    found = str(token)[: limits.EXCERPT]
    if not complete:
        if token.type == "RPAR" and not is_open:
            return report(Code.EXTRA_BRACKET, at=at)
        return report(Code.MISSING_OPERAND, at=at, found=found)
    if token.type == "RPAR":
        return report(Code.EXTRA_BRACKET, at=at)
    if token.type == "COMPARE":
        return report(Code.CHAINED_COMPARISON, at=at)
    if token.type == "_COMMA":
        return report(Code.MISPLACED_COMMA, at=at)
    return report(Code.MISSING_OPERATOR, at=at, found=found)
