"""A document as the engine runs it, and the values of an instance as conditions read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sextant.engines.flow import (
    Arm,
    Assignee,
    Flow,
    Limit,
    Node,
    Quorum,
    Span,
    StepKind,
    check,
    lacks,
)
from sextant.engines.formula import Formula, FormulaType, parse
from sextant.engines.values import Outcome, Problem, Severity
from sextant.lowcode.flows.document import (
    ApproveStep,
    ArmDocument,
    AssigneeDocument,
    BranchStep,
    CallStep,
    CopyStep,
    FlowDocument,
    ForkStep,
    FormStep,
    LimitDocument,
    SpanDocument,
    StepDocument,
    SubflowStep,
    WaitStep,
)
from sextant.lowcode.policy.flow_sources import UNWRITTEN

BOOLEAN = FormulaType.BOOLEAN


def read_flow(document: FlowDocument) -> Outcome[Flow]:
    """The flow, or everything wrong with it: conditions that cannot be read, and what the engine's check finds.

    Warnings come along with a flow. Problems of conditions carry the step and the arm in their params.
    """
    names = {one.name: one.type for one in document.fields}
    problems: list[Problem] = []
    nodes = tuple(_node(step, names, problems) for step in document.steps)
    found = (*problems, *check(nodes))
    outcome = Outcome(Flow.of(nodes, names) if nodes else None, found)
    return Outcome(None, found) if outcome.is_error or not nodes else outcome


@dataclass(frozen=True, slots=True)
class Draft:
    """A flow as far as it is written. `faults` are the steps that cannot be done, by code, with what they lack."""

    flow: Flow
    faults: Mapping[str, tuple[Problem, ...]]


def read_draft(document: FlowDocument) -> Draft | None:
    """The flow of a document that may be half written, for a rehearsal; None while it has no step."""
    names = {one.name: one.type for one in document.fields}
    nodes, faults = [], {}
    for step in document.steps:
        problems: list[Problem] = []
        node = _node(step, names, problems)
        found = (*(one for one in problems if one.severity is Severity.ERROR), *lacks(node))
        if found:
            faults[step.code] = found
        nodes.append(node)
    return Draft(Flow.of(tuple(nodes), names), faults) if nodes else None


def values_of(flow: Flow, kept: Mapping[str, object]) -> dict[str, object]:
    """Values of an instance as formulas take them, by the types of the flow's fields. What is not of its type is
    missing, as nothing is."""
    return {name: read_typed(kept.get(name), kind) for name, kind in flow.fields.items()}


def kept_value(value: object) -> object:
    """A value as it is kept in JSON: numbers and days as texts, so that nothing is lost.

    >>> kept_value(Decimal("50000.10")), kept_value(date(2026, 11, 23))
    ('50000.10', '2026-11-23')
    """
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_typed(value: object, kind: FormulaType) -> object:
    """A value as formulas take it; None when it is not of the type."""
    try:
        if kind is FormulaType.NUMBER and isinstance(value, str | int | float) and not isinstance(value, bool):
            number = Decimal(str(value))
            return number if number.is_finite() else None
        if kind is FormulaType.DATE and isinstance(value, str):
            return date.fromisoformat(value)
    except (InvalidOperation, ValueError):
        return None
    wanted = {FormulaType.TEXT: str, FormulaType.BOOLEAN: bool}.get(kind)
    return value if wanted is not None and isinstance(value, wanted) else None


def _node(step: StepDocument, names: Mapping[str, FormulaType], problems: list[Problem]) -> Node:
    arms: tuple[Arm, ...] = ()
    if isinstance(step, BranchStep | ForkStep):
        arms = tuple(_arm(arm, place, step, names, problems) for place, arm in enumerate(step.arms))
    asked = step.assignees if isinstance(step, FormStep | ApproveStep | CopyStep) else ()
    limits = step.limits if isinstance(step, FormStep | ApproveStep) else ()
    is_approval, is_call = isinstance(step, ApproveStep), isinstance(step, CallStep)
    return Node(
        code=step.code,
        kind=StepKind(step.kind),
        name=step.name,
        next=getattr(step, "next", ""),
        arms=arms,
        assignees=tuple(_assignee(one) for one in asked),
        quorum=step.quorum if is_approval else Quorum.ALL,  # type: ignore[union-attr]
        count=step.count if is_approval else 1,  # type: ignore[union-attr]
        limits=tuple(_limit(one) for one in limits),
        form=step.form if isinstance(step, FormStep) else "",
        span=_span(step.span) if isinstance(step, WaitStep) and step.span else None,
        action=step.action if is_call else "",  # type: ignore[union-attr]
        params=step.params if is_call else {},  # type: ignore[union-attr]
        flow=step.flow if isinstance(step, SubflowStep) else "",
    )


def _arm(
    arm: ArmDocument,
    place: int,
    step: BranchStep | ForkStep,
    names: Mapping[str, FormulaType],
    problems: list[Problem],
) -> Arm:
    formula: Formula | None = None
    if isinstance(step, BranchStep) and arm.when.strip():
        read = parse(arm.when, names=names, expects=BOOLEAN)
        at = {"step": step.name or step.code, "arm": arm.name or arm.when, "place": place}
        if arm.when.strip() == UNWRITTEN:
            problems.append(Problem("flow.no_condition", at))
        else:
            problems += [Problem(one.code, {**one.params, **at}, one.severity, one.at) for one in read.problems]
        # what cannot be read stands as a way of its own, not as 其他情况
        formula = read.value or parse("FALSE", names={}).value
    return Arm(arm.next, formula, arm.name or arm.when)


def _assignee(written: AssigneeDocument) -> Assignee:
    return Assignee(written.source, dict(written.params))


def _limit(written: LimitDocument) -> Limit:
    return Limit(
        written.code, _span(written.after), written.do, tuple(_assignee(one) for one in written.to), written.flow
    )


def _span(written: SpanDocument) -> Span:
    return Span(written.amount, written.unit)
