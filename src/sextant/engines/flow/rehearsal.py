"""A flow played through without anybody being asked: which way it takes, whom it would ask, what time would do.

The moves are those of the token engine, the clock is that of the limits. Whoever calls says how each step is answered
and looks up who is asked; nothing here knows a person or keeps a row.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from sextant.engines.flow.advance import abandon, complete, earlier, go_back, start
from sextant.engines.flow.codes import Code, problem
from sextant.engines.flow.deadline import deadline, limits_of
from sextant.engines.flow.model import PERSONAL, Flow, Node, ReactionKind, Span, StepKind
from sextant.engines.flow.script import Answer, Ask, Called, How, Rehearsal, Reply, Result, Rung, Script, Stop, Way
from sextant.engines.flow.state import Ending, Moves, Opened, Passed, Standing, State, Token
from sextant.engines.flow.tally import needed_of
from sextant.engines.schedule import WorkCalendar
from sextant.engines.values import Problem

MOST_STOPS = 200
"""Steps a rehearsal goes through. More is a loop that the chosen answers never leave."""
GATES = frozenset({StepKind.BRANCH, StepKind.FORK, StepKind.JOIN, StepKind.END})


def rehearse(
    flow: Flow, script: Script, *, ask: Ask, start_at: datetime, calendar: WorkCalendar, zone: ZoneInfo
) -> Rehearsal:
    """Play a flow from its start. A draft with faults is played as far as it goes; the stop at which it ends says why.

    Calls are taken to succeed and other flows to end at once: neither is done. Whoever is named by HR where nobody was
    found is taken to answer like anybody else.

    >>> from datetime import UTC
    >>> from sextant.engines.schedule import FIVE_DAY_WEEK
    >>> flow = Flow.of((Node("ask", StepKind.APPROVE, next="z"), Node("z", StepKind.END)))
    >>> played = rehearse(
    ...     flow, Script(), ask=lambda node, to, values, at: Called(((2, None),)),
    ...     start_at=datetime(2026, 11, 23, 1, tzinfo=UTC), calendar=FIVE_DAY_WEEK, zone=ZoneInfo("Asia/Shanghai"),
    ... )
    >>> played.path, played.result.value
    (('ask', 'z'), 'ended')
    """
    stage = _Stage(flow, script, ask, calendar, zone)
    stage.play(start_at)
    return stage.rehearsal()


class _Stage:
    """One rehearsal under way: stops in order, and the answers that are still to come."""

    def __init__(self, flow: Flow, script: Script, ask: Ask, calendar: WorkCalendar, zone: ZoneInfo) -> None:
        self.whole, self.script, self.ask, self.calendar, self.zone = flow, script, ask, calendar, zone
        # a step that cannot be done is no step to the engine: the token stays before it
        self.flow = Flow({code: one for code, one in flow.nodes.items() if code not in script.faults}, flow.first)
        self.values = dict(script.values)
        self.state = State()
        self.stops: list[Stop] = []
        self.places: dict[int, int] = {}
        self.tokens: dict[int, Token] = {}
        self.replies: dict[int, Reply] = {}
        self.visits: defaultdict[str, int] = defaultdict(int)
        self.to_come: list[tuple[datetime, int]] = []
        self.result = Result.ENDED
        self.at: datetime | None = None

    def play(self, at: datetime) -> None:
        """Go on until everything has ended or waits for what never comes."""
        self.follow(start(self.flow, self.values), at, came_from="")
        while self.to_come and len(self.stops) < MOST_STOPS:
            at, serial = heappop(self.to_come)
            if any(token.serial == serial for token in self.state.tokens):
                self.leave(self.tokens[serial], at)
        if self.to_come:
            last = self.stops[-1]
            self.stops[-1] = replace(last, how=How.STUCK, problems=(problem(Code.RUNAWAY, step=self.name(last.node)),))
            self.result = Result.STUCK

    def leave(self, token: Token, at: datetime) -> None:
        """The answer at a step has come."""
        reply, node = self.replies[token.serial], self.flow.nodes[token.node]
        if reply.answer is Answer.RETURN:
            back = self.way_back(token, reply.to)
            if back is None:
                self.result = Result.RETURNED
                self.close(token.serial, Ending.RETURNED, at)
            moves = (
                abandon(self.state) if back is None else go_back(self.flow, self.state, token.serial, back, self.values)
            )
        else:
            self.values |= self.script.handed_in.get(node.code, {})
            moves = complete(self.flow, self.state, token.serial, self.values)
        self.follow(moves, at, came_from=token.node)

    def follow(self, moves: Moves, at: datetime, *, came_from: str) -> None:
        """Note down what the moves of the engine do."""
        self.state, self.at = moves.state, at
        for closed in moves.closed:
            self.close(closed.serial, closed.ending, at)
        opened = {one.token.serial: one for one in moves.opened}
        before = [came_from]
        for passed in moves.path:
            stop = self.arrive(passed, opened.get(passed.serial or 0), at, before)
            if passed.serial is not None:
                self.places[passed.serial] = len(self.stops)
            self.stops.append(stop)
            before.append(passed.node)

    def arrive(self, passed: Passed, opened: Opened | None, at: datetime, before: list[str]) -> Stop:
        """The stop at a step that was just come by."""
        node = self.whole.nodes.get(passed.node)
        stop = Stop(passed.node, node.kind if node else None, at, at, How.PASSED, passed.serial)
        if node is not None and node.kind is StepKind.BRANCH and node.code in self.flow.nodes:
            stop = replace(stop, ways=_ways_tried(node, self.values))
        if opened is None or node is None or opened.token.standing is Standing.STUCK:
            return self.stuck(stop, opened, before) if opened else stop
        if opened.token.standing is Standing.JOINED:
            return replace(stop, until=None if opened.ending is None else at)
        return self.open(stop, opened, node, at)

    def open(self, stop: Stop, opened: Opened, node: Node, at: datetime) -> Stop:
        """A step at which something happens: whom it asks, what its limits do, and when it is answered."""
        self.tokens[opened.token.serial] = opened.token
        is_asking = node.kind in PERSONAL or node.kind is StepKind.COPY
        called = self.ask(node, node.assignees, self.values, at) if is_asking else Called()
        stop = replace(stop, called=called, how=How.DONE)
        if opened.ending is not None:
            return stop
        if node.kind in PERSONAL:
            needed = needed_of(len(called.asked), quorum=node.quorum, count=node.count)
            stop = replace(stop, needed=needed, rungs=self.ladder(node, called, at))
        self.expect(opened.token, node, called, at)
        return replace(stop, until=None, how=How.WAITING)

    def expect(self, token: Token, node: Node, called: Called, at: datetime) -> None:
        """Put down when the step is left; a step that nobody answers never is."""
        reply = self.replies[token.serial] = self.reply_of(node)
        span = node.span if node.kind is StepKind.WAIT else reply.after
        is_answered = node.kind not in PERSONAL or called.asked or called.instead
        if reply.answer is not Answer.SILENT and is_answered:
            heappush(self.to_come, (self.later(at, span), token.serial))

    def reply_of(self, node: Node) -> Reply:
        """What is answered on this visit of a step."""
        planned = self.script.replies.get(node.code, ()) if node.kind in PERSONAL else ()
        visit = self.visits[node.code]
        self.visits[node.code] += 1
        if visit < len(planned) or not planned:
            return planned[visit] if planned else Reply()
        last = planned[-1]
        return replace(last, answer=Answer.AGREE) if last.answer is Answer.RETURN else last

    def ladder(self, node: Node, called: Called, at: datetime) -> tuple[Rung, ...]:
        """The limits of a step that opens now, the nearest first."""
        limits = {limit.code: limit for limit in node.limits}
        rungs = []
        for code, reached in limits_of(node, now=at, calendar=self.calendar, zone=self.zone):
            limit = limits[code]
            told = called if limit.reaction is ReactionKind.NOTIFY else Called()
            if limit.reaction is ReactionKind.ESCALATE:
                told = self.ask(node, limit.to, self.values, at)
            rungs.append(Rung(limit, reached, told))
        return tuple(rungs)

    def stuck(self, stop: Stop, opened: Opened, before: list[str]) -> Stop:
        """A token that cannot go on, with the reason in the words of the definition."""
        faults = self.script.faults.get(stop.node, ())
        if not faults and stop.kind is None:
            source = next((code for code in reversed(before) if stop.node in self.ways_of(code)), before[-1])
            code = Code.UNKNOWN_NEXT if stop.node else Code.NOWHERE
            faults = (problem(code, step=self.name(source), next=stop.node),)
        if not faults and opened.problem is not None:
            faults = (Problem(opened.problem.code, {**opened.problem.params, "step": self.name(stop.node)}),)
        return replace(stop, until=None, how=How.STUCK, problems=faults)

    def close(self, serial: int, ending: Ending, at: datetime) -> None:
        """A step was left; the limits that passed before are those that did something."""
        place = self.places[serial]
        stop = self.stops[place]
        if stop.until is not None:
            return
        how = {Ending.DONE: How.DONE, Ending.RETURNED: How.RETURNED, Ending.VOID: How.VOID}[ending]
        self.stops[place] = replace(stop, until=at, how=How.PASSED if stop.kind in GATES else how)

    def way_back(self, token: Token, to: str) -> Token | None:
        """Where a return goes: the step asked for, or the last of those before; None when there is none."""
        done = [one for one in self.stops if one.how is How.DONE and one.kind in PERSONAL and one.serial is not None]
        visits = tuple(self.tokens[one.serial] for one in done if one.serial and one.serial < token.serial)
        ways = [one for one in earlier(visits, token.scope) if one.node != token.node]
        return next((one for one in ways if one.node == to), ways[-1] if ways else None)

    def rehearsal(self) -> Rehearsal:
        """Everything, with each limit marked by whether it was reached."""
        stops = tuple(replace(stop, rungs=tuple(_marked(rung, stop) for rung in stop.rungs)) for stop in self.stops)
        if self.state.tokens and self.result is Result.ENDED:
            is_stuck = any(stop.how is How.STUCK for stop in stops)
            self.result = Result.STUCK if is_stuck else Result.WAITING
        seen = {stop.node for stop in stops}
        unseen = tuple(code for code in self.whole.nodes if code not in seen)
        assert self.at is not None  # a rehearsal has begun
        return Rehearsal(stops, self.result, self.at, unseen, self.values)

    def later(self, at: datetime, span: Span | None) -> datetime:
        return at if span is None else deadline(at, span, calendar=self.calendar, zone=self.zone)

    def ways_of(self, code: str) -> tuple[str, ...]:
        node = self.whole.nodes.get(code)
        return node.ways if node else ()

    def name(self, code: str) -> str:
        node = self.whole.nodes.get(code)
        return (node.name if node else "") or code


def _ways_tried(node: Node, values: Mapping[str, object]) -> tuple[Way, ...]:
    """The ways of a branch up to the one that is taken, or that cannot be judged."""
    tried = []
    for arm in node.arms:
        if arm.condition is None:
            tried.append(Way(arm, "", (), True))
            break
        reads = tuple((name, values.get(name)) for name in sorted(arm.condition.names))
        value = arm.condition.evaluate(values).value
        tried.append(Way(arm, arm.condition.text(), reads, None if value is None else value is True))
        if value is not False:
            break
    return tuple(tried)


def _marked(rung: Rung, stop: Stop) -> Rung:
    return replace(rung, is_reached=stop.until is None or rung.at < stop.until)
