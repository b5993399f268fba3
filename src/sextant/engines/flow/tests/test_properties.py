"""What holds for every flow that passes the check, in whatever order people act."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.flow import (
    WAITING,
    Arm,
    Flow,
    Node,
    Quorum,
    Span,
    Standing,
    StepKind,
    Unit,
    Verdict,
    Vote,
    check,
    complete,
    deadline,
    needed_of,
    read_scope,
    start,
    tally,
    write_scope,
)
from sextant.engines.flow.tests.writing import ASKED
from sextant.engines.schedule import WorkCalendar
from sextant.engines.values import Severity

# a part of a flow: an approval, a copy, or parts one after another, side by side, or one of which is taken
PARTS = st.recursive(
    st.sampled_from(["approve", "copy"]),
    lambda part: st.tuples(st.sampled_from(["then", "fork", "branch"]), st.lists(part, min_size=2, max_size=3)),
    max_leaves=12,
)


class Builder:
    def __init__(self):
        self.nodes = []

    def code(self):
        return f"n{len(self.nodes)}"

    def add(self, part, onward):
        """The nodes of a part that leads on to `onward`; the code it begins with."""
        if isinstance(part, str):
            node = Node(self.code(), StepKind(part), next=onward, assignees=ASKED)
            self.nodes.append(node)
            return node.code
        how, parts = part
        if how == "then":
            for one in reversed(parts):
                onward = self.add(one, onward)
            return onward
        if how == "fork":
            join = Node(self.code(), StepKind.JOIN, next=onward)
            self.nodes.append(join)
            onward = join.code
        arms = tuple(Arm(self.add(one, onward)) for one in parts)
        if how == "branch":  # the first way is always open: conditions are the formula engine's business
            arms = arms[:1]
        node = Node(self.code(), StepKind(how), arms=arms)
        self.nodes.append(node)
        return node.code


def flow_of(part):
    builder = Builder()
    builder.nodes.append(Node("z", StepKind.END))
    first = builder.add(part, "z")
    nodes = tuple(sorted(builder.nodes, key=lambda node: node.code != first))
    reached, queue = set(), [first]
    by_code = {node.code: node for node in nodes}
    while queue:
        code = queue.pop()
        if code not in reached:
            reached.add(code)
            queue += [way for way in by_code[code].ways if way]
    return Flow.of(tuple(node for node in nodes if node.code in reached))


@given(PARTS, st.randoms(use_true_random=False))
def test_every_token_ends_or_waits_for_something_visible(part, chance):
    flow = flow_of(part)
    assert [one for one in check(tuple(flow.nodes.values())) if one.severity is Severity.ERROR] == []
    moves, acts = start(flow, {}), 0
    while not moves.has_ended:
        waiting = [token for token in moves.state.tokens if token.standing is Standing.OPEN]
        assert waiting, "tokens at joins wait for an arm in which somebody acts"
        assert all(flow.nodes[token.node].kind in WAITING for token in waiting)
        moves = complete(flow, moves.state, chance.choice(waiting).serial, {})
        acts += 1
    assert acts <= len(flow.nodes)


@given(PARTS, st.randoms(use_true_random=False))
def test_the_order_of_two_independent_completions_does_not_matter(part, chance):
    flow = flow_of(part)
    moves = start(flow, {})
    while not moves.has_ended:
        waiting = [token for token in moves.state.tokens if token.standing is Standing.OPEN]
        if len(waiting) > 1:
            one, two = chance.sample(waiting, 2)
            assert places(flow, moves.state, one, two) == places(flow, moves.state, two, one)
        moves = complete(flow, moves.state, chance.choice(waiting).serial, {})


def places(flow, state, first, second):
    after = complete(flow, complete(flow, state, first.serial, {}).state, second.serial, {}).state
    return sorted((token.node, len(token.scope), token.standing) for token in after.tokens)


@given(st.lists(st.sampled_from(list(Vote)), min_size=1, max_size=7), st.sampled_from(list(Quorum)), st.integers(1, 9))
def test_a_verdict_never_turns(votes, quorum, count):
    verdict = tally(votes, quorum=quorum, count=count)
    needed = needed_of(len(votes), quorum=quorum, count=count)
    assert (verdict is Verdict.AGREED) == (votes.count(Vote.AGREED) >= needed)
    if verdict is not Verdict.WAIT:
        for later in (Vote.AGREED, Vote.REFUSED):
            settled = [later if vote is Vote.OPEN else vote for vote in votes]
            assert tally(settled, quorum=quorum, count=count) is verdict
    else:
        assert Vote.OPEN in votes


MOMENTS = st.integers(0, 700 * 1440).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
ZONES = st.sampled_from([ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")])


@given(MOMENTS, st.integers(1, 40), ZONES, st.sets(st.dates(date(2026, 1, 1), date(2028, 2, 1)), max_size=30))
def test_a_limit_in_working_days_ends_on_one_and_counts_them(moment, days, zone, holidays):
    calendar = WorkCalendar(days_off=frozenset(holidays))
    end = deadline(moment, Span(days, Unit.WORKDAY), calendar=calendar, zone=zone)
    begun, ended = moment.astimezone(zone), end.astimezone(zone)
    assert calendar.is_working(ended.date()) and end > moment
    assert calendar.count(begun.date() + timedelta(days=1), ended.date() + timedelta(days=1)) == days + (
        not calendar.is_working(begun.date())
    )
    # a limit of hours is that many hours, whatever the clocks of the place do
    assert deadline(moment, Span(days, Unit.HOUR), calendar=calendar, zone=zone) - moment == timedelta(hours=days)


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 9)), max_size=4))
def test_a_scope_is_read_as_it_was_written(frames):
    text = "/".join(f"{fork}.{arm}" for fork, arm in frames)
    assert write_scope(read_scope(text)) == text
