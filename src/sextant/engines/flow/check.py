"""Whether a definition can run: every fault is found before it is published, and told with the step it is at."""

from collections import Counter
from collections.abc import Iterator

from sextant.engines.flow.codes import Code, problem, warning
from sextant.engines.flow.model import PERSONAL, WAITING, Flow, Node, Quorum, Span, StepKind, Unit
from sextant.engines.values import Problem

_MINUTES = {Unit.MINUTE: 1, Unit.HOUR: 60, Unit.WORKDAY: 1440}
Stack = tuple[str, ...]


def check(nodes: tuple[Node, ...]) -> tuple[Problem, ...]:
    """Everything wrong with a definition, in the order of its steps; empty when it can be published but for warnings.

    >>> [one.code for one in check((Node("a", StepKind.WAIT, next="a", span=Span(1, Unit.HOUR)),))]
    ['flow.no_end']
    """
    if not nodes:
        return (problem(Code.NO_STEPS),)
    twice = [code for code, number in Counter(node.code for node in nodes).items() if number > 1]
    if twice:
        return tuple(problem(Code.CODE_TWICE, step=code) for code in twice)
    flow = Flow.of(nodes)
    single = [found for node in nodes for found in _check_node(node)]
    leading = [found for node in nodes for found in _check_ways(node, flow)]
    if leading:
        return (*single, *leading)
    return (*single, *_check_graph(flow))


def depths(flow: Flow) -> dict[str, int]:
    """In how many forks each reachable step of a sound flow stands."""
    return {code: len(stack) for code, stack in _walk(flow)[0].items()}


def lacks(node: Node) -> tuple[Problem, ...]:
    """What the step itself lacks to do its work, whatever stands around it; empty when it can be done.

    >>> [one.code for one in lacks(Node("ask", StepKind.APPROVE, next="z"))]
    ['flow.no_assignee']
    """
    said = {"step": node.name or node.code}
    needed = {
        StepKind.APPROVE: (node.assignees, Code.NO_ASSIGNEE),
        StepKind.FORM: (node.assignees, Code.NO_ASSIGNEE),
        StepKind.COPY: (node.assignees, Code.NO_ASSIGNEE),
        StepKind.WAIT: (node.span, Code.NO_SPAN),
        StepKind.CALL: (node.action, Code.NO_ACTION),
        StepKind.SUBFLOW: (node.flow, Code.NO_FLOW),
    }
    value, code = needed.get(node.kind, (True, Code.NO_STEPS))
    found = [] if value else [problem(code, **said)]
    if node.quorum is Quorum.COUNT and node.count < 1:
        found.append(problem(Code.BAD_COUNT, **said))
    if node.span is not None and node.span.amount < 1:
        found.append(problem(Code.BAD_SPAN, **said))
    return tuple(found)


def _check_node(node: Node) -> Iterator[Problem]:
    """What can be said of a step without its neighbours."""
    said = {"step": node.name or node.code}
    yield from lacks(node)
    if any(limit.after.amount < 1 for limit in node.limits):
        yield problem(Code.BAD_SPAN, **said)
    yield from _check_limits(node, said)
    yield from _check_arms(node, said)


def _check_limits(node: Node, said: dict[str, str]) -> Iterator[Problem]:
    codes = Counter(limit.code for limit in node.limits)
    yield from (problem(Code.LIMIT_TWICE, limit=code, **said) for code, number in codes.items() if number > 1)
    lengths = [_minutes(limit.after) for limit in node.limits]
    if lengths != sorted(lengths):
        yield warning(Code.LIMITS_NOT_RISING, **said)
    if node.kind in PERSONAL and not node.limits:
        yield warning(Code.NO_LIMIT, **said)
    if any(not limit.flow for limit in node.limits if limit.reaction == "start"):
        yield problem(Code.NO_FLOW, **said)
    if any(not limit.to for limit in node.limits if limit.reaction == "escalate"):
        yield problem(Code.NO_ASSIGNEE, **said)


def _check_arms(node: Node, said: dict[str, str]) -> Iterator[Problem]:
    if node.kind is StepKind.FORK and len(node.arms) < 2:
        yield problem(Code.FEW_ARMS, **said)
    if node.kind is StepKind.BRANCH:
        defaults = [place for place, arm in enumerate(node.arms) if arm.condition is None]
        if not defaults:
            yield problem(Code.NO_DEFAULT, **said)
        elif defaults != [len(node.arms) - 1]:
            yield problem(Code.DEFAULT_NOT_LAST, **said)


def _check_ways(node: Node, flow: Flow) -> Iterator[Problem]:
    """Whether every way leads to a step there is."""
    said = {"step": node.name or node.code}
    for code in node.ways if node.kind is not StepKind.END else ():
        if not code:
            yield problem(Code.NOWHERE, **said)
        elif code not in flow.nodes:
            yield problem(Code.UNKNOWN_NEXT, next=code, **said)


def _check_graph(flow: Flow) -> tuple[Problem, ...]:
    """What only shows when all ways are walked."""
    stacks, found = _walk(flow)
    found += [problem(Code.UNREACHABLE, step=_name(flow, code)) for code in flow.nodes if code not in stacks]
    leaving = _lead_to_end(flow)
    if not leaving & set(stacks):
        return (*found, problem(Code.NO_END))
    found += [problem(Code.NO_WAY_OUT, step=_name(flow, code)) for code in stacks if code not in leaving]
    circle = _circle_without_waiting(flow)
    if circle:
        found.append(problem(Code.RUNS_IN_CIRCLES, steps=[_name(flow, code) for code in circle]))
    return tuple(found)


def _walk(flow: Flow) -> tuple[dict[str, Stack], list[Problem]]:
    """The forks each reachable step stands in, and where that is not one and the same on every way."""
    stacks: dict[str, Stack] = {}
    joins: dict[str, str] = {}
    found: dict[tuple[str, str], Problem] = {}
    queue: list[tuple[str, Stack]] = [(flow.first, ())]
    while queue:
        code, stack = queue.pop()
        node = flow.nodes[code]
        if code in stacks:
            if stacks[code] != stack:
                found[Code.CROSSES_ARMS, code] = problem(Code.CROSSES_ARMS, step=_name(flow, code))
            continue
        stacks[code] = stack
        if node.kind is StepKind.JOIN and not stack:
            found[Code.JOIN_WITHOUT_FORK, code] = problem(Code.JOIN_WITHOUT_FORK, step=_name(flow, code))
        elif node.kind is StepKind.JOIN:
            if joins.setdefault(stack[-1], code) != code:
                found[Code.JOINS_APART, stack[-1]] = problem(Code.JOINS_APART, step=_name(flow, stack[-1]))
            stack = stack[:-1]
        elif node.kind is StepKind.FORK:
            stack = (*stack, code)
        queue += [(way, stack) for way in (node.ways if node.kind is not StepKind.END else ())]
    return stacks, list(found.values())


def _lead_to_end(flow: Flow) -> set[str]:
    """Steps from which some way leads to an end."""
    leaving = {node.code for node in flow.nodes.values() if node.kind is StepKind.END}
    while True:
        more = {node.code for node in flow.nodes.values() if node.code not in leaving and leaving & set(node.ways)}
        if not more:
            return leaving
        leaving |= more


def _circle_without_waiting(flow: Flow) -> tuple[str, ...]:
    """Steps of a circle in which nobody acts and nothing is waited for; empty when there is none."""
    passing = {code: node for code, node in flow.nodes.items() if node.kind not in WAITING}
    done: set[str] = set()
    for root in passing:
        path: list[str] = []
        todo: list[tuple[str, bool]] = [(root, False)]
        while todo:
            code, is_left = todo.pop()
            if is_left:
                done.add(path.pop())
            elif code in path:
                return tuple(path[path.index(code) :])
            elif code in passing and code not in done:
                path.append(code)
                todo.append((code, True))
                todo += [(way, False) for way in passing[code].ways if way]
    return ()


def _minutes(span: Span) -> int:
    return span.amount * _MINUTES[span.unit]


def _name(flow: Flow, code: str) -> str:
    return flow.nodes[code].name or code
