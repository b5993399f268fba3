"""Files of goals against plans, movements and circles; out and in again; and their pages."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sextant.engines.movement import Cause, Decision
from sextant.foundation.access.contracts import Actor, Role
from sextant.goals.actions import import_goals
from sextant.goals.actions.plans import return_to_discussion
from sextant.goals.contracts import GoalState, Side
from sextant.goals.contracts.movement import GoalChoice
from sextant.goals.models import Alignment, Cycle, Goal, GoalPosition, Plan
from sextant.goals.queries.export import COLUMNS
from sextant.goals.tests.agreement_makers import make_proposed, make_signed
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.plan_makers import NOW
from sextant.goals.tests.test_movement import KEEP, LATER, decide
from sextant.goals.tests.test_plan_pages import sign_in
from sextant.metrics.tests.makers import make_metric
from sextant.people.tests.makers import make_person

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def take_in(folder: Path, text: str, **options):
    file = folder / "goals.csv"
    file.write_text(text, encoding="utf-8")
    return import_goals(file, actor=SYSTEM, now=NOW, **options)


def test_what_was_signed_is_left_alone_and_a_draft_is_the_companys_word(tmp_path):
    pair = make_signed()
    row = f"owner,metric,base,stretch,period\n{pair.owner.number},{pair.metric.code},%s,480,2026Q1\n"
    same = take_in(tmp_path, row % 420)
    assert (same.unchanged, same.rejected) == (1, ())
    (refused,) = take_in(tmp_path, row % 300).rejected
    assert (refused.row, refused.column, refused.value) == (2, "base", "300") and "请走校调" in refused.message
    figure = Goal.objects.get(metric=pair.metric)
    assert figure.base == 420
    Plan.objects.update(state="discussion")
    before = Plan.objects.get(id=pair.plan.id).revision
    assert take_in(tmp_path, row % 300).updated == 1
    plan = Plan.objects.get(id=pair.plan.id)
    assert plan.revision == before + 1
    assert plan.revisions.latest("number").changes == [{"goal": figure.pk, "field": "base", "old": "420", "new": "300"}]
    told = {one.side: one.terms["base"] for one in GoalPosition.objects.filter(goal=figure)}
    assert told == {Side.OWNER: "420", Side.COUNTERPART: "300"}


def test_what_was_dropped_or_moved_away_is_not_found_again(tmp_path):
    pair = make_signed()
    figure, work = Goal.objects.filter(plan=pair.plan).order_by("id")
    row = f"owner,metric,base,stretch,period\n{pair.owner.number},{pair.metric.code},420,480,2026Q1\n"
    heir = make_person("周接手", unit=pair.unit)
    decide(pair.owner, {figure.pk: GoalChoice(Decision.SPLIT, heir.pk), work.pk: KEEP})
    (refused,) = take_in(tmp_path, row).rejected
    assert "2026-02-02" in refused.message and Goal.objects.filter(owner_person=pair.owner).count() == 2
    other = make_metric("别的")
    gone = make_goal(owner=heir, metric=other, state=GoalState.DROPPED)
    assert take_in(tmp_path, f"owner,metric,base,period\n{heir.number},{other.code},5,2026Q1\n").created == 1
    gone.refresh_from_db()
    assert gone.base == 100


def test_a_circle_through_another_link_is_not_closed_by_a_file(tmp_path):
    pair = make_signed()
    top, low = (make_goal(owner=pair.manager, metric=make_metric(), code=code) for code in ("TOP", "LOW"))
    Alignment.objects.create(child=top, parent=low)
    text = f"owner,metric,base,period,code,parent\n{pair.manager.number},{low.metric.code},100,2026Q1,LOW,TOP\n"
    (refused,) = take_in(tmp_path, text).rejected
    assert (refused.column, refused.value) == ("parent", "TOP") and "绕回" in refused.message
    low.refresh_from_db()
    assert low.parent is None


@pytest.fixture
def company(monkeypatch, settings, tmp_path):
    """A signed plan split by a movement, a half-written draft, and titles that look like formulas."""
    monkeypatch.setenv("SEXTANT_NOW", LATER.isoformat())
    settings.SEXTANT_HOME = tmp_path
    pair = make_signed()
    figure, work = Goal.objects.filter(plan=pair.plan).order_by("id")
    make_goal(owner=pair.unit, metric=None, title="=1+1 带公式的标题", code="TOP")
    make_goal(owner=pair.stranger, metric=make_metric(), title="'@x", parent=Goal.objects.get(code="TOP"))
    make_goal(owner=pair.stranger, metric=make_metric(), base=None, state=GoalState.DRAFT, title="草稿")
    make_goal(owner=pair.stranger, metric=None, kind="bonus", base=5, title="专利加分")
    heir = make_person("周接手", unit=pair.unit)
    decide(pair.owner, {figure.pk: GoalChoice(Decision.SPLIT, heir.pk), work.pk: KEEP}, cause=Cause.UNIT)
    return pair


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_without_a_change(company, tmp_path, kind):
    hr = sign_in(None, Role.HR)
    answer = hr.get(reverse("goals:export"), {"cycle": "2026Q1", "format": kind})
    file = tmp_path / f"out.{kind}"
    file.write_bytes(b"".join(answer.streaming_content))
    if kind == "csv":
        text = file.read_text(encoding="utf-8-sig")
        assert text.splitlines()[0] == ",".join(COLUMNS) and "'=1+1 带公式的标题" in text and ",=1+1" not in text
        assert "2026-02-02..2026-04-01" in text
    before = list(Goal.objects.order_by("id").values())
    report = import_goals(file, actor=SYSTEM, now=LATER)
    assert (report.created, report.updated, report.rejected) == (0, 0, ())
    assert report.unchanged == len(before) and list(Goal.objects.order_by("id").values()) == before
    assert Cycle.objects.count() == 1


def test_an_employee_takes_out_what_the_map_shows_them(company):
    client = sign_in(company.stranger)
    text = b"".join(client.get(reverse("goals:export")).streaming_content).decode("utf-8-sig")
    assert "草稿" in text and company.owner.number not in text and "TOP" not in text
    assert client.get(reverse("goals:import")).status_code == 403


def test_a_file_is_tried_before_it_is_taken_in(company):
    hr = sign_in(None, Role.HR)
    number, metric = company.stranger.number, company.metric.code
    text = f"owner,metric,base,period\n{number},{metric},77,2026Q1\n=cmd(),{metric},1,2026Q1\n"
    sent = hr.post(reverse("goals:import"), {"file": SimpleUploadedFile("目标.csv", text.encode())})
    address = sent.headers["Location"]
    page = hr.get(address).content.decode()
    assert "目标.csv" in page and "找不到负责人" in page and not Goal.objects.filter(base=77).exists()
    file = address.split("/")[-2]
    errors = b"".join(hr.get(reverse("goals:import_errors", args=[file])).streaming_content).decode("utf-8-sig")
    assert errors.splitlines()[1].startswith("3,owner,'=cmd(),找不到负责人")
    assert hr.post(address).status_code == 302 and Goal.objects.filter(base=77).count() == 1
    assert "disabled" in hr.get(address).content.decode(), "a second time there is nothing to take in"
    assert hr.get(reverse("goals:import_preview", args=["0" * 64])).status_code == 404
    broken = hr.post(reverse("goals:import"), {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken")})
    assert hr.get(broken.headers["Location"]).status_code == 422


def test_a_proposed_plan_goes_back_before_a_file_changes_it(tmp_path):
    pair = make_proposed()
    row = f"owner,metric,base,stretch,period\n{pair.owner.number},{pair.metric.code},300,480,2026Q1\n"
    assert len(take_in(tmp_path, row).rejected) == 1
    revision = Plan.objects.get(id=pair.plan.id).revision
    return_to_discussion(pair.plan.id, revision=revision, actor=pair.as_manager, now=NOW)
    assert take_in(tmp_path, row).updated == 1
