"""Flows in short: a line a step, `code kind next` or `code kind condition:next …` with * for 其他情况."""

from sextant.engines.flow import Arm, Assignee, Flow, Node, Span, StepKind, Unit
from sextant.engines.formula import parse
from sextant.engines.formula.types import NUMBER

FIELDS = {"金额": NUMBER}
ASKED = (Assignee("people.line_manager"),)


def nodes_of(lines):
    return tuple(_node(*line.split()) for line in lines)


def flow_of(lines):
    return Flow.of(nodes_of(lines), FIELDS)


def _node(code, kind, *ways):
    return Node(
        code,
        StepKind(kind),
        assignees=ASKED if kind in {"form", "approve", "copy"} else (),
        span=Span(1, Unit.HOUR) if kind == "wait" else None,
        action="goals.close" if kind == "call" else "",
        flow="other" if kind == "subflow" else "",
        next=ways[0] if ways and kind not in {"branch", "fork"} else "",
        arms=tuple(_arm(way) for way in ways) if kind in {"branch", "fork"} else (),
    )


def _arm(way):
    condition, _, code = way.rpartition(":")
    return Arm(code, parse(condition, names=FIELDS).value if condition not in {"", "*"} else None)


def open_nodes(state):
    """Where the instance is: what waits at steps, what waits at joins (x), what is stuck x!."""
    marks = {"open": "{}", "joined": "({})", "stuck": "{}!"}
    return sorted(marks[token.standing].format(token.node) for token in state.tokens)
