"""Every change of a definition is a new version that says who, when and why; roll-back, retirement, circles."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.metrics import uses
from sextant.metrics.actions.library import upsert_metrics
from sextant.metrics.actions.metric_versions import retire_metric, roll_back_metric, save_metric, take_up_metric
from sextant.metrics.contracts import MetricDefinition
from sextant.metrics.definition import DefinitionRefused, parse_document
from sextant.metrics.messages.library import SENTENCES, say
from sextant.metrics.models import Metric, MetricVersion
from sextant.metrics.queries import find_metric
from sextant.metrics.queries.metric_versions import get_document, get_version_document, list_versions
from sextant.metrics.tests.makers import make_metric
from sextant.metrics.uses import UseKind, register_use
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("曹砚秋")

pytestmark = pytest.mark.django_db


def save(text: str, *, reason: str = "季度复核", **options):
    return save_metric(parse_document(text), reason=reason, actor=SYSTEM, now=NOW, **options)


def refused(text: str, **options) -> list[str]:
    with pytest.raises(DefinitionRefused) as error:
        save(text, **options)
    assert all(say(problem) for problem in error.value.problems)
    return [problem.code for problem in error.value.problems]


def test_a_change_is_a_new_version_with_who_when_why_and_what_differs() -> None:
    save("{code: s.won, name: 赢单, limit: 99.92}")
    assert save("{code: s.won, name: 赢单金额, limit: 99.92}", reason="改名").version == 2
    newest, first = list_versions(Metric.objects.get(code="s.won").pk)
    assert (newest.version, newest.changed_by, newest.reason) == (2, "曹砚秋", "改名")
    assert newest.changes == {"name": ["赢单", "赢单金额"]}
    assert first.changes == {"code": [None, "s.won"], "name": [None, "赢单"], "limit": [None, "99.92"]}
    assert get_version_document("s.won", 1).name == "赢单"
    assert get_document("s.won").limit == Decimal("99.92")


def test_an_equal_definition_is_no_version_whatever_the_database_pads() -> None:
    save("{code: s.won, name: 赢单, baseline: 5.5, tags: [销售]}")
    assert save("{code: s.won, name: 赢单, baseline: 5.50, tags: [销售]}").version == 1


def test_rolling_back_is_a_new_version_with_the_old_content() -> None:
    save("{code: s.won, name: 赢单}")
    save("{code: s.won, name: 赢单金额}")
    row = roll_back_metric("s.won", version=1, reason="改错了", actor=SYSTEM, now=NOW)
    assert (row.version, row.name) == (3, "赢单")
    assert list_versions(row.id)[0].restores == 1


def test_a_version_can_be_neither_changed_nor_removed() -> None:
    save("{code: s.won, name: 赢单}")
    with pytest.raises(IntegrityError), transaction.atomic():
        MetricVersion.objects.update(reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        MetricVersion.objects.all().delete()


def test_a_metric_from_before_versions_were_kept_gets_its_first_one_with_the_change() -> None:
    metric = make_metric("回款", code="old")
    assert [row.version for row in list_versions(metric.pk)] == [1]
    save("{code: old, name: 回款额, unit_label: 万元}")
    assert [(row.version, row.changed_by) for row in list_versions(metric.pk)] == [(2, "曹砚秋"), (1, "")]
    assert get_version_document("old", 1).name == "回款"


def test_bulk_definitions_leave_versions_too() -> None:
    upsert_metrics([MetricDefinition("s.won", "赢单")], actor=SYSTEM, now=NOW, reason="映射")
    upsert_metrics([MetricDefinition("s.won", "赢单", freshness_days=7)], actor=SYSTEM, now=NOW)
    assert list_versions(Metric.objects.get().pk)[0].changes == {"freshness_days": [14, 7]}


def test_what_is_unfit_is_refused_and_nothing_is_written() -> None:
    save("{code: s.won, name: 赢单}")
    assert refused("{code: s.won, name: x}", reason=" ") == ["definition.reason_needed"]
    assert refused("{code: s.won, name: x}", expected_version=7) == ["definition.changed_meanwhile"]
    assert refused("{code: s.x, name: x, owner: E9}") == ["definition.unknown_owner"]
    assert refused("{code: s.won, name: x, kind: derived}") == ["definition.formula_needed"]
    assert refused("{code: s.won, nmae: x}") == ["definition.missing_key", "definition.unknown_key"]
    assert find_metric("s.won").version == 1 and find_metric("s.x") is None


def test_only_who_may_define_saves_and_retires() -> None:
    auditor = Actor(1, 1, frozenset({Role.AUDITOR}))
    with pytest.raises(AccessDenied):
        save_metric(parse_document("{code: a, name: b}"), reason="", actor=auditor, now=NOW)
    make_metric(code="old")
    with pytest.raises(AccessDenied):
        retire_metric("old", reason="", actor=auditor, now=NOW)


class TestDerived:
    def test_names_are_pinned_to_codes_so_that_renaming_breaks_nothing(self) -> None:
        save("{code: s.won, name: 赢单}")
        save("{code: s.twice, name: 双倍, kind: derived, formula: '[赢单] * 2'}")
        derived = Metric.objects.get(code="s.twice")
        assert (derived.inputs, derived.input_ids) == ({"赢单": "s.won"}, [Metric.objects.get(code="s.won").pk])
        save("{code: s.won, name: 赢单金额}")
        assert (
            save("{code: s.twice, name: 双倍值, kind: derived, formula: '[赢单] * 2', inputs: {赢单: s.won}}").version
            == 2
        )

    def test_a_circle_is_refused_with_its_path(self) -> None:
        save("{code: a, name: 甲}")
        save("{code: b, name: 乙, kind: derived, formula: '[甲] + 1'}")
        save("{code: c, name: 丙, kind: derived, formula: '[乙] + 1'}")
        with pytest.raises(DefinitionRefused) as error:
            save("{code: a, name: 甲, kind: derived, formula: '[丙] + 1'}")
        assert "甲 → 丙 → 乙 → 甲" in say(error.value.problems[0])
        assert refused("{code: d, name: 丁, kind: derived, formula: '[丁] + 1'}") == ["derivation.cycle"]

    def test_a_formula_is_refused_with_position_and_suggestion(self) -> None:
        save("{code: s.won, name: 赢单}")
        with pytest.raises(DefinitionRefused) as error:
            save("{code: s.x, name: x, kind: derived, formula: '1 + [赢单额]'}")
        assert "第 5 个字符" in say(error.value.problems[0]) and "赢单" in say(error.value.problems[0])


class TestRetirement:
    @pytest.fixture(autouse=True)
    def kinds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uses, "_kinds", {})

    def test_one_in_use_is_not_retired_and_who_uses_it_is_named(self) -> None:
        save("{code: s.won, name: 赢单}")
        save("{code: s.twice, name: 双倍, kind: derived, formula: '[赢单] * 2'}")
        register_use(UseKind("goals", "进行中的目标", lambda ids, on: dict.fromkeys(ids, 12)))
        with pytest.raises(DefinitionRefused) as error:
            retire_metric("s.won", reason="停", actor=SYSTEM, now=NOW)
        sentence = say(error.value.problems[0])
        assert "双倍" in sentence and "12 个进行中的目标" in sentence
        assert not find_metric("s.won").is_retired

    def test_a_retired_one_stays_readable_and_can_be_taken_up_again(self) -> None:
        save("{code: s.won, name: 赢单}")
        retire_metric("s.won", reason="停", actor=SYSTEM, now=NOW)
        assert find_metric("s.won").is_retired
        assert refused("{code: s.won, name: x}") == ["definition.retired"]
        take_up_metric("s.won", reason="再用", actor=SYSTEM, now=NOW)
        assert not find_metric("s.won").is_retired


def test_the_owner_goes_through_the_document_by_number() -> None:
    make_person(number="E1")
    save("{code: s.won, name: 赢单, owner: E1}")
    assert get_document("s.won").owner == "E1"
    assert parse_document(get_document("s.won").to_yaml()) == get_document("s.won")


def test_every_sentence_can_be_said() -> None:
    names = (
        "limit line detail field suggestion value choices number version users name codes code dimension digits path"
    )
    params = dict.fromkeys(names.split(" "), "x")
    assert all(str(sentence) % {**params, "position": 1} for sentence in SENTENCES.values())
