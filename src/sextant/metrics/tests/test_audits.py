"""Audit rules: each check on numbers one can follow by hand, before a batch counts and at night."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.metrics.actions.audits import audit_batch, audit_standing, save_rule
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.audits.messages import KINDS, say_rule, say_sample
from sextant.metrics.audits.rules import RuleRefused, build_rule, parse_rule
from sextant.metrics.contracts import BatchState
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import parse_mapping
from sextant.metrics.models import Metric
from sextant.metrics.queries import get_batch
from sextant.metrics.queries.audits import findings_of, list_freshness, list_rules, list_versions, standing_findings
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # a Wednesday
AUDITOR = Actor(user_id=7, person_id=7, roles=frozenset({Role.DATA_AUDITOR}), label="稽核")
HR = Actor(user_id=1, person_id=1, roles=frozenset({Role.HR}), label="hr")

MAPPING = """
source: 回款
person: {column: who, by: number}
columns: {on_day: {type: date}, amount: {type: number}}
record: id
measurements: [{metric: cash, date: on_day, value: "[amount]"}]
"""
HEADER = "id,who,on_day,amount\n"


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def cash(db: None) -> Metric:
    return make_metric(name="回款", code="cash", decimals=1, freshness_days=7)


@pytest.fixture
def person(db: None) -> Person:
    return make_person(number="E1")


@pytest.fixture
def deliver(tmp_path: Path):
    def take_in(body: str, *, mapping: str = MAPPING):
        path = tmp_path / "a.csv"
        path.write_text(HEADER + body, encoding="utf-8")
        return ingest_file(path, mapping=parse_mapping(mapping), actor=HR, now=NOW)

    return take_in


def rule(check: dict[str, object], *, severity: str = "warn", code: str = "r", **more: object) -> int:
    document = {"code": code, "name": "规则", "metric": "cash", "severity": severity, "check": check, **more}
    return save_rule(build_rule(document), actor=AUDITOR, now=NOW)


def faults(batch: int | None) -> list[tuple]:
    """(row, value, reference) of every sample."""
    found = findings_of(batch) if batch else standing_findings()
    samples = [sample for one in found for sample in one.samples]
    return [(one.get("row"), one.get("value"), one.get("reference")) for one in samples]


def history(metric: Metric, person: Person, values: list[str]) -> None:
    ingest_rows(metric, [(person, date(2026, 1, 1) + timedelta(days=n), value) for n, value in enumerate(values)])


class TestArrived:
    def test_values_outside_the_range_are_found_with_their_rows(self, cash: Metric, person: Person, deliver) -> None:
        rule({"kind": "range", "least": 0, "most": 100})
        report = deliver("1,E1,2026-03-01,100\n2,E1,2026-03-02,100.1\n3,E1,2026-03-03,-1\n")
        assert report.accepted == 3
        assert faults(report.batch) == [(3, "100.1", None), (4, "-1", None)]

    def test_a_ratio_is_looked_at_as_quotient(self, person: Person, deliver) -> None:
        make_metric(name="合格率", code="cash", aggregation="ratio")
        rule({"kind": "range", "most": "1"})
        mapping = MAPPING.replace('value: "[amount]"', 'numerator: "[amount]", denominator: "10"')
        assert faults(deliver("1,E1,2026-03-01,10\n2,E1,2026-03-02,11\n", mapping=mapping).batch) == [(3, "1.1", None)]

    def test_a_jump_is_held_against_median_and_deviation_of_the_own_history(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        # median 10.5, absolute deviations .5 .5 .5 .5 1.5 1.5: MAD .5, so 6 × 1.4826 × .5 = 4.4 away is allowed
        history(cash, person, ["10", "11", "10", "11", "9", "12"])
        rule({"kind": "jump"})
        report = deliver("1,E1,2026-03-01,14.9\n2,E1,2026-03-02,15.2\n")
        # before row 3 stand seven values with median 11 and MAD 1: 8.9 are allowed
        assert faults(report.batch) == []
        assert faults(deliver("3,E1,2026-02-28,15\n").batch) == [(2, "15", "10.5")]

    def test_a_short_history_is_no_history_and_a_flat_one_has_a_floor(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        rule({"kind": "jump"})
        history(cash, person, ["10"] * 4)
        assert faults(deliver("1,E1,2026-03-01,900\n").batch) == []
        other = make_person(number="E2")
        history(cash, other, ["10"] * 6)
        # nothing ever moved: six times 5 % of the median are allowed, 13 and no more
        assert faults(deliver("2,E2,2026-03-01,13\n3,E2,2026-03-01,13.1\n").batch) == [(3, "13.1", "10")]

    def test_the_same_sum_days_apart_under_two_numbers_is_a_duplicate(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        earlier = deliver("1,E1,2026-03-01,16\n").batch
        rule({"kind": "duplicate", "days": 3})
        report = deliver("2,E1,2026-03-04,16\n3,E1,2026-03-05,16\n4,E1,2026-03-09,16\n")
        (found,) = findings_of(report.batch)
        samples = [(one["row"], one["other_batch"], one["other_row"]) for one in found.samples]
        assert samples == [(2, earlier, 2), (3, report.batch, 2)]

    def test_a_record_that_is_delivered_again_is_not_its_own_duplicate(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        rule({"kind": "duplicate"})
        deliver("1,E1,2026-03-01,16\n")
        assert faults(deliver("1,E1,2026-03-01,16\n2,E1,2026-03-01,17\n").batch) == []

    def test_two_metrics_of_one_number_must_agree_within_the_tolerance(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        booked = make_metric(name="入账", code="booked")
        other = make_person(number="E2")
        ingest_rows(booked, [(person, date(2026, 3, 3), "100"), (other, date(2026, 3, 3), "50")])
        rule({"kind": "difference", "other": "booked", "tolerance_ratio": "0.05"})
        report = deliver("1,E1,2026-03-02,60\n2,E1,2026-03-08,35\n3,E2,2026-03-02,47\n")
        # E1: 95 of 100, just allowed. E2: 47 of 50, 6 % away
        assert faults(report.batch) == [(None, "47", "50")]

    def test_two_sources_of_one_metric_must_agree(self, cash: Metric, person: Person, deliver) -> None:
        ingest_rows(cash, [(person, date(2026, 3, 3), "100")], source="财务")
        rule({"kind": "difference", "sources": ["回款", "财务"]})
        assert faults(deliver("1,E1,2026-03-03,99\n").batch) == [(None, "99", "100")]

    def test_sums_reach_the_control_total_written_down(self, cash: Metric, person: Person, deliver) -> None:
        rule({"kind": "total", "totals": {"2026-02": 30, "2026-03": "70.5"}})
        other = make_person(number="E2")
        ingest_rows(cash, [(other, date(2026, 3, 3), "40")])
        # February is short as well, but this batch does not speak of it
        assert faults(deliver("1,E1,2026-03-03,30\n").batch) == [(None, "70", "70.5")]
        assert faults(deliver("2,E1,2026-03-04,0.5\n").batch) == []

    def test_sums_of_persons_reach_what_another_metric_says_of_the_unit(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        total = make_metric(name="总账", code="total")
        ingest_rows(total, [(make_unit(), date(2026, 3, 31), "80")])
        rule({"kind": "total", "other": "total", "tolerance": 5})
        assert faults(deliver("1,E1,2026-03-03,70\n").batch) == [(None, "70", "80")]

    def test_rules_of_other_metrics_and_rules_that_are_off_do_not_judge(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        make_metric(code="else")
        rule({"kind": "range", "most": 1}, code="a", metric="else")
        rule({"kind": "range", "most": 1}, code="b", enabled=False)
        assert faults(deliver("1,E1,2026-03-01,100\n").batch) == []

    def test_a_batch_that_counts_can_be_judged_by_the_rules_of_today(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        batch = deliver("1,E1,2026-03-01,100\n").batch
        rule({"kind": "range", "most": 1}, severity="block")
        assert audit_batch(batch, actor=AUDITOR, now=NOW) == 1
        assert get_batch(batch).state is BatchState.DONE


class TestHeld:
    def test_a_blocking_rule_keeps_the_whole_batch_out_of_the_ledger(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        rule({"kind": "range", "most": 100}, severity="block")
        version = ledger.current_version()
        report = deliver("1,E1,2026-03-01,7\n2,E1,2026-03-02,700\n")
        assert (report.is_held, report.accepted, report.ledger_version) == (True, 0, None)
        assert ledger.current_version() == version
        assert get_batch(report.batch).state is BatchState.HELD
        again = deliver("1,E1,2026-03-01,7\n2,E1,2026-03-02,700\n")
        assert (again.already_known, again.is_held, again.batch) == (True, True, report.batch)

    def test_a_blocking_rule_that_finds_nothing_holds_nothing(self, cash: Metric, person: Person, deliver) -> None:
        rule({"kind": "range", "most": 100}, severity="block")
        assert deliver("1,E1,2026-03-01,7\n").accepted == 1


class TestStanding:
    def test_a_metric_older_than_promised_is_stale_and_one_in_time_is_not(self, cash: Metric, person: Person) -> None:
        ingest_rows(cash, [(person, date(2026, 3, 3), "1")])
        rule({"kind": "freshness"})
        assert audit_standing(actor=AUDITOR, now=NOW) == 1
        assert faults(None) == [(None, "8", "7")]
        ingest_rows(cash, [(person, date(2026, 3, 4), "1")])
        assert audit_standing(actor=AUDITOR, now=NOW) == 0
        assert [(one.age_days, one.is_late) for one in list_freshness(today=date(2026, 3, 12))] == [(8, True)]

    def test_who_had_values_before_and_has_none_now_is_missing(self, cash: Metric, person: Person) -> None:
        other = make_person(number="E2")
        ingest_rows(cash, [(person, date(2026, 2, 24), "1"), (other, date(2026, 2, 24), "1")])
        ingest_rows(cash, [(person, date(2026, 3, 5), "1")])
        rule({"kind": "completeness"})
        assert audit_standing(actor=AUDITOR, now=NOW) == 1
        (found,) = standing_findings()
        assert [(one["subject_id"], one["day"]) for one in found.samples] == [(other.pk, "2026-03-02")]

    def test_everyone_of_a_unit_and_below_is_expected(self, cash: Metric) -> None:
        top = make_unit(code="TOP")
        low = make_unit(parent=top)
        present, absent = make_person(unit=low), make_person(unit=low)
        make_person(unit=make_unit(code="ELSEWHERE"))
        ingest_rows(cash, [(present, date(2026, 3, 5), "1")])
        rule({"kind": "completeness", "unit": "TOP", "back": 2})
        audit_standing(actor=AUDITOR, now=NOW)
        (found,) = standing_findings()
        missing = [(one["subject_id"], one["day"]) for one in found.samples]
        assert missing == [(absent.pk, "2026-03-02"), (present.pk, "2026-02-23"), (absent.pk, "2026-02-23")]


class TestRules:
    def test_a_changed_rule_is_a_new_version_and_findings_keep_the_old_one(
        self, cash: Metric, person: Person, deliver
    ) -> None:
        assert rule({"kind": "range", "most": 1}) == 1
        batch = deliver("1,E1,2026-03-01,2\n").batch
        assert rule({"kind": "range", "most": 1}) == 1
        assert rule({"kind": "range", "most": 5}) == 2
        assert [(one.version, one.document["check"]["most"]) for one in list_rules()] == [(2, "5")]
        assert [one.rule_version for one in findings_of(batch)] == [1]
        assert len(list_versions("r")) == 2

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("code: a\nname: b\nmetric: cash\ncheck: {kind: range}", "audit.no_limit"),
            ("code: a\nname: b\nmetric: cash\ncheck: {kind: rnge}", "mapping.bad_choice"),
            ("code: a\nname: b\nmetric: cash\ncheck: {kind: range, mst: 3}", "mapping.unknown_key"),
            ("code: a\nname: b\nmetric: cash\nseverity: block\ncheck: {kind: freshness}", "audit.nothing_to_hold"),
            ("code: a\nname: b\nmetric: cash\ncheck: {kind: total, totals: {soon: 1}}", "audit.bad_period"),
        ],
    )
    def test_a_document_that_is_wrong_is_refused_with_its_place(self, text: str, code: str) -> None:
        with pytest.raises(RuleRefused) as refused:
            parse_rule(text)
        assert [problem.code for problem in refused.value.problems] == [code]
        assert all(say_rule(problem) for problem in refused.value.problems)

    def test_a_metric_that_is_not_there_is_refused(self, cash: Metric) -> None:
        with pytest.raises(RuleRefused):
            rule({"kind": "range", "most": 1}, metric="nothing")

    def test_employees_save_no_rules(self, cash: Metric) -> None:
        employee = Actor(user_id=2, person_id=2, roles=frozenset({Role.EMPLOYEE}), label="e")
        with pytest.raises(AccessDenied):
            save_rule(
                parse_rule("code: a\nname: b\nmetric: cash\ncheck: {kind: range, most: 3}"), actor=employee, now=NOW
            )

    def test_every_kind_says_what_it_found(self) -> None:
        for kind in KINDS:
            sample = {"row": 3, "day": "2026-03-01", "value": "5", "reference": "7", "other_batch": 2, "other_row": 9}
            checks = {"range": {"most": "3"}, "duplicate": {"days": 3}, "jump": {"history": 8}}
            assert say_sample(kind, {"kind": kind, **checks.get(kind, {})}, sample, decimals=1)
