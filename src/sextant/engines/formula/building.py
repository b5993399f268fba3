"""Turns what the grammar recognises into `syntax` trees, while the parser runs (so nothing here recurses)."""

from decimal import Decimal

from lark import Token, Transformer, v_args

from sextant.engines.formula.codes import Code
from sextant.engines.formula.numbers import DIGITS, PLACES, fits
from sextant.engines.formula.syntax import Branch, Leaf, LeafKind, LimitExceeded, Syntax, branch, chain

TRUTHS = {"TRUE": True, "FALSE": False, "真": True, "假": False}
COMPARISONS = {"≤": "<=", "≥": ">=", "≠": "<>", "!=": "<>", "==": "="}


class NumberTooLong(LimitExceeded):
    """A number with more digits than a formula keeps."""

    def __init__(self, token: Token) -> None:
        super().__init__(Code.NUMBER_OUT_OF_RANGE, _at(token), DIGITS - PLACES)
        self.number = str(token)


@v_args(inline=True)
class Builder(Transformer[Token, Syntax]):
    """One method per rule of `grammar.lark`."""

    def number(self, token: Token) -> Leaf:
        value = Decimal(token)
        if not fits(value):
            raise NumberTooLong(token)
        return Leaf(_at(token), LeafKind.NUMBER, value)

    def text(self, token: Token) -> Leaf:
        inside = token[1:-1]
        return Leaf(_at(token), LeafKind.TEXT, inside.replace('""', '"') if token[0] == '"' else inside)

    def bracketed(self, token: Token) -> Leaf:
        return Leaf(_at(token), LeafKind.NAME, token[1:-1].strip())

    def name(self, token: Token) -> Leaf:
        truth = TRUTHS.get(token.upper())
        if truth is not None:
            return Leaf(_at(token), LeafKind.BOOLEAN, truth)
        return Leaf(_at(token), LeafKind.BARE, str(token))

    def compare(self, left: Syntax, sign: Token, right: Syntax) -> Branch:
        return branch(COMPARISONS.get(sign, str(sign)), at=_at(sign), parts=(left, right))

    def join(self, left: Syntax, sign: Token, right: Syntax) -> Branch:
        return chain("&", at=_at(sign), left=left, right=right)

    def add(self, left: Syntax, sign: Token, right: Syntax) -> Branch:
        added = right if sign == "+" else branch("-", at=_at(sign), parts=(right,))
        return chain("+", at=_at(sign), left=left, right=added)

    def multiply(self, left: Syntax, sign: Token, right: Syntax) -> Branch:
        return branch(str(sign), at=_at(sign), parts=(left, right))

    def raise_to(self, left: Syntax, sign: Token, right: Syntax) -> Branch:
        return branch("^", at=_at(sign), parts=(left, right))

    def sign(self, sign: Token, operand: Syntax) -> Syntax:
        return operand if sign == "+" else branch("-", at=_at(sign), parts=(operand,))

    def percent(self, operand: Syntax, sign: Token) -> Branch:
        return branch("%", at=_at(sign), parts=(operand,))

    def call(self, name: Token, *arguments: Syntax | None) -> Branch:
        given = tuple(argument for argument in arguments if argument is not None)
        return branch(str(name), at=_at(name), parts=given, is_operator=False)


def _at(token: Token) -> int:
    return token.start_pos or 0
