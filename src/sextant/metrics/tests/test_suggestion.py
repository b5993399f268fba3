"""Target suggestions from the ledger: what counts as history, who counts as a peer, what is warned about."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from sextant.engines.forecast.codes import FIELDS, STEPS, Code, problem, step
from sextant.engines.values import Period
from sextant.metrics.contracts import MetricRow, SubjectKind, TargetSuggestion
from sextant.metrics.messages import suggestion as suggestion_messages
from sextant.metrics.messages.suggestion import Form, say_step, say_warning
from sextant.metrics.models import Metric
from sextant.metrics.queries import find_metric, suggest_targets
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

Q2 = Period(date(2026, 4, 1), date(2026, 7, 1))
LAST_DAY = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _home(db, settings, tmp_path) -> None:
    settings.SEXTANT_HOME = tmp_path


def weekly(person: Person, values: list, *, until: date = LAST_DAY) -> list:
    """One row a week, the last on `until`; None leaves the week out."""
    days = [until - timedelta(weeks=back) for back in range(len(values) - 1, -1, -1)]
    return [(person, day, value) for day, value in zip(days, values, strict=True) if value is not None]


def ask(metric: Metric, *people: Person, on: date = LAST_DAY, period: Period = Q2, **facts) -> list[TargetSuggestion]:
    row = find_metric(metric.code)
    assert isinstance(row, MetricRow)
    ids = [person.pk for person in people]
    return suggest_targets(row, kind=SubjectKind.PERSON, subject_ids=ids, period=period, on=on, **facts)


def codes(found: TargetSuggestion) -> set[str]:
    return {problem.code for problem in found.problems}


def test_a_quarter_is_thirteen_weeks_of_the_usual() -> None:
    person, metric = make_person("安娜"), make_metric()
    ingest_rows(metric, weekly(person, [10, 12, 8, 10, 9, 11] * 6))
    (found,) = ask(metric, person)
    assert found.suggestion is not None
    assert found.suggestion.base == 130
    assert found.suggestion.low < 130 < found.suggestion.high
    assert found.suggestion.known == 36
    assert any("建议基准目标 130 万元" in line for line in found.lines)


def test_later_rows_than_the_day_and_than_the_beginning_are_not_known() -> None:
    person, metric = make_person("安娜"), make_metric()
    ingest_rows(metric, weekly(person, [10] * 30))
    ingest_rows(metric, [(person, date(2026, 4, 7), 500)])
    assert ask(metric, person)[0] == ask(metric, person, on=date(2026, 5, 1))[0]
    assert ask(metric, person, on=date(2025, 12, 31))[0].suggestion.known == 17


def test_a_week_without_a_row_is_zero_only_where_the_metric_spoke() -> None:
    anna, bob, metric = make_person("安娜"), make_person("鲍勃"), make_metric()
    ingest_rows(metric, weekly(anna, [10, None] * 10 + [10]))
    (alone,) = ask(metric, anna)
    assert alone.suggestion.base == 130
    assert "forecast.many_gaps" in codes(alone)
    ingest_rows(metric, weekly(bob, [3] * 21))
    (beside,) = ask(metric, anna)
    assert beside.suggestion.base < 80
    assert "forecast.many_gaps" not in codes(beside)


def test_a_mean_has_no_zeros_for_weeks_without_rows() -> None:
    anna, bob, metric = make_person("安娜"), make_person("鲍勃"), make_metric(aggregation="mean")
    ingest_rows(metric, [*weekly(anna, [10, None] * 10 + [10]), *weekly(bob, [3] * 21)])
    assert ask(metric, anna)[0].suggestion.base == 10


def test_a_ratio_is_numerators_over_denominators() -> None:
    person, metric = make_person("安娜"), make_metric(aggregation="ratio", decimals=2, unit_label="%")
    ingest_rows(metric, weekly(person, [(900, 10), (850, 10), (0, 0), (950, 10)] * 6))
    found = ask(metric, person)[0]
    assert Decimal("89.5") < found.suggestion.base < Decimal("90.5")
    # the best thirteen weeks hold ten numbers: three of 900, three of 850, four of 950
    assert found.own_best == Decimal("90.50")


def test_somebody_new_is_argued_from_the_others() -> None:
    anna, bob, new = make_person("安娜"), make_person("鲍勃"), make_person("新人")
    metric = make_metric()
    ingest_rows(metric, [*weekly(anna, [10] * 30), *weekly(bob, [20] * 30)])
    found = {one.subject_id: one for one in ask(metric, anna, bob, new)}
    assert found[new.pk].suggestion.base == 195
    assert {"forecast.peers_only", "forecast.no_interval"} <= codes(found[new.pk])
    # two steps' worth of the other: 130 + 2/32 × 130
    assert found[anna.pk].suggestion.base == 138
    assert found[new.pk].peers == 2


def test_nobody_to_argue_from_is_no_suggestion() -> None:
    (found,) = ask(make_metric(), make_person("新人"))
    assert found.suggestion is None
    assert found.warnings == ("没有历史，也没有可比的同类，给不出建议。",)


def test_a_target_nobody_ever_reached_is_named_with_the_best() -> None:
    anna, bob, metric = make_person("安娜"), make_person("鲍勃"), make_metric()
    ingest_rows(metric, [*weekly(anna, [10, 9, 11] * 10), *weekly(bob, [20] * 30)])
    (found,) = ask(metric, anna, peer_ids=[bob.pk], targets={anna.pk: Decimal(300)})
    assert {"target.never_reached", "target.far_harder"} <= codes(found)
    assert (found.own_best, found.best, found.peers) == (131, 260, 1)
    assert "目标 300 万元 从未有人达到：最好成绩 260 万元，本人最好 131 万元。" in found.warnings


def test_a_yield_beyond_what_the_tester_resolves_is_refused_by_the_metrics_own_limit() -> None:
    line = make_person("一号线")
    metric = make_metric(aggregation="mean", decimals=2, unit_label="%", limit=Decimal("99.92"))
    ingest_rows(metric, weekly(line, ["99.90", "99.91", "99.90", "99.89"] * 8))
    (found,) = ask(metric, line, targets={line.pk: Decimal("99.95")}, growth=Decimal("0.01"))
    assert {"target.beyond_limit", "target.never_reached", "forecast.limited"} <= codes(found)
    assert found.suggestion.base == found.suggestion.high == Decimal("99.92")
    assert "目标 99.95% 超出可达上限 99.92%，无法实现。" in found.warnings


def test_where_lower_is_better_the_best_is_the_lowest() -> None:
    anna, metric = make_person("安娜"), make_metric(direction="lower")
    ingest_rows(metric, weekly(anna, [10, 12, 8, 10] * 8))
    (found,) = ask(metric, anna, targets={anna.pk: Decimal(50)})
    assert found.own_best < found.suggestion.base
    assert "target.never_reached" in codes(found)


def test_a_year_is_asked_in_steps_of_four_weeks() -> None:
    person, metric = make_person("安娜"), make_metric()
    ingest_rows(metric, weekly(person, [10] * 120))
    (found,) = ask(metric, person, period=Period(date(2026, 4, 1), date(2027, 4, 1)))
    assert found.suggestion.base == 521
    assert found.suggestion.known == 30


def test_a_units_members_are_read_at_once(django_assert_num_queries) -> None:
    people, metric = [make_person(f"人{number}") for number in range(12)], make_metric()
    ingest_rows(metric, [row for person in people for row in weekly(person, [10, 11] * 10)])
    row = find_metric(metric.code)
    ids = [person.pk for person in people]
    with django_assert_num_queries(2):  # the metric's limit, and which batches correct others
        found = suggest_targets(row, kind=SubjectKind.PERSON, subject_ids=ids, period=Q2, on=LAST_DAY)
    assert [one.subject_id for one in found] == ids


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_step_and_warning_has_a_sentence_with_its_numbers(language: str) -> None:
    numbers = {"method": "mean", "applied": True}
    with override(language):
        for code, names in STEPS.items():
            for missing in (False, True):
                params = {name: numbers.get(name, Decimal(1)) for name in names}
                if missing and "error" in params:
                    params |= {"error": None, "error_of_last": None}
                if missing and "applied" in params:
                    params["applied"] = False
                assert "%(" not in say_step(step(code, Decimal(3), **params), form=Form("件"))
        for code in Code:
            assert "%(" not in say_warning(problem(code, **dict.fromkeys(FIELDS[code], Decimal(1))), form=Form("件"))
    assert {key.removesuffix(".true").removesuffix(".false").removesuffix(".untested") for key in
            suggestion_messages.STEPS} == set(STEPS)  # fmt: skip
    assert set(suggestion_messages.WARNINGS) == set(Code)
