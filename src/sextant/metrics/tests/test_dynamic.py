"""Dynamic thresholds and calendars of units in a run: who is compared with whom, and what a new value then touches."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sextant.engines.evaluation import GoalSpec, PeerGroup
from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.metrics.actions import calendars, lights
from sextant.metrics.actions.record import record_value
from sextant.metrics.actions.replay import replay_run
from sextant.metrics.cli.calendar import app
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.models import Batch, CalendarUse, Metric, Standing
from sextant.metrics.places import Places
from sextant.metrics.queries import explain, standings_of
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_cli import Terminal
from sextant.metrics.tests.test_evaluate import HR, NOW, make_goal_spec, run, weekly
from sextant.metrics.tests.test_incremental import ON, assert_equals_a_whole_run, evaluated
from sextant.metrics.tests.test_lights import save, use
from sextant.metrics.work_calendar import CalendarDocument
from sextant.people.models import Person, Post
from sextant.people.tests.makers import make_person, make_post, make_unit

CALM = "streak: {yellow: off, red: off}\n"
PEERS = f"code: peers\nname: 同组\n{CALM}dynamic: {{of: peers, group: unit, red: 0.2, yellow: 0.4, least: 4}}\n"
OWN = f"code: own\nname: 自己\n{CALM}dynamic: {{of: own, periods: 3, least: 3, red: 0.3, yellow: 0.6}}\n"


DELIVERIES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 1),
        st.integers(0, 400).map(lambda back: ON - timedelta(days=back)),
        st.integers(-50, 200),
    ),
    max_size=4,
)


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


def make_team(size: int, **unit) -> list[Person]:
    place = make_unit(**unit)
    people = [make_person() for _ in range(size)]
    for person in people:
        make_post(person, place)
    return people


def judged_by_peers(*teams: list[Person]) -> tuple[Metric, list[GoalSpec]]:
    """A metric of which the first of each team has 20 a week, the next 30, and so on, and their goals: 50 a week."""
    metric = make_metric()
    for team in teams:
        rows = [row for place, person in enumerate(team) for row in weekly(person, [20 + 10 * place] * 2)]
        ingest_rows(metric, rows)
    save(PEERS)
    use("peers", metric)
    people = [person for team in teams for person in team]
    return metric, [make_goal_spec(metric, person, goal_id=number) for number, person in enumerate(people, 1)]


def lights_of(*goal_ids: int) -> str:
    return "".join(standings_of(goal_ids)[goal_id].light.value[0] for goal_id in goal_ids)


def test_goals_are_judged_by_what_their_unit_reaches_and_few_peers_leave_the_constants(db, tmp_path):
    _, goals = judged_by_peers(make_team(5), make_team(3, code="small"))
    result = run(tmp_path, goals, as_of=ON)
    # of five, the yellow bar is what the second had and the red one what the first had: nobody lies below that
    assert (lights_of(1, 2, 3, 4, 5), lights_of(6, 7, 8)) == ("ygggg", "rry")
    first, sixth = explain(goals[0], as_of=ON), explain(goals[5], as_of=ON)
    assert first.reason.endswith("低于 46.2%。黄灯线 46.2%、红灯线 30.8% 取自同组 5 个目标今天的完成率。")
    assert sixth.reason.endswith("低于 50%。同组只有 3 个目标可比，不到 4 个，按固定的线判断。")
    assert first.lines[1].startswith("动态阈值：同组 5 个目标的完成率，从低到高第 20% 处 30.8% 为红灯线")
    assert first.is_reproduced and sixth.is_reproduced
    assert replay_run(result.id, actor=HR, now=NOW).is_same


def test_a_value_of_one_touches_the_goals_it_is_compared_with_and_no_others(db, tmp_path):
    first, second = make_team(5), make_team(4, code="other")
    metric, goals = judged_by_peers(first, second)
    run(tmp_path, goals, as_of=ON)
    ingest_rows(metric, [(first[4], date(2026, 1, 20), 500)])
    after = run(tmp_path, goals, as_of=ON)
    assert evaluated(after) == 5
    assert_equals_a_whole_run(tmp_path, goals, after)
    # one leaves its group with its goal, another moves to the other unit: both groups are judged anew
    for changed, expected in ((goals[1:], 4), (goals[1:], 8)):
        if expected == 8:
            Post.objects.filter(person=first[1]).update(unit=second[0].posts.get().unit)
        after = run(tmp_path, changed, as_of=ON)
        assert evaluated(after) == expected
        assert_equals_a_whole_run(tmp_path, changed, after)


def test_a_goal_is_judged_by_the_own_periods_before_and_touched_by_a_correction_of_them(db, tmp_path):
    metric, person = make_metric(), make_person()
    quarters = [date(2025, 4, 4), date(2025, 7, 4), date(2025, 10, 3)]
    for weekly_value, first in zip((30, 20, 40), quarters, strict=True):
        ingest_rows(metric, weekly(person, [weekly_value] * 13, first=first - timedelta(4)), record=f"Q-{weekly_value}")
    ingest_rows(metric, weekly(person, [25] * 3, first=date(2025, 12, 29)))
    save(OWN)
    use("own", metric)
    period = {"from_on": date(2026, 1, 1), "until_on": date(2026, 4, 1), "base": "650"}
    goals = [make_goal_spec(metric, person, **period), make_goal_spec(metric, make_person(), goal_id=2, **period)]
    run(tmp_path, goals, as_of=ON)
    told = Standing.objects.get(goal_id=1).reason_params
    assert (told["dynamic"], told["observed"]) == ("own", "3")
    assert Decimal(told["red_bar"]) < Decimal(told["yellow_bar"]) <= 1
    assert "此前只有 0 期可比，不到 3 期" in explain(goals[1], as_of=ON).lines[1]
    assert explain(goals[0], as_of=ON).is_reproduced
    ingest_rows(metric, [(person, date(2025, 7, 10), 900)])
    after = run(tmp_path, goals, as_of=ON)
    assert evaluated(after) == 1
    assert Standing.objects.get(goal_id=1).reason_params["yellow_bar"] != told["yellow_bar"]
    assert_equals_a_whole_run(tmp_path, goals, after)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(DELIVERIES, st.integers(1, 8), st.integers(60, 900)), min_size=1, max_size=2))
def test_any_sequence_of_deliveries_new_targets_and_departures_ends_as_a_whole_run_does(db, settings, steps):
    folder = Path(mkdtemp(dir=settings.SEXTANT_HOME.parent))
    settings.SEXTANT_HOME = folder
    Batch.objects.all().delete()  # of the example before, whose ledger was another
    team, metrics = make_team(4, code=folder.name), [make_metric(), make_metric(aggregation="mean")]
    save(PEERS)
    save(OWN)
    for metric, code in zip(metrics, ("peers", "own"), strict=True):
        use(code, metric)
        ingest_rows(metric, [row for person in team for row in weekly(person, [50] * 60, first=date(2025, 1, 6))])
    goals = {
        number: make_goal_spec(metric, person, goal_id=number)
        for number, (metric, person) in enumerate(product(metrics, team), 1)
    }
    run(folder, goals.values(), as_of=ON)
    for delivered, number, base in steps:
        for metric in metrics:
            mine = [(team[who], day, value) for who, which, day, value in delivered if metrics[which] == metric]
            if mine:
                ingest_rows(metric, mine)
        if base % 3:
            changed = metrics[(number - 1) // 4], team[(number - 1) % 4]
            goals[number] = make_goal_spec(*changed, goal_id=number, base=str(base))
        else:
            goals.pop(number, None)
        assert_equals_a_whole_run(folder, list(goals.values()), run(folder, goals.values(), as_of=ON))


def test_a_value_recorded_by_hand_is_judged_by_the_bars_of_the_last_run_until_the_next(db, tmp_path):
    team = make_team(5)
    _, goals = judged_by_peers(team)
    run(tmp_path, goals, as_of=ON)
    record_value([goals[0]], day=ON, value=Decimal(60), as_of=ON, actor=HR, now=NOW)
    params = Standing.objects.get(goal_id=1).reason_params
    assert (lights_of(1), params["yellow_bar"], params["observed"]) == ("y", "0.461538", "5")  # held over the weekend
    assert explain(goals[0], as_of=ON).is_reproduced
    after = run(tmp_path, goals, as_of=ON)
    assert evaluated(after) == 5
    assert Standing.objects.get(goal_id=1).reason_params["yellow_bar"] == "0.615385"
    assert_equals_a_whole_run(tmp_path, goals, after)


def test_days_are_counted_by_the_nearest_unit_unless_rules_of_metric_or_goal_name_a_calendar(db, tmp_path):
    plant = make_unit("工厂", code="plant")
    line, office = make_unit("一车间", parent=plant, code="line"), make_unit("总部", code="office")
    worker, clerk, other = (make_person() for _ in range(3))
    for person, unit in ((worker, line), (clerk, office), (other, plant)):
        make_post(person, unit)
    metric, ruled = make_metric(), make_metric()
    for code, weekdays in (
        ("six-day", (1, 2, 3, 4, 5, 6)),
        ("seven-day", (1, 2, 3, 4, 5, 6, 7)),
        ("four-day", (1, 2, 3, 4)),
    ):
        lights.save_calendar(CalendarDocument(weekdays=weekdays), code=code, actor=HR, now=NOW)
    save("code: short\nname: 四天\ncalendar: four-day\n")
    use("short", ruled)
    calendars.use_calendar("six-day", unit_code="plant", actor=HR, now=NOW)
    goals = [
        make_goal_spec(metric, worker, goal_id=1),
        make_goal_spec(metric, clerk, goal_id=2),
        make_goal_spec(ruled, worker, goal_id=3),
        make_goal_spec(metric, worker, goal_id=4),
        replace(make_goal_spec(metric, other, goal_id=5), subject_kind=SubjectKind.UNIT, subject_id=line.pk),
    ]
    use("short", metric, goal_id=4)

    def days() -> list[str]:
        result = run(tmp_path, goals, as_of=ON)
        assert_equals_a_whole_run(tmp_path, goals, result)
        told = [explain(goal, as_of=ON) for goal in goals]
        assert all(one.is_reproduced for one in told)
        return [one.calendar_version.split("/")[0].split(":")[0] for one in told]

    assert days() == ["six-day", "5-day", "four-day", "four-day", "six-day"]
    calendars.use_calendar("seven-day", unit_code="line", actor=HR, now=NOW)
    assert days() == ["seven-day", "5-day", "four-day", "four-day", "seven-day"]
    Post.objects.filter(person=worker).update(unit=plant)
    assert days() == ["six-day", "5-day", "four-day", "four-day", "seven-day"]
    assert calendars.drop_calendar(unit_code="line", actor=HR, now=NOW)
    assert not calendars.drop_calendar(unit_code="line", actor=HR, now=NOW)
    assert days() == ["six-day", "5-day", "four-day", "four-day", "six-day"]
    assert AuditEntry.objects.filter(object_kind="unit").count() == 3
    with pytest.raises(DocumentRefused) as refused:
        calendars.use_calendar("nine-day", unit_code="line", actor=HR, now=NOW)
    assert refused.value.problems[0].code == "rules.calendar_unknown"
    with pytest.raises(DocumentRefused):
        calendars.use_calendar("six-day", unit_code="nowhere", actor=HR, now=NOW)
    with pytest.raises(AccessDenied):
        calendars.use_calendar("six-day", unit_code="line", actor=Actor(1, 1, frozenset({Role.EMPLOYEE}), "x"), now=NOW)


def test_who_counts_as_a_peer(db):
    root = make_unit("公司", code="root")
    branch = make_unit("华东", parent=root, code="east")
    team, twin = (make_unit(name, parent=branch, code=name) for name in ("一组", "二组"))
    seller, guest = make_person(), make_person()
    make_post(seller, team, title="销售")
    places, person, unit = Places.on(ON), (SubjectKind.PERSON, seller.pk), (SubjectKind.UNIT, team.pk)
    groups = [PeerGroup.COMPANY, PeerGroup.BRANCH, PeerGroup.UNIT, PeerGroup.ROLE]
    assert [places.peers(person, group) for group in groups] == [
        "company",
        f"branch:{branch.pk}",
        f"unit:{team.pk}",
        "role:销售",
    ]
    assert [places.peers(unit, group) for group in groups] == [
        "company",
        f"branch:{branch.pk}",
        f"unit:{branch.pk}",
        None,
    ]
    assert places.peers((SubjectKind.UNIT, twin.pk), PeerGroup.UNIT) == places.peers(unit, PeerGroup.UNIT)
    assert [places.peers((SubjectKind.PERSON, guest.pk), group) for group in groups] == ["company", None, None, None]


def test_the_command_line_gives_a_unit_its_calendar_and_takes_it_back(db):
    make_unit("工厂", code="plant")
    lights.save_calendar(CalendarDocument(weekdays=(1, 2, 3, 4, 5, 6)), code="six-day", actor=HR, now=NOW)

    def said(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(words), obj=Terminal())
        return result.exit_code, result.output

    assert said("use", "six-day", "--unit", "plant") == (0, "单位 plant 及其下级从下一次评估起按日历 six-day 计算。\n")
    assert CalendarUse.objects.filter(until_at=None).count() == 1
    assert said("drop", "--unit", "plant") == (0, "单位 plant 不再用自己的日历。\n")
    assert said("drop", "--unit", "plant") == (0, "单位 plant 没有自己的日历。\n")
    assert "没有单位“nowhere”" in said("use", "six-day", "--unit", "nowhere")[1]
