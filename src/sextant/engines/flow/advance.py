"""The token engine: a definition, where an instance stands and what happened in; what to do about it out.

A fork makes one token of each arm. A token that comes to the join waits there until no other token of the same passage
is still under way; an arm that ends early is not waited for. So independent arms may finish in any order.
"""

from collections import defaultdict, deque
from collections.abc import Mapping

from sextant.engines.flow.codes import Code, LineCode, problem
from sextant.engines.flow.model import Arm, Flow, Node, StepKind
from sextant.engines.flow.state import (
    Closed,
    Ending,
    Frame,
    Line,
    Moves,
    Opened,
    Passed,
    Scope,
    Standing,
    State,
    Token,
    holds,
)
from sextant.engines.values import Problem

MOST_PASSED = 500
"""Steps one event may pass without anybody acting. More is a circle that the check did not see."""


def start(flow: Flow, values: Mapping[str, object]) -> Moves:
    """The first moves of a new instance. `values` are the fields conditions read, by name.

    >>> flow = Flow.of((Node("ask", StepKind.APPROVE, next="z"), Node("z", StepKind.END)))
    >>> [one.token.node for one in start(flow, {}).opened]
    ['ask']
    """
    run = _Run(flow, State(), values)
    run.enter(flow.first, ())
    return run.moves()


def complete(flow: Flow, state: State, serial: int, values: Mapping[str, object]) -> Moves:
    """What follows when the step of that serial is done. KeyError when no open token has it.

    >>> flow = Flow.of((Node("ask", StepKind.APPROVE, next="z"), Node("z", StepKind.END)))
    >>> complete(flow, start(flow, {}).state, 1, {}).has_ended
    True
    """
    run = _Run(flow, state, values)
    token = run.take(serial, Ending.DONE)
    node = flow.nodes.get(token.node)
    if node is None:
        run.stick(token.node, token.scope, problem(Code.GONE, step=token.node))
    else:
        run.enter(node.next, token.scope)
    return run.moves()


def go_back(flow: Flow, state: State, serial: int, to: Token, values: Mapping[str, object]) -> Moves:
    """Return from the step of that serial to an earlier one (see `earlier`). Whatever else runs in the arms that the
    earlier step stood before is void: it will be done again. KeyError when no open token has the serial."""
    run = _Run(flow, state, values)
    run.take(serial, Ending.RETURNED)
    for token in state.tokens:
        if token.serial != serial and holds(to.scope, token.scope):
            run.take(token.serial, Ending.VOID)
    run.enter(to.node, to.scope)
    return run.moves()


def fail(flow: Flow, state: State, serial: int, why: Problem) -> Moves:
    """What the step was to do cannot be done: its token stays there, visibly stuck, until `resume`."""
    run = _Run(flow, state, {})
    token = run.take(serial, Ending.VOID)
    run.stick(token.node, token.scope, why)
    return run.moves()


def resume(flow: Flow, state: State, serial: int, values: Mapping[str, object]) -> Moves:
    """Try the step again at which a token got stuck, with values that were repaired."""
    run = _Run(flow, state, values)
    token = run.take(serial, Ending.VOID)
    run.enter(token.node, token.scope)
    return run.moves()


def abandon(state: State) -> Moves:
    """Every token ends: the flow was withdrawn."""
    closed = tuple(Closed(token.serial, Ending.VOID) for token in state.tokens)
    return Moves(State((), state.serials, state.forks), closed=closed)


def earlier(visits: tuple[Token, ...], scope: Scope) -> tuple[Token, ...]:
    """The steps among `visits` (oldest first) to which a token in `scope` may return: those outside every arm it is not
    in. Of a step visited twice the last visit counts."""
    last = {visit.node: visit for visit in visits if holds(visit.scope, scope)}
    return tuple(last.values())


class _Run:
    """One event. Tokens that live are changed in place; everything that happens is noted down."""

    def __init__(self, flow: Flow, state: State, values: Mapping[str, object]) -> None:
        self.flow, self.values = flow, values
        self.live = {token.serial: token for token in state.tokens}
        self.serials, self.forks = state.serials, state.forks
        self.opened: dict[int, Opened] = {}
        self.closed: list[Closed] = []
        self.lines: list[Line] = []
        self.path: list[Passed] = []

    def take(self, serial: int, ending: Ending) -> Token:
        """Remove a living token from its step."""
        token = self.live.pop(serial)
        if serial in self.opened:
            self.opened[serial] = Opened(token, ending)
        else:
            self.closed.append(Closed(serial, ending))
        return token

    def enter(self, code: str, scope: Scope) -> None:
        """Go on at a step, and on from there until every token waits, then let arms meet that are complete."""
        queue: deque[tuple[str, Scope]] = deque([(code, scope)])
        while queue:
            while queue:
                code, scope = queue.popleft()
                serials, place = self.serials, len(self.path)
                self.path.append(Passed(code))
                queue.extend(self._arrive(code, scope))
                if self.serials > serials:
                    self.path[place] = Passed(code, self.serials)
            queue.extend(self._meet())

    def stick(self, code: str, scope: Scope, why: Problem) -> None:
        """A token that cannot go on stays visible at its step, with the reason."""
        self._open(code, scope, Standing.STUCK, why)

    def moves(self) -> Moves:
        """Everything that happened."""
        if not self.live:
            self.lines.append(Line(LineCode.ENDED, ""))
        state = State(tuple(self.live.values()), self.serials, self.forks)
        return Moves(state, tuple(self.opened.values()), tuple(self.closed), tuple(self.lines), tuple(self.path))

    def _arrive(self, code: str, scope: Scope) -> list[tuple[str, Scope]]:
        """Where a token that comes to a step goes next at once; nowhere when it stays."""
        node = self.flow.nodes.get(code)
        if node is None or len(self.path) > MOST_PASSED:
            self.stick(code, scope, problem(Code.GONE if node is None else Code.RUNAWAY, step=code))
            return []
        if node.kind is StepKind.END:
            return []
        if node.kind is StepKind.BRANCH:
            return self._branch(node, scope)
        if node.kind is StepKind.FORK:
            return self._fork(node, scope)
        if node.kind is StepKind.JOIN and scope:
            self._open(code, scope, Standing.JOINED)
            return []
        if node.kind is StepKind.JOIN:
            return [(node.next, scope)]
        token = self._open(code, scope, Standing.OPEN)
        if node.kind is StepKind.COPY:
            self.take(token.serial, Ending.DONE)
            return [(node.next, scope)]
        return []

    def _branch(self, node: Node, scope: Scope) -> list[tuple[str, Scope]]:
        for position, arm in enumerate(node.arms, start=1):
            answer, why = self._holds(node, arm, position)
            if why is not None:
                self.stick(node.code, scope, why)
                return []
            if answer:
                self.lines.append(Line(LineCode.BRANCH, node.code, {"arm": arm.name or position}))
                return [(arm.next, scope)]
        self.stick(node.code, scope, problem(Code.NO_BRANCH, step=node.code))
        return []

    def _holds(self, node: Node, arm: Arm, position: int) -> tuple[bool, Problem | None]:
        """Whether the way is open, or why that cannot be said: a missing value is neither yes nor no."""
        if arm.condition is None:
            return True, None
        outcome = arm.condition.evaluate(self.values)
        if outcome.value is not None:
            return outcome.value is True, None
        missing = sorted({str(one.params["name"]) for one in outcome.problems if "name" in one.params})
        first = outcome.problems[0].code if outcome.problems else ""
        return False, problem(
            Code.CONDITION, step=node.code, arm=arm.name or str(position), reason=first, names=missing
        )

    def _fork(self, node: Node, scope: Scope) -> list[tuple[str, Scope]]:
        self.forks += 1
        self.lines.append(Line(LineCode.FORKED, node.code))
        return [(arm.next, (*scope, Frame(self.forks, place))) for place, arm in enumerate(node.arms)]

    def _meet(self) -> list[tuple[str, Scope]]:
        """Tokens that wait at a join go on as one when no other of their passage is under way."""
        waiting: defaultdict[tuple[Scope, int], list[Token]] = defaultdict(list)
        for token in self.live.values():
            if token.standing is Standing.JOINED:
                waiting[token.scope[:-1], token.scope[-1].fork].append(token)
        for (outer, fork), tokens in waiting.items():
            if self._is_complete(outer, fork, tokens):
                for token in tokens:
                    self.take(token.serial, Ending.DONE)
                self.lines.append(Line(LineCode.JOINED, tokens[0].node))
                # one at a time: what goes on from here is under way for the arms around it
                return [(self.flow.nodes[tokens[0].node].next, outer)]
        return []

    def _is_complete(self, outer: Scope, fork: int, met: list[Token]) -> bool:
        depth = len(outer)
        serials = {token.serial for token in met}
        return not any(
            len(token.scope) > depth and token.scope[depth].fork == fork and token.serial not in serials
            for token in self.live.values()
        )

    def _open(self, code: str, scope: Scope, standing: Standing, why: Problem | None = None) -> Token:
        self.serials += 1
        token = Token(self.serials, code, scope, standing)
        self.live[token.serial] = token
        self.opened[token.serial] = Opened(token, problem=why)
        return token
