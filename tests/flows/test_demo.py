"""The demo company: the same twice, complete, and with its stories visible in the lights the engines gave."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from sextant.demo import units
from sextant.demo.cast import PARTS, PASSWORD, names_by_username
from sextant.demo.generate import ensure_demo_company, is_there
from sextant.demo.services import TALKS_FILE
from sextant.demo.story import PEOPLE_FILES, write_company
from sextant.goals.contracts import GoalKind
from sextant.goals.models import (
    Alignment,
    Contract,
    Goal,
    Plan,
    QuotaSplit,
    RedMark,
    Signature,
    SupportItem,
    Survey,
    Workshop,
)
from sextant.goals.queries import in_force
from sextant.metrics.models import (
    AuditFinding,
    Batch,
    ConnectorRun,
    Derivation,
    EvaluationRun,
    Metric,
    QuarantinedRow,
    Standing,
)
from sextant.metrics.queries.rules_in_force import find_rules_in_force
from sextant.people.models import Person, ReportingLine, Unit

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
QUARTER = "2026Q4"

pytestmark = [pytest.mark.slow]


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_week_gives_the_same_files(tmp_path: Path) -> None:
    write_company(tmp_path / "saturday", today=TODAY)
    write_company(tmp_path / "friday", today=date(2026, 11, 20))
    assert _digests(tmp_path / "saturday") == _digests(tmp_path / "friday")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    write_company(tmp_path / "ours", today=TODAY)
    write_company(tmp_path / "theirs", today=TODAY, seed="another")
    ours, theirs = _digests(tmp_path / "ours"), _digests(tmp_path / "theirs")
    assert ours.keys() == theirs.keys()
    assert not set(ours.values()) & set(theirs.values())


@pytest.mark.parametrize(
    "today",
    [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 11), date(2027, 2, 15), date(2027, 10, 10), date(2032, 2, 29)],
)
def test_it_can_be_made_on_any_day(tmp_path: Path, today: date) -> None:
    company = write_company(tmp_path, today=today)
    assert company.evaluation_days[-1] < today
    assert len(set(company.evaluation_days)) == len(company.evaluation_days)


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_made_again_from_nothing_every_run_has_the_same_digest(tmp_path: Path, settings) -> None:
    digests = []
    for home in ("first", "second"):
        settings.SEXTANT_HOME = tmp_path / home
        settings.SEXTANT_CONNECTOR_FILES = tmp_path / home / "connectors"
        ensure_demo_company(now=NOW)
        digests.append(list(EvaluationRun.objects.order_by("id").values_list("as_of", "digest")))
        call_command("flush", interactive=False, verbosity=0)
    assert digests[0] == digests[1]
    assert len(digests[0]) == 6


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """The demo company, made once for this module. What it wrote is taken out again afterwards."""
    home, settings.SEXTANT_HOME = settings.SEXTANT_HOME, tmp_path_factory.mktemp("home")
    sources, settings.SEXTANT_CONNECTOR_FILES = settings.SEXTANT_CONNECTOR_FILES, settings.SEXTANT_HOME / "connectors"
    with django_db_blocker.unblock():
        ensure_demo_company(now=NOW)
        yield
        call_command("flush", interactive=False, verbosity=0)
    settings.SEXTANT_HOME, settings.SEXTANT_CONNECTOR_FILES = home, sources


def _lights(**where: object) -> dict[str, Standing]:
    """Standings of the running quarter's goals that match, by code of the metric."""
    goals = Goal.objects.filter(cycle__code=QUARTER, metric__isnull=False, **where).values_list("id", "metric__code")
    by_goal = {row.goal_id: row for row in Standing.objects.filter(goal_id__in=[goal_id for goal_id, _ in goals])}
    return {code: by_goal[goal_id] for goal_id, code in goals}


def test_company_has_three_hundred_people_on_four_levels(company: None) -> None:
    here = Person.objects.filter(left_on=None)
    assert (here.count(), Person.objects.exclude(left_on=None).count()) == (300, 8)
    assert {path.count(".") + 1 for path in Unit.objects.values_list("path", flat=True)} == {1, 2, 3, 4}
    assert Unit.objects.filter(parent=None).count() == 1
    assert ReportingLine.objects.filter(kind="dotted").count() == 15


def test_names_are_told_apart_by_number_only_where_meant(company: None) -> None:
    names = list(Person.objects.values_list("name", flat=True))
    assert sorted(name for name in set(names) if names.count(name) > 1) == ["李静", "王磊"]


def test_movers_keep_both_posts(company: None) -> None:
    movers = [person for person in Person.objects.prefetch_related("posts") if len(person.posts.all()) == 2]
    assert len(movers) == 6
    for person in movers:
        first, second = sorted(person.posts.all(), key=lambda post: post.valid_from)
        assert first.valid_until == second.valid_from


def test_weights_of_every_owner_and_quarter_sum_to_100(company: None) -> None:
    totals: defaultdict[tuple, Decimal] = defaultdict(Decimal)
    for goal in in_force(Goal.objects.all()):
        totals[goal.cycle_id, goal.owner_person_id, goal.owner_unit_id] += goal.weight
    assert set(totals.values()) == {Decimal(100)}


def test_every_measured_goal_hangs_from_an_objective(company: None) -> None:
    agreed = in_force(Goal.objects.exclude(metric=None, kind__in=[kind for kind in GoalKind if kind != "objective"]))
    parents = dict(agreed.values_list("id", "parent_id"))
    kinds = dict(agreed.values_list("id", "kind"))
    for goal_id in parents:
        top = goal_id
        while parents[top] is not None:
            top = parents[top]
        assert kinds[top] == "objective"


def test_visits_slide_first_and_collections_follow(company: None) -> None:
    region = _lights(owner_unit__code=units.SLIDING)
    assert (region["sales.visits"].light, region["sales.collections"].light) == ("red", "red")
    assert region["sales.visits"].week_lights.index("r") <= region["sales.collections"].week_lights.index("r")
    assert region["sales.collections"].week_lights[0] in "gn"
    assert region["sales.contracts"].light == "green"


def test_star_of_the_sliding_region_keeps_going(company: None) -> None:
    star = _lights(owner_person__name="许念安")
    assert {standing.light for standing in star.values()} == {"green"}


def test_other_regions_do_not_slide(company: None) -> None:
    for code in ("XC-S-S", "XC-S-N", "XC-S-W"):
        assert {standing.light for standing in _lights(owner_unit__code=code).values()} <= {"green", "yellow"}


def test_coached_team_goes_from_red_to_green(company: None) -> None:
    weeks = _lights(owner_unit__code=units.RECOVERING)["support.response"].week_lights
    assert (weeks[0], weeks[-1]) == ("r", "g")


def test_silent_source_gives_grey_and_not_red(company: None) -> None:
    team = _lights(owner_unit__code=units.SILENT)
    assert {standing.light for standing in team.values()} == {"none"}
    assert {standing.reason_code for standing in team.values()} == {"light.stale"}
    assert team["dev.on_time"].week_lights.startswith("g")


def test_jumping_line_jumps(company: None) -> None:
    values = _lights(owner_unit__code=units.JUMPING)["prod.output"].week_values
    steps = [later - earlier for earlier, later in pairwise(values[1:])]
    assert max(steps) > 2 * min(steps)


def test_dirty_rows_wait_in_the_quarantine_each_with_its_reason(company: None) -> None:
    codes = set(QuarantinedRow.objects.values_list("code", flat=True))
    assert codes >= {
        "ingest.unknown_person",
        "ingest.subject_missing",
        "ingest.date_in_future",
        "ingest.duplicate_record",
        "tabular.bad_date",
        "tabular.bad_number",
    }
    assert set(QuarantinedRow.objects.values_list("batch__source", flat=True)) == {"CRM", "客服系统", "培训签到表"}


def test_line_report_with_a_zero_too_many_is_held_and_nothing_of_it_counts(company: None) -> None:
    held = Batch.objects.get(state="held")
    assert (held.filename, held.ledger_version) == ("MES 班组日报（周一补报）.csv", None)
    found = AuditFinding.objects.filter(batch=held).values_list("rule__code", "count")
    assert sorted(found) == [("output.jump", 1), ("output.top", 1)]


def test_silent_team_is_found_missing(company: None) -> None:
    missing = AuditFinding.objects.get(batch=None, rule__code="delivery.complete")
    team = set(
        Person.objects.filter(posts__unit__code=units.SILENT, posts__valid_until=None).values_list("id", flat=True)
    )
    assert {sample["subject_id"] for sample in missing.samples} == team


def test_names_that_stand_for_nobody_or_for_two_wait_to_be_matched(company: None) -> None:
    waiting = QuarantinedRow.objects.filter(batch__source="培训签到表").values_list("code", flat=True)
    assert sorted(waiting) == ["ingest.ambiguous_person", "ingest.unknown_person", "ingest.unknown_person"]


def test_second_call_adds_nothing(company: None) -> None:
    before = (Person.objects.count(), Goal.objects.count(), Batch.objects.count(), EvaluationRun.objects.count())
    assert is_there()
    again = ensure_demo_company(now=NOW)
    after = (Person.objects.count(), Goal.objects.count(), Batch.objects.count(), EvaluationRun.objects.count())
    assert (after, len(again)) == (before, len(PARTS))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.username)
def test_each_log_in_opens_a_workbench_with_something_in_it(company: None, part, monkeypatch) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    client = Client()
    client.post("/account/sign-in/", {"username": part.username, "password": PASSWORD})
    response = client.get("/")
    assert response.status_code == 200
    page = response.context["page"]
    assert page.own is not None
    assert (page.team is not None) == (part.username != "employee")
    assert (page.company is not None) == (part.username in {"hr", "executive", "auditor"})


def test_managers_first_talk_is_with_somebody_whose_lights_are_red(company: None, monkeypatch) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    client = Client()
    client.post("/account/sign-in/", {"username": "manager", "password": PASSWORD})
    team = client.get("/").context["page"].team
    assert team.talks[0].counts.red == 2
    assert "沈亦舟" in {one.person.name for one in team.talks}


def test_files_it_read_are_kept_for_a_look(company: None) -> None:
    folder = Path(settings.SEXTANT_HOME) / "demo"
    assert {*PEOPLE_FILES, "CRM 回款导出.csv", "绩效目标.csv"} <= {path.name for path in folder.iterdir()}


def test_talks_come_through_a_connector_that_ran(company: None) -> None:
    run = ConnectorRun.objects.get()
    assert (run.connector.name, run.state, run.quarantined) == ("hr-talks", "done", 0)
    export = Path(settings.SEXTANT_HOME) / "demo" / TALKS_FILE
    assert run.accepted == run.rows_read == len(export.read_text(encoding="utf-8").splitlines()) - 1


def test_finance_and_hr_keep_the_library(company: None) -> None:
    collections = Metric.objects.get(code="sales.collections")
    assert collections.version == 2
    assert Person.objects.get(id=collections.owner_person_id).name == names_by_username()["data"]
    rate = Derivation.objects.get(metric__code="sales.collection_rate")
    assert rate.computed > 500
    desk = Goal.objects.filter(metric__code="desk.on_time", cycle__code=QUARTER).first()
    runs = EvaluationRun.objects.order_by("-id")
    assert runs[0].definition_versions["rules"] == ["desk/1"]
    assert find_rules_in_force(metric_id=desk.metric_id, goal_id=desk.id).stated["streak.yellow"] == 3


def test_plans_are_on_every_step_of_their_way(company: None) -> None:
    states = Counter(Plan.objects.values_list("cycle__code", "state"))
    assert states[QUARTER, "running"] == 8
    assert states["2027Q1", "draft"] == 6  # four regions' from the split, and two that are being written
    assert states["2027Q1", "discussion"] == 4
    assert states["2027Q1", "proposed"] == 3
    assert Contract.objects.count() == 8
    half_signed = Signature.objects.filter(plan__cycle__code="2027Q1").values_list("typed_name", flat=True)
    assert len(half_signed) == 2
    assert "许念安" in half_signed


def test_sellers_plan_holds_every_kind_of_goal_and_support_with_three_fates(company: None) -> None:
    plan = Plan.objects.get(owner_person__name="沈亦舟", cycle__code=QUARTER)
    kinds = set(plan.goals.values_list("kind", flat=True))
    assert kinds == {"kpi", "milestone", "action", "behaviour", "bonus", "penalty", "veto"}
    fates = set(SupportItem.objects.filter(plan=plan).values_list("answer", "is_kept"))
    assert fates == {("promised", True), ("promised", False), ("refused", None)}


def test_goals_support_many_and_one_is_not_judged_now(company: None) -> None:
    milestone = Goal.objects.get(title="打开精密轴承客户群", cycle__code=QUARTER)
    assert Alignment.objects.filter(child=milestone).count() == 2
    assert list(Goal.objects.filter(state="suspended").values_list("owner_unit__code", flat=True)) == ["XC-S-W2"]


def test_split_of_the_centre_reached_its_regions_exactly(company: None) -> None:
    split = QuotaSplit.objects.get()
    drafts = Goal.objects.filter(parent=split.goal, state="draft").values_list("base", flat=True)
    assert (len(drafts), sum(drafts)) == (4, split.total)


def test_the_region_was_asked_about_its_goals_and_met_about_its_bottleneck(company: None) -> None:
    survey = Survey.objects.get()
    assert survey.closed_at is not None
    assert sum(survey.groups.values_list("answered", flat=True)) > 20
    workshop = Workshop.objects.get()
    assert (workshop.steps.count(), workshop.decisions.count()) == (5, 1)
    answered = RedMark.objects.filter(step__workshop=workshop).exclude(action="")
    assert [mark.person.name for mark in answered] == ["陈嘉禾"]


@pytest.mark.parametrize(
    ("who", "path", "words"),
    [
        ("data", "/metrics/audit/", ("MES 班组日报（周一补报）.csv", "沈亦州", "交付数据缺报")),
        ("data", "/metrics/matching/", ("沈亦州", "王磊")),
        ("hr", "/metrics/connectors/", ("一对一沟通记录",)),
        ("hr", "/metrics/metric/sales.collection_rate/", ("回款率", "派生")),
        ("hr", "/metrics/rules/", ("服务台", "desk.on_time")),
        ("employee", "/goals/plans/", ("第四季度回款", "打开精密轴承客户群")),
        ("manager", "/goals/team/?cycle=2027Q1", ("陈嘉禾", "共商中")),
        ("hr", "/goals/surveys/", ("华东大区", "已结束")),
    ],
)
def test_the_pages_have_something_in_them(company: None, monkeypatch, who, path, words) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    client = Client()
    client.post("/account/sign-in/", {"username": who, "password": PASSWORD})
    page = client.get(path, follow=True).content.decode()
    assert [word for word in words if word not in page] == []
