"""A mover in real browsers: HR takes the step, the former manager comes second, the successor and the new manager see
what is theirs; where both parts stand is computed at once."""

from datetime import date
from decimal import Decimal

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.clock import now
from sextant.goals.actions import evaluate_goals
from sextant.goals.models import Goal, MovedGoal, Plan
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.plan_makers import make_pair
from sextant.goals.tests.test_movement import move_to
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.models import ManualMeasurement, Standing
from sextant.people.models import Person
from sextant.people.tests.makers import make_person
from tests.browser import axe, overflow, settle, shoot, sign_in
from tests.flows.test_red_light_journey import make_account

pytestmark = pytest.mark.browser
SYSTEM = Actor.system("test")
ON = date(2026, 2, 2)


@pytest.fixture
def pair(live_server, transactional_db, settings, tmp_path, monkeypatch):
    """沈亦舟 has moved to the north in the middle of the quarter; 周接手 stays where the customers are."""
    monkeypatch.setenv("SEXTANT_NOW", "2026-02-16T09:00:00+08:00")
    settings.SEXTANT_HOME = tmp_path
    pair = make_pair()
    north = make_person("赵新任", unit=Person.objects.get(id=pair.stranger.id).posts.get().unit)
    heir = make_person("周接手", unit=pair.unit, manager=pair.manager)
    for person, name in ((pair.manager, "old"), (north, "new"), (heir, "heir")):
        Person.objects.filter(id=person.id).update(user=make_account(name, Role.EMPLOYEE))
    make_person("梁静姝", user=make_account("hr", Role.HR))
    goal = make_goal(
        owner=pair.owner,
        metric=pair.metric,
        plan=pair.plan,
        title="第一季度回款 420 万元",
        base=Decimal(420),
        stretch=Decimal(480),
        weight=100,
    )
    Plan.objects.filter(id=pair.plan.id).update(state="running")
    for day, person, value in ((date(2026, 1, 20), pair.owner, 100), (date(2026, 2, 10), heir, 90)):
        ManualMeasurement.objects.create(
            metric_id=pair.metric.id,
            subject_kind=int(SubjectKind.PERSON),
            subject_id=person.id,
            day=day,
            value=value,
            recorded_at=now(),
            recorded_by="test",
        )
    evaluate_goals(actor=SYSTEM, now=now(), as_of=date(2026, 2, 16))
    move_to(pair.owner, north.posts.get().unit, north, on=ON)
    return pair, goal


def test_hr_hands_over_and_everybody_sees_their_part(pair, live_server, page, phone) -> None:
    pair, goal = pair
    sign_in(page, live_server, "hr")
    page.goto(f"{live_server.url}/goals/movements/")
    page.get_by_role("row", name="沈亦舟").get_by_role("link", name="办理").click()
    page.get_by_role("heading", name="沈亦舟").wait_for()
    assert page.get_by_text("两段都够长，各按天数考核。").is_visible()
    assert page.get_by_text("对方由 林清越 换成 赵新任").is_visible()
    assert (overflow(page), axe(page)) == ([], [])
    shoot(page, "movement_step")
    # the former manager reads the same page, and is a moment too late
    sign_in(phone, live_server, "old")
    phone.goto(page.url)
    phone.get_by_role("heading", name="沈亦舟").wait_for()
    assert (overflow(phone), axe(phone)) == ([], [])

    page.get_by_label("接手人").select_option(label="周接手（专员）")
    page.get_by_label("说明").fill("调往浙北区")
    page.get_by_role("button", name="全部办理").click()
    page.wait_for_url("**/goals/movements/*/")
    settle(page)
    assert (overflow(page), axe(page)) == ([], [])
    shoot(page, "movement_record")
    phone.get_by_role("button", name="全部办理").click()
    phone.get_by_text("hr 刚刚处理过").or_(phone.get_by_text("梁静姝 刚刚处理过")).wait_for()

    rest = MovedGoal.objects.get(goal=goal).successor
    before, after = Standing.objects.get(goal_id=goal.id), Standing.objects.get(goal_id=rest.id)
    goal.refresh_from_db()
    assert goal.base + rest.base == 420
    # each part by its own measurements, as of its own last day
    assert (before.as_of, before.value, after.as_of, after.value) == (date(2026, 2, 1), 100, date(2026, 2, 16), 90)

    sign_in(page, live_server, "heir")
    page.goto(f"{live_server.url}/goals/{rest.id}/")
    page.get_by_text("接自").wait_for()
    sign_in(page, live_server, "new")
    page.goto(f"{live_server.url}/goals/plans/{pair.plan.id}/")
    page.get_by_text("赵新任").first.wait_for()
    page.goto(f"{live_server.url}/goals/{goal.id}/")
    page.get_by_text("移交给").wait_for()
    assert Goal.objects.filter(owner_person=pair.owner).count() == 1
    assert page.problems == []
    assert [one for one in phone.problems if "422" not in one] == []
