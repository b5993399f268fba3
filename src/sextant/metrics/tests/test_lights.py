"""Rules of metrics and goals, calendars, lights set by hand: what a run makes of them, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions import lights
from sextant.metrics.actions.replay import replay_run
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.light_rules import load_light_rules
from sextant.metrics.models import EvaluationRun, LightRules, Metric
from sextant.metrics.queries import explain, standings_of
from sextant.metrics.queries.light_rules import list_calendars, list_light_rules, list_manual_lights
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_evaluate import HR, NOW, make_goal_spec, run, weekly
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

ON = date(2026, 1, 21)
LATER = NOW + timedelta(hours=1)
STRICT = "code: strict\nname: 严\nyellow_below: 0.95\nred_below: 0.9\n"


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def person(db: None) -> Person:
    return make_person()


def save(text: str, *, reason: str = "", now=NOW) -> int:
    return lights.save_light_rules(load_light_rules(text), reason=reason, actor=HR, now=now)


def use(code: str, metric: Metric, *, goal_id: int | None = None, now=NOW) -> None:
    lights.use_light_rules(code, metric_id=metric.pk, goal_id=goal_id, actor=HR, now=now)


def test_rules_of_a_goal_go_before_those_of_its_metric_and_those_before_the_company(person, tmp_path):
    metric, other = make_metric(), make_metric()
    for one in (metric, other):
        ingest_rows(one, weekly(person, [50, 35]))  # completion 65.4 %
    save("code: company\nname: 公司\nyellow_below: 0.6\n")
    save(STRICT)
    save("code: mild\nname: 宽\nred_below: 0.3\nyellow_below: 0.4\nstreak: {yellow: off, red: off}\n")
    use("strict", metric)
    use("mild", metric, goal_id=2)
    goals = [make_goal_spec(metric, person, goal_id=1), make_goal_spec(metric, person, goal_id=2)]
    result = run(tmp_path, [*goals, make_goal_spec(other, person, goal_id=3)], as_of=ON)
    found = standings_of([1, 2, 3])
    assert [found[goal_id].light for goal_id in (1, 2, 3)] == [Light.RED, Light.GREEN, Light.GREEN]
    assert found[1].reason.endswith("完成率 65.4%，低于 90%。")
    versions = EvaluationRun.objects.get(id=result.id).definition_versions
    assert versions["rules"] == ["company/1", "company/1 strict/1", "company/1 strict/1 mild/1"]
    told = explain(goals[1], as_of=ON)
    assert told.is_reproduced
    assert told.lines[0] == "按规则 company/1 strict/1 mild/1 判断"


def test_an_earlier_run_is_explained_and_replayed_by_the_rules_of_its_time(person, tmp_path):
    metric = make_metric()
    ingest_rows(metric, weekly(person, [50, 35]))
    save(STRICT)
    use("strict", metric)
    goal = make_goal_spec(metric, person)
    before = run(tmp_path, [goal], as_of=ON)
    save("code: strict\nname: 严\nyellow_below: 0.5\nred_below: 0.1\n", now=LATER)
    lights.put_manual_light(
        1, light=Light.YELLOW, reason="客户停产", from_on=ON, until_on=ON + timedelta(30), actor=HR, now=LATER
    )
    told = explain(goal, as_of=ON)
    assert (told.light, told.is_reproduced) == (Light.RED, True)
    assert replay_run(before.id, actor=HR, now=LATER).is_same
    after = run(tmp_path, [goal], as_of=ON, now=LATER + timedelta(minutes=1))
    assert after.digest != before.digest
    assert standings_of([1])[1].reason == "人工设定，2026-02-20 之前有效：客户停产"
    assert explain(goal, as_of=ON).is_reproduced


def test_a_light_set_by_hand_shows_while_valid_in_a_run_that_computes_only_what_changed(person, tmp_path):
    metric = make_metric()
    ingest_rows(metric, weekly(person, [50, 35]))
    goals = [make_goal_spec(metric, person, goal_id=goal_id) for goal_id in (1, 2)]
    run(tmp_path, goals, as_of=ON)
    lights.put_manual_light(
        2, light=Light.GREEN, reason="已谈妥", from_on=ON, until_on=ON + timedelta(1), actor=HR, now=NOW
    )
    lit = run(tmp_path, goals, as_of=ON)
    assert [standings_of([1, 2])[goal_id].light for goal_id in (1, 2)] == [Light.YELLOW, Light.GREEN]
    assert EvaluationRun.objects.get(id=lit.id).evaluated == 1
    assert list_manual_lights([1, 2])[2].is_valid(ON)
    assert run(tmp_path, goals, as_of=ON + timedelta(1)).yellow == 2
    assert lights.remove_manual_light(2, actor=HR, now=LATER)
    assert not lights.remove_manual_light(2, actor=HR, now=LATER)
    assert [entry.verb for entry in AuditEntry.objects.filter(object_kind="goal").order_by("id")] == [
        "set_manual_light",
        "clear_manual_light",
    ]


def test_a_formula_that_divides_by_zero_for_one_person_costs_nobody_else_the_score(person, tmp_path):
    metric = make_metric(aggregation="mean")
    ingest_rows(metric, weekly(person, [80, 90]))
    save('code: gap\nname: 差距\nscore: {curve: formula, formula: "100 * ([实际值] - [起点]) / ([挑战] - 130)"}\n')
    use("gap", metric)
    start = {"start": Decimal(10), "curve": "formula"}
    goals = [
        make_goal_spec(metric, person, goal_id=1, base="100", stretch=Decimal(130), **start),
        make_goal_spec(metric, person, goal_id=2, base="100", stretch=Decimal(180), **start),
        make_goal_spec(metric, person, goal_id=3, base="100", stretch=Decimal(180)),
    ]
    run(tmp_path, goals, as_of=ON)
    found = standings_of([1, 2, 3])
    assert [found[goal_id].score is None for goal_id in (1, 2, 3)] == [True, False, False]
    assert found[2].score == Decimal(150)
    assert found[1].light is found[2].light is Light.GREEN
    assert found[1].reason.endswith("得分算不出：公式除以了 0。")


def test_holidays_of_a_file_slow_the_expectation_down(person, tmp_path):
    metric = make_metric()
    ingest_rows(metric, weekly(person, [50, 50]))
    goal = make_goal_spec(metric, person)
    run(tmp_path, [goal], as_of=ON)
    plain = standings_of([1])[1].elapsed
    holidays = tmp_path / "holidays.csv"
    holidays.write_text("日期,类型\n2026-01-12,休\n2026-01-13,放假\n2026-01-17,调休上班\n", encoding="utf-8")
    version, calendar = lights.import_calendar(holidays, actor=HR, now=NOW)
    assert (version, len(calendar.days_off), len(calendar.days_on)) == (1, 2, 1)
    assert lights.import_calendar(holidays, actor=HR, now=NOW)[0] == 1
    result = run(tmp_path, [goal], as_of=ON)
    assert standings_of([1])[1].elapsed == Decimal("0.187500") < plain  # 12 of 64 days, not 13 of 65
    assert EvaluationRun.objects.get(id=result.id).calendar_version.startswith("company/1:")
    lights.import_calendar(holidays, weekdays=(1, 2, 3, 4, 5, 6), actor=HR, now=NOW)
    assert [(row.version, row.weekdays) for row in list_calendars()] == [(2, (1, 2, 3, 4, 5, 6))]


def test_a_six_day_week_and_a_season_hold_for_the_metrics_that_use_them(person, tmp_path):
    metric, other = make_metric(), make_metric()
    for one in (metric, other):
        ingest_rows(one, weekly(person, [50, 50]))
    days = tmp_path / "shifts.csv"
    days.write_text("date,kind\n2026-10-01,off\n", encoding="utf-8")
    lights.import_calendar(days, code="six-day", weekdays=(1, 2, 3, 4, 5, 6), actor=HR, now=NOW)
    save("code: plant\nname: 工厂\ncalendar: six-day\nseason: {months: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n")
    use("plant", metric)
    goals = [make_goal_spec(metric, person, goal_id=1), make_goal_spec(other, person, goal_id=2)]
    run(tmp_path, goals, as_of=ON)
    found = standings_of([1, 2])
    assert found[1].elapsed == 0 and found[1].light is Light.NONE  # January weighs nothing
    assert found[2].elapsed == Decimal("0.200000")
    assert explain(goals[0], as_of=ON).is_reproduced


@pytest.mark.usefixtures("person")
def test_what_cannot_hold_is_refused_and_leaves_nothing():
    sums = make_metric()
    save("code: lined\nname: 线\nred_line: 5\n")
    with pytest.raises(DocumentRefused, match=r"rules\.line_needs_level"):
        use("lined", sums)
    with pytest.raises(DocumentRefused, match=r"rules\.unknown"):
        use("company", sums)
    with pytest.raises(DocumentRefused, match=r"rules\.calendar_unknown"):
        save("code: plant\nname: 工厂\ncalendar: nowhere\n")
    with pytest.raises(AccessDenied):
        lights.save_light_rules(
            load_light_rules(STRICT), reason="", actor=Actor(1, 1, frozenset({Role.EMPLOYEE})), now=NOW
        )
    assert [row.code for row in list_light_rules()] == ["lined"]


@pytest.mark.usefixtures("person")
def test_versions_of_rules_are_added_and_never_changed():
    assert (save(STRICT), save(STRICT), save(STRICT + "late_days: off\n", reason="不看落后")) == (1, 1, 2)
    with pytest.raises(DatabaseError, match="neither changed nor deleted"), transaction.atomic():
        LightRules.objects.filter(code="strict").delete()
    metric = make_metric(code="won")
    use("strict", metric)
    [row] = list_light_rules()
    assert (row.version, row.reason, row.metrics, row.goals) == (2, "不看落后", ("won",), 0)
    assert lights.drop_light_rules(metric_id=metric.pk, actor=HR, now=NOW)
    assert list_light_rules()[0].metrics == ()
