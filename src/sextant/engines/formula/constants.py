"""Parts of a formula that do not depend on the row."""

from sextant.engines.formula.evaluation import Frame, compile_node
from sextant.engines.formula.functions import TABLE, Style
from sextant.engines.formula.nodes import Call, Literal, Node, walk
from sextant.engines.formula.types import Value


def is_constant(node: Node) -> bool:
    """Whether the node has the same value in every row: no name in it, and nothing over a group."""
    return all(
        isinstance(each, Literal) or (isinstance(each, Call) and TABLE[each.function].style is not Style.GROUP)
        for each in walk(node)
    )


def constant_of(node: Node) -> Value | None:
    """The value of a constant node; None when it is not constant, or is constantly missing (1 / 0)."""
    if isinstance(node, Literal):
        return node.value
    return compile_node(node)(Frame(row={}, problems=[])) if is_constant(node) else None
