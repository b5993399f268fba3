"""How much work a formula is for the database's planner: see `limits.WEIGHT`."""

from sextant.engines.formula.functions import TABLE
from sextant.engines.formula.functions.function import ONCE_PER_REPEAT
from sextant.engines.formula.nodes import Call, Node


def weight(node: Node) -> int:
    """Nodes of the written SQL: one for the node itself, and each argument as often as it is planned.

    Doubles with every condition inside a condition, and grows linearly with everything else.
    """
    if not isinstance(node, Call):
        return 1
    shape = TABLE[node.function].shape
    parameters = shape.spread(len(node.args)) or ()
    repeats = (len(node.args) - len(shape.head)) // max(len(shape.repeat), 1) + 1
    total = 1
    for parameter, arg in zip(parameters, node.args, strict=True):
        copies = repeats if parameter.copies == ONCE_PER_REPEAT else parameter.copies
        total += copies * weight(arg)
    return total
