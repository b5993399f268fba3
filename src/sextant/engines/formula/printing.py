"""A typed tree as text: half-width signs, English names, spaces around operators. Parsing it gives the same tree."""

from decimal import Decimal

from sextant.engines.formula.functions import TABLE
from sextant.engines.formula.nodes import Call, Literal, Node, Reference
from sextant.engines.formula.numbers import number_text

_COMPARISON, _JOIN, _SUM, _PRODUCT, _POWER, _SIGN, _PERCENT, _ATOM = range(8)
_LEVELS = {"&": _JOIN, "+": _SUM, "*": _PRODUCT, "/": _PRODUCT, "^": _POWER, "-": _SIGN, "%": _PERCENT}


def print_node(node: Node) -> str:
    """The canonical text of a tree."""
    if isinstance(node, Reference):
        return f"[{node.name}]"
    if isinstance(node, Literal):
        return _literal(node)
    if not TABLE[node.function].is_operator:
        return f"{node.function}({', '.join(map(print_node, node.args))})"
    if node.function == "+":
        return _sum(node)
    return _operator(node)


def _literal(node: Literal) -> str:
    if isinstance(node.value, bool):
        return "TRUE" if node.value else "FALSE"
    if isinstance(node.value, Decimal):
        return number_text(node.value)
    words = str(node.value)
    return '"' + words.replace('"', '""') + '"'


def _operator(node: Call) -> str:
    level = _level(node)
    if node.function == "-":
        return "-" + _within(node.args[0], level)
    if node.function == "%":
        return _within(node.args[0], level) + "%"
    first, *others = node.args
    # A comparison takes no other comparison beside it; the rest group to the left.
    written = [_within(first, level + 1 if level == _COMPARISON else level)]
    written += [_within(other, level + 1) for other in others]
    return f" {node.function} ".join(written)


def _sum(node: Call) -> str:
    first, *others = node.args
    written = _within(first, _SUM)
    for other in others:
        if isinstance(other, Call) and other.function == "-":
            written += " - " + _within(other.args[0], _PRODUCT)
        else:
            written += " + " + _within(other, _PRODUCT)
    return written


def _within(node: Node, level: int) -> str:
    text = print_node(node)
    return text if _level(node) >= level else f"({text})"


def _level(node: Node) -> int:
    if isinstance(node, Call) and TABLE[node.function].is_operator:
        return _LEVELS.get(node.function, _COMPARISON)
    return _ATOM
