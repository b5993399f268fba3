"""The metric library: one version per real change, and nobody's definition replaced by accident."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions.library import UnknownOwner, create_missing_metrics, upsert_metrics
from sextant.metrics.contracts import MetricDefinition
from sextant.metrics.models import Metric
from sextant.metrics.queries import find_metric, list_metrics, metric_map
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
WON = MetricDefinition(code="a.won", name="赢单", unit_label="万元", baseline=Decimal("5.5"))

pytestmark = pytest.mark.django_db


def test_a_new_metric_starts_at_version_one_and_is_audited() -> None:
    (row,) = upsert_metrics([WON], actor=SYSTEM, now=NOW)
    assert (row.code, row.name, row.unit_label, row.version) == ("a.won", "赢单", "万元", 1)
    assert AuditEntry.objects.get(verb="upsert_metrics").changes == {"codes": ["a.won"]}


def test_an_equal_definition_changes_nothing_and_a_different_one_raises_the_version() -> None:
    upsert_metrics([WON], actor=SYSTEM, now=NOW)
    assert upsert_metrics([WON], actor=SYSTEM, now=NOW)[0].version == 1
    assert AuditEntry.objects.filter(verb="upsert_metrics").count() == 1
    assert upsert_metrics([replace(WON, freshness_days=7)], actor=SYSTEM, now=NOW)[0].version == 2
    assert Metric.objects.get(code="a.won").baseline == Decimal("5.5")


def test_creating_what_is_missing_leaves_a_known_metric_as_it_is() -> None:
    upsert_metrics([WON], actor=SYSTEM, now=NOW)
    other = MetricDefinition(code="a.lost", name="丢单")
    added = create_missing_metrics([replace(WON, name="别的名字"), other], actor=SYSTEM, now=NOW)
    assert [row.code for row in added] == ["a.lost"]
    found = find_metric("a.won")
    assert found is not None and (found.name, found.version) == ("赢单", 1)


def test_an_owner_is_found_by_number_and_an_unknown_one_refused() -> None:
    owner = make_person(number="E1")
    upsert_metrics([replace(WON, owner_number="E1")], actor=SYSTEM, now=NOW)
    assert Metric.objects.get(code="a.won").owner_person_id == owner.pk
    with pytest.raises(UnknownOwner) as refused:
        upsert_metrics([replace(WON, code="a.x", owner_number="E9")], actor=SYSTEM, now=NOW)
    assert refused.value.numbers == ("E9",)
    assert find_metric("a.x") is None


def test_only_who_may_take_data_in_may_change_the_library() -> None:
    with pytest.raises(AccessDenied):
        upsert_metrics([WON], actor=Actor(1, 1, frozenset({Role.AUDITOR})), now=NOW)


def test_metrics_are_listed_by_code_and_found_by_id() -> None:
    rows = upsert_metrics([WON, MetricDefinition(code="a.lost", name="丢单")], actor=SYSTEM, now=NOW)
    assert [row.code for row in list_metrics(codes=["a.won", "a.lost", "a.none"])] == ["a.lost", "a.won"]
    assert metric_map([rows[0].id, 0]) == {rows[0].id: rows[0]}
