"""研讨会 with real rows and over HTTP: who sees and runs a meeting, what it keeps, what becomes of a red mark."""

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sextant.engines.values import Light, Problem
from sextant.foundation.access.contracts import AccessDenied, Role
from sextant.foundation.files.contracts import FileRefused
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.workshop_goals import draft_goal
from sextant.goals.actions.workshop_minutes import save_minutes
from sextant.goals.actions.workshop_steps import (
    add_step,
    answer_mark,
    change_step,
    finish_mark,
    mark_step,
    remove_mark,
    show_mark,
)
from sextant.goals.actions.workshops import (
    add_agenda_item,
    add_to_minutes,
    change_agenda_item,
    close_workshop,
    create_workshop,
    decide,
    invite,
    take_attendance,
)
from sextant.goals.contracts import Attendance, GoalState, MinutesAreStale, PlanState, Side, Topic, WorkshopKind
from sextant.goals.messages.workshops import ATTENDANCE, KINDS, SENTENCES, TOPICS, say_workshop
from sextant.goals.models import AgendaItem, Goal, GoalPosition, Participant, Plan, RedMark, Workshop
from sextant.goals.queries.workshops import list_agenda, list_steps
from sextant.goals.tests.makers import make_standing
from sextant.goals.tests.talk_makers import HR, NOW, Region, as_actor, make_region, sign_in
from sextant.lowcode.queries.work import count_open

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
DUE = date(2026, 2, 27)


@pytest.fixture
def region(db, monkeypatch, settings, tmp_path) -> Region:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    settings.SEXTANT_HOME = str(tmp_path)
    return make_region()


def call(region: Region, kind: WorkshopKind = WorkshopKind.DIAGNOSIS, *, by=None) -> int:
    return create_workshop(
        kind=kind,
        unit_id=region.one.pk,
        cycle_id=region.cycle.pk,
        title="发货为什么慢",
        starts_at=NOW + timedelta(days=1),
        actor=by or as_actor(region.head),
        now=NOW,
    )


def marked(region: Region, **who: object) -> tuple[int, int]:
    """A diagnosis with one answered red mark: (meeting, mark)."""
    head, workshop_id = as_actor(region.head), call(region)
    step = add_step(workshop_id, title="拣货", actor=head, now=NOW)
    mark_id = mark_step(workshop_id, step_id=step, text="货位不准，找一圈", actor=head, now=NOW)
    told = {"person_id": region.ones[1].pk, "action": "货位每周盘一次", "measure": "找货超 3 分钟的单少于 5%", **who}
    answer_mark(workshop_id, mark_id=mark_id, due_on=DUE, actor=head, now=NOW, **told)
    return workshop_id, mark_id


def codes(refused: pytest.ExceptionInfo[GoalRefused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_the_agenda_is_filled_from_what_is_known(region: Region) -> None:
    goals = {goal.owner_person_id: goal for goal in Goal.objects.all()}
    make_standing(goals[region.ones[1].pk], Light.YELLOW)
    make_standing(goals[region.ones[2].pk], Light.RED)
    make_standing(goals[region.twos[1].pk], Light.RED)
    workshop_id = call(region, WorkshopKind.CALIBRATION)
    rows = list_agenda(workshop_id, visible=Goal.objects.all())
    assert [(row.topic, row.goal.owner if row.goal else None) for row in rows] == [
        (Topic.RED, "一组2"),
        (Topic.YELLOW, "一组1"),
        (Topic.DECIDE, None),
    ]
    # a colleague's goal keeps its place and says nothing
    assert list_agenda(workshop_id, visible=Goal.objects.none())[0].goal.title == ""
    aligned = list_agenda(call(region, WorkshopKind.ALIGNMENT), visible=Goal.objects.all())
    assert [row.topic for row in aligned] == [Topic.UNALIGNED] * 6 + [Topic.DECIDE]
    invited = set(Participant.objects.filter(workshop=workshop_id).values_list("person_id", flat=True))
    assert invited == {person.pk for person in (*region.ones, region.head)}


def test_items_move_are_done_and_go(region: Region) -> None:
    head, workshop_id = as_actor(region.head), call(region)
    item = add_agenda_item(workshop_id, text="看现场", actor=head, now=NOW)
    for act in ("up", "up", "up", "up"):
        change_agenda_item(workshop_id, item_id=item, act=act, actor=head, now=NOW)
    change_agenda_item(workshop_id, item_id=item, act="done", actor=head, now=NOW)
    rows = list_agenda(workshop_id, visible=Goal.objects.all())
    assert [row.text or row.topic for row in rows] == ["看现场", Topic.DRAW, Topic.MARK, Topic.ANSWER]
    assert rows[0].is_done and AgendaItem.objects.get(id=item).position == 0
    change_agenda_item(workshop_id, item_id=item, act="remove", actor=head, now=NOW)
    assert AgendaItem.objects.filter(workshop=workshop_id).count() == 3
    with pytest.raises(AccessDenied):
        change_agenda_item(workshop_id, item_id=item, act="up", actor=head, now=NOW)
    with pytest.raises(GoalRefused) as refused:
        add_agenda_item(workshop_id, text=" ", actor=head, now=NOW)
    assert codes(refused) == ["workshop.missing"]


def test_who_runs_who_reads_and_for_whom_there_is_none(region: Region) -> None:
    workshop_id = call(region, by=as_actor(region.ones[0]))
    for runner in (as_actor(region.boss), as_actor(region.head), HR):
        assert add_agenda_item(workshop_id, text="一项", actor=runner, now=NOW)
    # the head of the other team neither sees it nor may call one here; a member reads and writes nothing
    for other in (region.twos[0], region.outsider, region.ones[1]):
        with pytest.raises(AccessDenied):
            add_agenda_item(workshop_id, text="一项", actor=as_actor(other), now=NOW)
        with pytest.raises(AccessDenied):
            call(region, by=as_actor(other))
    invite(workshop_id, person_ids=[region.outsider.pk], actor=as_actor(region.head), now=NOW)
    page = reverse("goals:workshop", args=[workshop_id])
    answers = {
        person.name: sign_in(person, Client()).get(page).status_code
        for person in (region.ones[1], region.outsider, region.twos[0], region.boss)
    }
    assert answers == {"一组1": 200, "王外人": 200, "二组0": 404, "周总": 200}
    take_attendance(
        workshop_id, attendance={region.outsider.pk: Attendance.PRESENT}, actor=as_actor(region.head), now=NOW
    )
    assert Participant.objects.get(person=region.outsider).attendance == Attendance.PRESENT


def test_minutes_on_an_older_text_are_refused_with_what_stands_there(region: Region) -> None:
    head, lead, workshop_id = as_actor(region.head), as_actor(region.ones[0]), call(region)
    first = save_minutes(workshop_id, text="讨论拣货", number=0, actor=head, now=NOW)
    assert first.number == 1
    with pytest.raises(MinutesAreStale) as stale:
        save_minutes(workshop_id, text="讨论发货", number=0, actor=lead, now=NOW)
    assert (stale.value.stored.text, stale.value.stored.number, stale.value.stored.by) == ("讨论拣货", 1, "林清越")
    # the same text is no second save, whoever sends it again
    assert save_minutes(workshop_id, text="讨论拣货", number=0, actor=lead, now=NOW).number == 1
    assert save_minutes(workshop_id, text="讨论发货", number=1, actor=lead, now=NOW).number == 2
    with pytest.raises(GoalRefused) as refused:
        save_minutes(workshop_id, text="字" * 20_001, number=2, actor=head, now=NOW)
    assert codes(refused) == ["workshop.long"]


def test_a_closed_meeting_takes_additions_alone(region: Region) -> None:
    head, workshop_id = as_actor(region.head), call(region)
    with pytest.raises(GoalRefused) as refused:
        close_workshop(workshop_id, actor=head, now=NOW)
    assert codes(refused) == ["workshop.nothing_written"]
    with pytest.raises(GoalRefused) as refused:
        add_to_minutes(workshop_id, text="补一句", actor=head, now=NOW)
    assert codes(refused) == ["workshop.open"]
    save_minutes(workshop_id, text="讨论拣货", number=0, actor=head, now=NOW)
    close_workshop(workshop_id, actor=head, now=NOW)
    for change in (
        lambda: save_minutes(workshop_id, text="改了", number=1, actor=head, now=NOW),
        lambda: decide(workshop_id, text="决定", goal_ids=[], actor=head, now=NOW),
        lambda: add_step(workshop_id, title="环节", actor=head, now=NOW),
        lambda: invite(workshop_id, person_ids=[region.boss.pk], actor=head, now=NOW),
        lambda: close_workshop(workshop_id, actor=head, now=NOW),
    ):
        with pytest.raises(GoalRefused) as refused:
            change()
        assert codes(refused) == ["workshop.closed"]
    assert add_to_minutes(workshop_id, text="补一句", actor=head, now=NOW)
    assert Workshop.objects.get(id=workshop_id).minutes == "讨论拣货"


def test_steps_keep_their_order_and_their_red_marks(region: Region) -> None:
    head, workshop_id = as_actor(region.head), call(region)
    steps = [add_step(workshop_id, title=title, actor=head, now=NOW) for title in ("接单", "拣货", "发货")]
    change_step(workshop_id, step_id=steps[2], act="up", actor=head, now=NOW)
    mark_id = mark_step(workshop_id, step_id=steps[1], text="找货慢", actor=head, now=NOW)
    with pytest.raises(GoalRefused) as refused:
        change_step(workshop_id, step_id=steps[1], act="remove", actor=head, now=NOW)
    assert codes(refused) == ["workshop.step_marked"]
    change_step(workshop_id, step_id=steps[0], act="remove", actor=head, now=NOW)
    assert [(step.title, len(step.marks)) for step in list_steps(workshop_id)] == [("发货", 0), ("拣货", 1)]
    with pytest.raises(GoalRefused) as refused:
        answer_mark(workshop_id, mark_id=mark_id, person_id=None, action="", due_on=None, actor=head, now=NOW)
    assert codes(refused) == ["workshop.missing", "workshop.person_missing", "workshop.due_missing"]
    with pytest.raises(GoalRefused) as refused:
        draft_goal(workshop_id, mark_id=mark_id, cycle_id=region.cycle.pk, actor=head, now=NOW)
    assert codes(refused) == ["workshop.unanswered"]
    remove_mark(workshop_id, mark_id=mark_id, actor=head, now=NOW)
    assert not RedMark.objects.exists()


def test_a_red_mark_waits_for_its_person_and_becomes_a_draft_in_their_plan(region: Region) -> None:
    workshop_id, mark_id = marked(region)
    person = region.ones[1]
    assert count_open(person.pk) == 1
    goal_id = draft_goal(workshop_id, mark_id=mark_id, cycle_id=region.cycle.pk, actor=as_actor(region.head), now=NOW)
    goal = Goal.objects.select_related("plan").get(id=goal_id)
    assert (goal.title, goal.deliverable, goal.due_on, goal.state) == (
        "货位每周盘一次",
        "找货超 3 分钟的单少于 5%",
        DUE,
        GoalState.DRAFT,
    )
    assert goal.owner_person_id == person.pk and goal.plan.owner_person_id == person.pk
    assert list(GoalPosition.objects.filter(goal=goal).values_list("side", flat=True)) == [Side.COUNTERPART]
    assert count_open(person.pk) == 0
    with pytest.raises(GoalRefused) as refused:
        draft_goal(workshop_id, mark_id=mark_id, cycle_id=region.cycle.pk, actor=as_actor(region.head), now=NOW)
    assert codes(refused) == ["workshop.mark_is_goal"]


def test_a_mark_of_ones_own_is_the_owners_position(region: Region) -> None:
    workshop_id, mark_id = marked(region, person_id=region.head.pk)
    goal_id = draft_goal(workshop_id, mark_id=mark_id, cycle_id=region.cycle.pk, actor=as_actor(region.head), now=NOW)
    assert list(GoalPosition.objects.filter(goal=goal_id).values_list("side", flat=True)) == [Side.OWNER]


def test_a_settled_plan_takes_no_goal_and_the_action_stays(region: Region) -> None:
    workshop_id, mark_id = marked(region)
    head = as_actor(region.head)
    draft = {"mark_id": mark_id, "cycle_id": region.cycle.pk, "actor": head, "now": NOW}
    other = mark_step(workshop_id, step_id=RedMark.objects.get().step_id, text="另一处", actor=head, now=NOW)
    answer_mark(
        workshop_id, mark_id=other, person_id=region.ones[1].pk, action="先做这个", due_on=DUE, actor=head, now=NOW
    )
    draft_goal(workshop_id, **{**draft, "mark_id": other})
    Plan.objects.update(state=PlanState.PROPOSED)
    with pytest.raises(GoalRefused) as refused:
        draft_goal(workshop_id, **draft)
    assert codes(refused) == ["workshop.plan_settled"] and count_open(region.ones[1].pk) == 1
    Plan.objects.update(state=PlanState.DISCUSSION)
    save_minutes(workshop_id, text="定了", number=0, actor=head, now=NOW)
    close_workshop(workshop_id, actor=head, now=NOW)
    assert draft_goal(workshop_id, **draft), "also after the meeting"


def test_who_was_given_the_action_sees_the_meeting_and_finishes_it(region: Region) -> None:
    workshop_id, mark_id = marked(region, person_id=region.outsider.pk)
    finish = {"mark_id": mark_id, "is_done": True, "now": NOW}
    with pytest.raises(AccessDenied):
        finish_mark(workshop_id, actor=as_actor(region.ones[2]), **finish)
    finish_mark(workshop_id, actor=as_actor(region.outsider), **finish)
    assert RedMark.objects.get().done_on == NOW.date() and count_open(region.outsider.pk) == 0
    with pytest.raises(GoalRefused) as refused:
        draft_goal(workshop_id, mark_id=mark_id, cycle_id=region.cycle.pk, actor=as_actor(region.head), now=NOW)
    assert codes(refused) == ["workshop.out_of_line"]


def test_photos_are_taken_and_other_files_are_not(region: Region) -> None:
    workshop_id, mark_id = marked(region)
    head = as_actor(region.head)
    show_mark(workshop_id, mark_id=mark_id, content=BytesIO(PNG), name="现场.png", size=len(PNG), actor=head, now=NOW)
    evidence = list_steps(workshop_id)[0].marks[0].evidence[0]
    assert (evidence.name, evidence.is_picture) == ("现场.png", True)
    with pytest.raises(FileRefused):
        show_mark(workshop_id, mark_id=mark_id, content=BytesIO(b"x"), name="a.exe", size=1, actor=head, now=NOW)
    with pytest.raises(GoalRefused) as refused:
        show_mark(workshop_id, mark_id=mark_id, content=BytesIO(b"a"), name="a.txt", size=1, actor=head, now=NOW)
    assert codes(refused) == ["workshop.not_seen"]
    address = reverse("goals:workshop_evidence", args=[workshop_id, evidence.id])
    assert b"".join(sign_in(region.ones[2], Client()).get(address).streaming_content) == PNG
    assert sign_in(region.twos[1], Client()).get(address).status_code == 404


def test_a_meeting_over_http_at_a_fixed_cost(region: Region, django_assert_max_num_queries) -> None:
    head, member = sign_in(region.head, Client()), sign_in(region.ones[1], Client())
    listed = reverse("goals:workshops")
    told = {"kind": "diagnosis", "unit": region.one.pk, "cycle": region.cycle.pk, "starts_at": "2026-01-20T14:00"}
    made = head.post(listed, told)
    workshop_id = Workshop.objects.get().pk
    page = reverse("goals:workshop", args=[workshop_id])
    assert made.url == page and Workshop.objects.get().title == "瓶颈诊断会"
    assert member.post(listed, told).status_code == 403
    post = lambda name, **data: head.post(reverse(f"goals:workshop_{name}", args=[workshop_id]), data)  # noqa: E731
    for title in ("接单", "拣货", "发货"):
        post("steps", act="add", title=title)
    step = list_steps(workshop_id)[1].id
    assert post("steps", act="up", step=step).url == f"{page}#step-{step}"
    for place in range(6):
        post("marks", act="add", step=step, text=f"卡在第 {place} 处")
    mark_id = RedMark.objects.first().pk
    answered = {"person": "一组1", "action": "每周盘一次", "measure": "少于 5%", "due_on": "2026-02-27"}
    post("marks", act="answer", mark=mark_id, **answered)
    photo = SimpleUploadedFile("现场.png", PNG, content_type="image/png")
    post("marks", act="show", mark=mark_id, file=photo)
    goal = Goal.objects.filter(owner_person=region.ones[1]).get()
    form = head.get(reverse("goals:workshop_decisions", args=[workshop_id])).content.decode()
    assert goal.title in form and f"{region.twos[1].name}的回款" not in form
    post("decisions", text="一组1 的回款顺延一周", goal=[goal.pk])
    post("agenda", act="add", text="看现场")
    post("people", act="attendance", **{f"person-{region.ones[1].pk}": "present"})
    assert "找不到" in head.post(
        reverse("goals:workshop_people", args=[workshop_id]), {"act": "invite", "who": "没有这人"}, follow=True
    ).content.decode()  # fmt: skip
    post("marks", act="goal", mark=mark_id, cycle=region.cycle.pk)
    post("minutes", minutes="货位不准", revision=0)
    for client in (head, member):
        with django_assert_max_num_queries(15):
            shown = client.get(page)
        assert shown.status_code == 200 and len(shown.content) < 120 * 1024
    assert "每周盘一次" in shown.content.decode() and "已转成目标草稿" in shown.content.decode()
    assert "<textarea" not in shown.content.decode()  # a member reads
    assert post("marks", act="nonsense").status_code == 400
    assert member.post(reverse("goals:workshop_steps", args=[workshop_id]), {"act": "add"}).status_code == 403
    # the decision stands on the page of its goal, without a way into the meeting for who may not open it
    decided = reverse("goals:goal_decisions", args=[goal.pk])
    assert "顺延一周" in member.get(decided).content.decode() and page in member.get(decided).content.decode()
    auditor = sign_in(region.outsider, Client(), roles=[Role.AUDITOR]).get(decided).content.decode()
    assert "顺延一周" in auditor and page not in auditor
    post("close")
    with django_assert_max_num_queries(15):
        assert "<textarea" not in head.get(page).content.decode()
    post("addenda", text="货架已换")
    with django_assert_max_num_queries(15):
        paper = member.get(reverse("goals:workshop_print", args=[workshop_id])).content.decode()
    for words in ("货位不准", "货架已换", "顺延一周", "到会", "一组1", "少于 5%"):
        assert words in paper
    with django_assert_max_num_queries(15):
        assert "瓶颈诊断会" in member.get(listed).content.decode()


def test_stale_minutes_come_back_with_the_difference_and_nothing_is_lost(region: Region) -> None:
    workshop_id = call(region)
    save_minutes(workshop_id, text="讨论拣货\n周三再议", number=0, actor=as_actor(region.boss), now=NOW)
    head, address = sign_in(region.head, Client()), reverse("goals:workshop_minutes", args=[workshop_id])
    sent = {"minutes": "讨论拣货\n周五再议", "revision": 0}
    script = head.post(address, sent, headers={"X-Autosave": "1"})
    assert script.status_code == 409 and 'data-revision="1"' in script.content.decode()
    for words in ("周总", "周三再议", "周五再议"):
        assert words in script.content.decode()
    plain = head.post(address, sent)
    assert plain.status_code == 409 and "周五再议</textarea>" in plain.content.decode()
    saved = head.post(address, {**sent, "revision": 1}, headers={"X-Autosave": "1"}).content.decode()
    assert 'data-revision="2"' in saved


def test_every_code_has_a_sentence_and_every_kind_a_name() -> None:
    folder = Path(__file__).parents[1]
    files = [
        folder / "policy" / "workshops.py",
        *folder.glob("actions/workshop*.py"),
        *folder.glob("views/workshop*.py"),
    ]
    codes = {code for file in files for code in re.findall(r'"(workshop\.\w+)"', file.read_text(encoding="utf-8"))}
    assert codes == set(SENTENCES)
    assert set(KINDS) == set(WorkshopKind) and set(TOPICS) == set(Topic) and set(ATTENDANCE) == set(Attendance)
    assert "20" in say_workshop(Problem("workshop.long", {"most": 20}))
