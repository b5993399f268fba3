"""What holds for every split."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from sextant.engines.allocation import Bound, Factor, Order, Recipient, allocate

AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)
WEIGHTS = st.decimals(min_value=Decimal("0.1"), max_value=100, places=1)
UNITS = st.sampled_from([Decimal("0.1"), Decimal(1), Decimal(5)])


@st.composite
def orders(draw: st.DrawFn, *, bounded: bool = True) -> Order:
    """Splits of one to eight people by one to three factors; some with floors, caps and fixed shares."""
    factors = tuple(Factor(f"f{number}", draw(WEIGHTS)) for number in range(draw(st.integers(1, 3))))
    unit = draw(UNITS)
    recipients = []
    for number in range(draw(st.integers(1, 8))):
        who = Recipient(f"p{number}", {factor.key: draw(AMOUNTS) for factor in factors})
        kind = draw(st.sampled_from(["", "floor", "cap", "both", "fixed"])) if bounded else ""
        low, high = sorted(draw(st.integers(0, 40)) * unit for _ in range(2))
        floor, cap = low if kind in {"floor", "both"} else None, high if kind in {"cap", "both"} else None
        recipients.append(replace(who, floor=floor, cap=cap, fixed=low if kind == "fixed" else None))
    return Order(draw(st.integers(0, 200)) * unit, tuple(recipients), factors, unit)


@given(orders())
def test_amounts_sum_to_the_total_in_whole_units_between_their_bounds(order: Order) -> None:
    split = allocate(order).value
    assume(split is not None)
    assert sum(share.amount for share in split.shares) == order.total
    assert sum(share.flat for share in split.shares) == order.total
    for who, share in zip(order.recipients, split.shares, strict=True):
        assert share.amount % order.unit == 0
        assert (who.floor or 0) <= share.amount <= (order.total if who.cap is None else who.cap)
        assert who.fixed is None or share.amount == who.fixed
        assert abs(share.amount - share.exact) < order.unit


@given(orders())
def test_a_split_is_refused_only_with_an_error(order: Order) -> None:
    outcome = allocate(order)
    assert (outcome.value is None) == outcome.is_error


@given(orders(), st.randoms(use_true_random=False))
def test_the_order_of_recipients_changes_nothing(order: Order, random) -> None:
    shuffled = list(order.recipients)
    random.shuffle(shuffled)
    one, other = allocate(order), allocate(replace(order, recipients=tuple(shuffled)))
    assert [problem.code for problem in one.problems if problem.code != "allocation.floor_above_cap"] == [
        problem.code for problem in other.problems if problem.code != "allocation.floor_above_cap"
    ]
    if one.value and other.value:
        assert {share.key: share for share in one.value.shares} == {share.key: share for share in other.value.shares}


@given(orders(), st.sampled_from([Decimal("0.5"), Decimal(3), Decimal(1000)]))
def test_the_scale_of_a_factor_and_of_the_weights_changes_nothing(order: Order, scale: Decimal) -> None:
    first = order.factors[0].key
    people = tuple(replace(who, factors={**who.factors, first: who.factors[first] * scale}) for who in order.recipients)
    weights = tuple(replace(factor, weight=factor.weight * scale) for factor in order.factors)
    one, other = allocate(order).value, allocate(replace(order, recipients=people, factors=weights)).value
    assume(one is not None and other is not None)
    assert [share.amount for share in one.shares] == [share.amount for share in other.shares]


@given(orders(bounded=False), st.integers(0, 7), AMOUNTS)
def test_more_of_a_factor_never_gives_less(order: Order, place: int, more: Decimal) -> None:
    place %= len(order.recipients)
    people, key = list(order.recipients), order.factors[0].key
    before = allocate(order).value
    values = people[place].factors
    people[place] = replace(people[place], factors={**values, key: values[key] + more})
    after = allocate(replace(order, recipients=tuple(people))).value
    # a factor that was silent and now speaks takes weight from the others: that is another split
    assume(before is not None and after is not None and len(before.shares[0].parts) == len(after.shares[0].parts))
    assert after.shares[place].amount >= before.shares[place].amount


@given(orders(bounded=False))
def test_a_larger_portion_never_gets_less(order: Order) -> None:
    split = allocate(order).value
    assume(split is not None)
    ranked = sorted(split.shares, key=lambda share: (share.exact, share.amount))
    assert all(low.amount <= high.amount for low, high in pairwise(ranked))


@given(orders())
def test_parts_explain_the_portion_and_those_without_bound_share_at_one_rate(order: Order) -> None:
    split = allocate(order).value
    assume(split is not None)
    for share in split.shares:
        assert abs(sum(part.points for part in share.parts) - share.portion) < Decimal("0.00001")
    free = [share for share in split.shares if share.bound is None]
    for one, other in pairwise(free):
        # a total of nothing is shared at one rate too
        assert abs(one.exact * other.proportional - other.exact * one.proportional) <= order.total * Decimal("0.0001")
    if len(free) == len(split.shares):
        assert all(share.exact == share.proportional for share in free)


def test_ten_thousand_recipients_are_one_round_of_whole_numbers() -> None:
    people = tuple(
        Recipient(
            f"p{number:05}",
            {"gdp": Decimal(number * 7919 % 9973) / 100, "customers": Decimal(number * 31 % 977)},
            floor=Decimal(3) if number % 3 == 0 else None,
            cap=Decimal(160) if number % 7 == 0 else None,
        )
        for number in range(10_000)
    )
    order = Order(Decimal(1_000_000), people, (Factor("gdp", Decimal(60)), Factor("customers", Decimal(40))))
    split = allocate(order).value
    assert split is not None
    assert sum(share.amount for share in split.shares) == order.total
    assert {share.bound for share in split.shares} == {None, Bound.FLOOR, Bound.CAP}
