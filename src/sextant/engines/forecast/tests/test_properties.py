"""What holds for every history."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sextant.engines.forecast import Combine, History, Question, suggest
from sextant.engines.forecast.backtest import least_tests, margin
from sextant.engines.forecast.estimate import steps_needed
from sextant.engines.forecast.series import as_floats, find_shift

NUMBERS = st.one_of(
    st.none(), st.just(Decimal(0)), st.decimals(min_value=-1000, max_value=1_000_000, places=2, allow_nan=False)
)
HISTORIES = st.lists(NUMBERS, max_size=30).map(lambda values: History(tuple(values)))
QUESTIONS = st.builds(
    Question,
    horizon=st.integers(1, 6),
    combine=st.sampled_from(Combine),
    decimals=st.integers(0, 3),
    coverage=st.sampled_from([Decimal("0.5"), Decimal("0.8"), Decimal("0.9")]),
)


@settings(max_examples=60)
@given(HISTORIES, QUESTIONS)
def test_there_is_an_answer_exactly_when_something_was_measured(history: History, question: Question) -> None:
    outcome = suggest(history, question)
    assert (outcome.value is not None) == any(value is not None for value in history.values)
    assert outcome.is_error == (outcome.value is None)


@settings(max_examples=60)
@given(HISTORIES, QUESTIONS)
def test_the_interval_holds_the_base_and_needs_its_tests(history: History, question: Question) -> None:
    found = suggest(history, question).value
    assume(found is not None)
    assert (found.low is None) == (found.high is None) == (found.tests < least_tests(float(question.coverage)))
    if found.low is not None:
        assert found.low <= found.base <= found.high
        assert found.known >= steps_needed(question) or question.horizon > 1
    for number in (found.base, found.low, found.high):
        assert number is None or number == round(number, question.decimals)
    if all(value is None or value >= 0 for value in history.values):
        assert found.base >= 0 and (found.low or 0) >= 0


@settings(max_examples=25)
@given(HISTORIES, QUESTIONS)
def test_the_same_question_has_the_same_answer(history: History, question: Question) -> None:
    assert suggest(history, question) == suggest(history, question)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 1000).map(Decimal), min_size=1, max_size=25), st.integers(1, 5))
def test_ten_times_the_numbers_are_ten_times_the_target(values: list[Decimal], horizon: int) -> None:
    question = Question(horizon=horizon, decimals=1)
    one = suggest(History(tuple(values)), question).value
    ten = suggest(History(tuple(10 * value for value in values)), replace(question, decimals=0)).value
    assert one is not None and ten is not None
    assert one.method == ten.method
    assert abs(10 * one.base - ten.base) <= Decimal("1.5")


@settings(max_examples=40)
@given(st.lists(st.integers(0, 50).map(Decimal), min_size=1, max_size=20), st.integers(1, 4))
def test_gaps_before_the_first_number_change_no_base(values: list[Decimal], gaps: int) -> None:
    plain = suggest(History(tuple(values)), Question()).value
    later = suggest(History((*[None] * gaps, *values)), Question()).value
    assert plain is not None and later is not None
    assert plain.base == later.base


def test_a_wider_coverage_is_a_wider_interval() -> None:
    history = History(tuple(Decimal(100 + number * 37 % 23) for number in range(30)))
    narrow, wide = (suggest(history, Question(coverage=Decimal(text))).value for text in ("0.5", "0.9"))
    assert narrow is not None and wide is not None
    assert wide.high - wide.low > narrow.high - narrow.low


def test_intervals_hold_what_they_promise_on_noise_they_never_saw() -> None:
    """Four hundred histories of independent noise: 80 % promised; 74 % to 90 % is chance."""
    noise = np.random.default_rng(20261121).gamma(4, 25, (400, 21)).round(2)
    held = 0
    for *past, came in noise:
        found = suggest(History(tuple(Decimal(str(value)) for value in past)), Question(decimals=2)).value
        assert found is not None and found.low is not None and found.high is not None
        held += found.low <= Decimal(str(came)) <= found.high
    assert 0.74 <= held / 400 <= 0.90, held


def test_no_shift_and_hardly_ever_a_trend_is_claimed_in_noise() -> None:
    noise = np.random.default_rng(7).gamma(4, 25, (200, 30)).round(2)
    series = [History(tuple(Decimal(str(value)) for value in row)) for row in noise]
    assert sum(find_shift(as_floats(one.values)) is not None for one in series) <= 4
    methods = [suggest(one, Question()).value.method for one in series[:60]]
    assert methods.count("trend") <= 3


def test_a_margin_without_enough_tests_is_none() -> None:
    assert margin(np.array([]), 0.8) is None
    assert margin(np.array([1.0, 2.0, 3.0]), 0.8) is None
    assert margin(np.array([1.0, 2.0, 3.0, 4.0]), 0.8) == 4.0
