"""Terms as people might write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from sextant.engines.agreement import GoalTerms, GoalText, Party, PlanText, SignatureText, StepTerms, plan_digest

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
numbers = st.decimals("-1e9", "1e9", places=6)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
steps = st.builds(StepTerms, words, st.decimals(0, 100, places=4), st.none() | days, words)
terms = st.builds(
    GoalTerms,
    words,
    st.sampled_from(["kpi", "gs", "milestone"]),
    deliverable=words,
    metric=words,
    base=st.none() | numbers,
    stretch=st.none() | numbers,
    weight=st.decimals(0, 100, places=4),
    due_on=st.none() | days,
    collaborators=st.lists(words, max_size=3).map(tuple),
    milestones=st.lists(steps, max_size=3).map(tuple),
)


@st.composite
def plans(draw) -> PlanText:
    """A plan of up to three goals."""
    goals = tuple(GoalText(f"g{n}", one) for n, one in enumerate(draw(st.lists(terms, max_size=3))))
    names = draw(words), draw(words)
    return PlanText(
        Party("7", names[0]),
        Party("3", names[1]),
        "2026Q4",
        "第四季度",
        date(2026, 10, 1),
        date(2027, 1, 1),
        "sales",
        1,
        Decimal(60),
        Decimal(40),
        goals,
    )


def signatures(plan: PlanText) -> tuple[SignatureText, ...]:
    """Both sides under `plan`."""
    at = datetime(2026, 10, 6, 2, 12, tzinfo=UTC)
    return tuple(
        SignatureText(side, party.number, party.name, party.name, at, "Chrome · Windows", 4, plan_digest(plan))
        for side, party in (("owner", plan.owner), ("counterpart", plan.counterpart))
    )
