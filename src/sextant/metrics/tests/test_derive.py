"""Derived metrics in the ledger: computed once, written only where they differ, explained down to the rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sextant.engines.evaluation import Aggregation, Measurement, aggregate
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.metrics.actions.derive import derive_stale
from sextant.metrics.actions.metric_versions import save_metric
from sextant.metrics.aggregation import value_sql
from sextant.metrics.contracts import BatchKind, BatchState, SubjectKind
from sextant.metrics.definition import parse_document
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.models import Batch, Derivation, Metric, UncomputableValue
from sextant.metrics.queries.derived import NotDerived, explain_derived
from sextant.metrics.queries.mappings import list_mappings
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("测试")
MON = date(2026, 2, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path
    return tmp_path


@pytest.fixture
def won() -> Metric:
    return make_metric("赢单", code="s.won")


@pytest.fixture
def deals() -> Metric:
    return make_metric("商机", code="s.deals")


def define(text: str, reason: str = "改") -> Metric:
    save_metric(parse_document(text), reason=reason, actor=SYSTEM, now=NOW)
    return Metric.objects.order_by("-updated_at", "-id").get(code=parse_document(text).code)


def derive():
    return derive_stale(actor=SYSTEM, now=NOW)


def values_of(metric: Metric) -> list[tuple]:
    with open_engine() as connection:
        found = ledger.relation(connection, metric_ids=[metric.pk])
        return found.project("subject_id, day, value, denominator, dimensions").order("1, 2, 5").fetchall()


def test_values_are_written_once_as_a_batch_of_their_own(won: Metric, deals: Metric) -> None:
    bo, cy = make_person(), make_person()
    ingest_rows(won, [(bo, MON, 3), (bo, MON + timedelta(days=2), 5), (cy, MON, 2)])
    ingest_rows(deals, [(bo, MON, 4), (cy, MON, 4)])
    rate = define(
        "{code: s.rate, name: 每单, kind: derived, grain: week, aggregation: mean, formula: '[赢单] / [商机]'}"
    )
    (report,) = derive()
    assert (report.written, report.withdrawn, report.computed, report.failed) == (2, 0, 2, 0)
    assert values_of(rate) == [
        (bo.pk, MON + timedelta(days=2), Decimal(2), None, None),
        (cy.pk, MON, Decimal("0.5"), None, None),
    ]
    batch = Batch.objects.get(pk=report.batch)
    assert (batch.source, batch.kind, batch.state) == ("derived:s.rate@1", BatchKind.DERIVATION, BatchState.DONE)
    assert batch.ledger_version == report.ledger_version == ledger.current_version()
    assert derive() == []


def test_only_what_a_new_delivery_touched_is_written_again(won: Metric, deals: Metric) -> None:
    people = [make_person() for _ in range(20)]
    ingest_rows(won, [(one, MON + timedelta(days=7 * week), 3) for one in people for week in range(3)])
    double = define("{code: s.double, name: 双倍, kind: derived, grain: week, formula: '[赢单] * 2'}")
    assert derive()[0].written == 60
    ingest_rows(deals, [(people[0], MON, 1)])
    assert derive() == []  # no input of it changed
    ingest_rows(won, [(people[0], MON, 4)])
    (report,) = derive()
    assert (report.written, report.withdrawn, report.computed) == (1, 0, 60)
    assert [row[2] for row in values_of(double) if row[0] == people[0].pk] == [14, 6, 6]
    assert Derivation.objects.get().computed == 60


def test_a_corrected_input_moves_the_value_and_a_withdrawn_one_takes_it_away(won: Metric) -> None:
    bo = make_person()
    ingest_rows(won, [(bo, MON, 3)], record="R1")
    double = define("{code: s.double, name: 双倍, kind: derived, formula: '[赢单] * 2'}")
    derive()
    later = MON + timedelta(days=1)
    ingest_rows(won, [(bo, later, 5)], record="R1", has_corrections=True)
    (report,) = derive()
    assert (report.written, report.withdrawn) == (1, 1)
    assert values_of(double) == [(bo.pk, later, Decimal(10), None, None)]


def test_a_changed_formula_is_derived_anew_and_leaves_nothing_of_the_old(won: Metric) -> None:
    bo = make_person()
    ingest_rows(won, [(bo, MON, 3), (bo, MON + timedelta(days=1), 4)])
    define("{code: s.x, name: 某值, kind: derived, formula: '[赢单] * 2'}")
    derive()
    metric = define("{code: s.x, name: 某值, kind: derived, grain: week, formula: '[赢单] * 3'}")
    (report,) = derive()
    # the week begins on the day of the first value: one row is replaced, the other taken back
    assert (report.version, report.written, report.withdrawn) == (2, 1, 1)
    assert [row[2] for row in values_of(metric)] == [21]


def test_a_division_by_zero_costs_only_the_one_person_a_value(won: Metric, deals: Metric) -> None:
    bo, cy, di = make_person(), make_person(), make_person()
    ingest_rows(won, [(bo, MON, 3), (cy, MON, 3), (di, MON, 3)])
    ingest_rows(deals, [(bo, MON, 0), (cy, MON, 2)])
    rate = define("{code: s.rate, name: 每单, kind: derived, aggregation: mean, formula: '[赢单] / [商机] * 100'}")
    (report,) = derive()
    assert (report.computed, report.failed, report.missing) == (1, 1, 1)
    assert [row[0] for row in values_of(rate)] == [cy.pk]
    failed = UncomputableValue.objects.get()
    assert (failed.subject_id, failed.starts_on, failed.code) == (bo.pk, MON, "formula.division_by_zero")
    ingest_rows(deals, [(bo, MON, 1)])
    assert derive()[0].failed == 0 and not UncomputableValue.objects.exists()


def test_a_ratio_keeps_numerator_and_denominator_for_whoever_sums_up(won: Metric, deals: Metric) -> None:
    bo = make_person()
    ingest_rows(won, [(bo, MON, 9), (bo, MON + timedelta(days=7), 5)])
    ingest_rows(deals, [(bo, MON, 10), (bo, MON + timedelta(days=7), 90)])
    rate = define(
        "{code: s.rate, name: 赢单率, kind: derived, grain: week, aggregation: ratio, formula: '[赢单] / [商机]'}"
    )
    derive()
    found = [Measurement(day, value, under) for _, day, value, under, _ in values_of(rate)]
    assert aggregate(Aggregation.RATIO, found) == Decimal("0.14")  # 14 / 100, not the mean of 0.9 and 0.0556


def test_derived_of_derived_comes_in_order_and_units_have_values_too(won: Metric) -> None:
    team = make_unit()
    ingest_rows(won, [(team, MON, 3)])
    define("{code: z.first, name: 一, kind: derived, formula: '[赢单] + 1'}")
    second = define("{code: a.second, name: 二, kind: derived, formula: '[一] * 10'}")
    assert [report.code for report in derive()] == ["z.first", "a.second"]
    assert [(row[0], row[2]) for row in values_of(second)] == [(team.pk, 40)]


def test_one_value_for_each_value_of_the_dimension(won: Metric) -> None:
    bo = make_person()
    ingest_rows(won, [(bo, MON, 100)], dimensions='{"客户类型": "三甲", "产品": "甲"}')
    ingest_rows(won, [(bo, MON, 7)], dimensions='{"客户类型": "民营"}')
    ingest_rows(won, [(bo, MON, 1)])
    text = """
        {code: c.value, name: 客户全生命周期价值, kind: derived, grain: month, dimension: 客户类型,
         formula: 'SWITCH(COALESCE([客户类型], "其他"), "三甲", [赢单] * 1.2, [赢单])'}"""
    metric = define(text)
    derive()
    assert [(row[2], row[4]) for row in values_of(metric)] == [
        (Decimal(120), '{"客户类型":"三甲"}'),
        (Decimal(7), '{"客户类型":"民营"}'),
        (Decimal(1), None),
    ]
    found = explain_derived(
        "c.value", subject_kind=SubjectKind.PERSON, subject_id=bo.pk, on=MON, dimension_value="三甲"
    )
    assert (found.value, found.is_reproduced) == (Decimal(120), True)
    assert [(one.name, one.value, one.count) for one in found.inputs] == [("赢单", Decimal(100), 1)]


def test_a_value_opens_down_to_the_rows_and_says_what_it_lacks(won: Metric, deals: Metric) -> None:
    bo = make_person()
    batch = ingest_rows(won, [(bo, MON, 3), (bo, MON + timedelta(days=1), 5)], source="CRM")
    ingest_rows(deals, [(bo, MON, 4)])
    define("{code: s.rate, name: 每单, kind: derived, grain: week, aggregation: mean, formula: '[赢单] / [商机]'}")
    derive()
    found = explain_derived("s.rate", subject_kind=SubjectKind.PERSON, subject_id=bo.pk, on=MON + timedelta(days=3))
    assert (found.value, found.starts_on, found.is_reproduced) == (Decimal(2), MON, True)
    assert {(row.batch, row.source, row.value) for row in found.inputs[1].measurements} == {
        (batch.pk, "CRM", Decimal(3)),
        (batch.pk, "CRM", Decimal(5)),
    }
    assert found.steps[-1].result == Decimal(2)
    nothing = explain_derived("s.rate", subject_kind=SubjectKind.PERSON, subject_id=bo.pk, on=MON + timedelta(days=30))
    assert nothing.value is None and {problem.code for problem in nothing.problems} == {"formula.missing_value"}
    with pytest.raises(NotDerived):
        explain_derived("s.won", subject_kind=SubjectKind.PERSON, subject_id=bo.pk, on=MON)


def test_a_derivation_killed_before_its_end_is_finished_by_the_next(won: Metric, monkeypatch) -> None:
    ingest_rows(won, [(make_person(), MON, 3)])
    double = define("{code: s.double, name: 双倍, kind: derived, formula: '[赢单] * 2'}")
    from sextant.metrics.actions import derive as room

    with monkeypatch.context() as patched:
        patched.setattr(room, "_finish", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            derive()
    assert len(values_of(double)) == 1 and not Derivation.objects.exists()
    derive()
    assert len(values_of(double)) == 1 and Derivation.objects.get().computed == 1


deliveries = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 2)), min_size=1, max_size=4),
        st.sampled_from([None, "R1", "R2"]),
    ),
    min_size=2,
    max_size=5,
)


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=deliveries)
def test_looking_at_touched_cells_only_ends_where_looking_at_all_of_them_does(deliveries: list[tuple]) -> None:
    suffix = uuid4().hex[:8]
    metrics = {name: make_metric(f"{name}{suffix}", code=f"{name}.{suffix}") for name in "ab"}
    people = [make_person() for _ in range(3)]
    text = f"{{code: r.{suffix}, name: 比, kind: derived, grain: week, formula: '[a.{suffix}] / [b.{suffix}]'}}"
    metric = define(text)
    for name, rows, record in deliveries:
        listed = [(people[who], MON + timedelta(days=day), value) for who, day, value in rows]
        listed = listed[:1] if record else listed
        ingest_rows(metrics[name], listed, record=record, has_corrections=record is not None)
        derive()
    counts = Derivation.objects.values_list("computed", "missing", "failed").get(metric=metric)
    failures = set(UncomputableValue.objects.filter(metric=metric).values_list("subject_id", "starts_on", "code"))
    Derivation.objects.filter(metric=metric).delete()
    (report,) = derive()
    assert (report.written, report.withdrawn) == (0, 0)
    assert (report.computed, report.missing, report.failed) == counts
    assert failures == set(
        UncomputableValue.objects.filter(metric=metric).values_list("subject_id", "starts_on", "code")
    )


def test_a_derived_batch_is_no_mapping_to_choose_and_no_source(won: Metric) -> None:
    ingest_rows(won, [(make_person(), MON, 3)], source="CRM")
    define("{code: s.double, name: 双倍, kind: derived, formula: '[赢单] * 2'}")
    derive()
    assert not [saved for saved in list_mappings() if saved.source.startswith("derived:")]


def test_a_metric_that_came_later_does_not_change_what_an_older_formula_means(won: Metric) -> None:
    bo = make_person()
    ingest_rows(won, [(bo, MON, 3)], dimensions='{"客户类型": "三甲"}')
    double = define("{code: s.double, name: 双倍, kind: derived, dimension: 客户类型, formula: '[赢单] * 2'}")
    make_metric("赢单", code="another.won")
    make_metric("客户类型", code="kinds")
    derive()
    assert [row[2] for row in values_of(double)] == [6]


def test_only_who_may_start_runs_derives() -> None:
    with pytest.raises(AccessDenied):
        derive_stale(actor=Actor(1, 1, frozenset({Role.EMPLOYEE})), now=NOW)


rows = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.decimals("-99999.999999", "99999.999999", places=6),
        st.decimals("-9.999999", "9.999999", places=6),
        st.integers(1, 3),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: (row[0], row[3], row[4]),
)


@hypothesis_settings(max_examples=60, deadline=None)
@given(rows=rows)
def test_sql_and_python_aggregate_to_the_same_digit(rows: list[tuple]) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE m (day DATE, value DECIMAL(28,6), denominator DECIMAL(28,6), batch BIGINT, row INTEGER)"
        )
        listed = [(MON + timedelta(days=day), *rest) for day, *rest in rows]
        connection.executemany("INSERT INTO m VALUES (?, ?, ?, ?, ?)", listed)
        for aggregation in Aggregation:
            (found,) = connection.execute(f"SELECT {value_sql(aggregation)} FROM m").fetchone()
            assert found == aggregate(aggregation, [Measurement(*row) for row in listed]), aggregation
