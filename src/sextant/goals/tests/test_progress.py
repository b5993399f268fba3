"""进展 told by people: what is kept, who may, what is refused, and the light that comes of it."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied
from sextant.foundation.clock import now
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.progress import Attachment, may_tell, record_progress
from sextant.goals.contracts import GoalKind, GoalState
from sextant.goals.contracts.progress import ProgressIsStale
from sextant.goals.messages.progress import say_status
from sextant.goals.models import Goal
from sextant.goals.policy.progress import ProgressSaid
from sextant.goals.queries.progress import list_notes
from sextant.goals.queries.statuses import statuses_of
from sextant.goals.queries.told import progress_of_goals
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.goals.tests.plan_makers import NOW, Pair, employee, make_pair
from sextant.metrics.models import ManualLight
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 13)
"""Half of the working days of the quarter are over."""


@pytest.fixture
def pair(settings, tmp_path) -> Pair:
    settings.SEXTANT_HOME = tmp_path
    return make_pair()


def _goal(pair: Pair, kind: GoalKind, **changes) -> Goal:
    return make_goal(**{"owner": pair.owner, "metric": None, "kind": kind, "cycle": pair.cycle, **changes})


def _tell(goal: Goal, pair: Pair, number: int = 0, *, file=None, actor=None, **said) -> int:
    return record_progress(
        goal.id, ProgressSaid(**said), number=number, file=file, actor=actor or pair.as_owner, now=NOW
    )


def _refused(goal: Goal, pair: Pair, number: int = 0, **said) -> list[str]:
    with pytest.raises(GoalRefused) as refused:
        _tell(goal, pair, number, **said)
    return [one.code for one in refused.value.problems]


def test_a_ratio_needs_something_to_show_and_every_update_stays(pair: Pair):
    goal = _goal(pair, GoalKind.GS)
    half = Decimal("0.5")
    assert _refused(goal, pair, ratio=half) == ["plan.progress_evidence"]
    assert _refused(goal, pair, ratio=Decimal(2), evidence="超额") == ["plan.progress_range"]
    assert _refused(goal, pair) == ["plan.progress_nothing"]
    picture = Attachment(BytesIO(b"day,visits\n1,2\n"), "拜访.csv", 15)
    assert _tell(goal, pair, ratio=half, file=picture) == 1
    assert _tell(goal, pair, 1, actor=pair.as_manager, evidence="已与客户确认 ") == 2
    notes = list_notes(goal.id)
    assert [(one.number, one.ratio, one.evidence, one.file_name, one.by_name) for one in notes] == [
        (2, None, "已与客户确认", "", "林清越"),
        (1, half, "", "拜访.csv", "沈亦舟"),
    ]
    assert progress_of_goals([goal.id]) == {goal.id: half}
    with pytest.raises(ProgressIsStale) as stale:
        _tell(goal, pair, 1, ratio=Decimal("0.6"), evidence="又一份")
    assert [one.number for one in stale.value.since] == [2] and len(list_notes(goal.id)) == 2


def test_steps_keep_their_first_day_and_numbers_are_nobodys_to_tell(pair: Pair):
    goal = _goal(pair, GoalKind.MILESTONE)
    first, second = (
        goal.milestones.create(position=n, title=t, points=p) for n, t, p in ((0, "试点", 40), (1, "推广", 60))
    )
    _tell(goal, pair, done=frozenset({first.id}))
    _tell(goal, pair, 1, done=frozenset({first.id, second.id}), evidence="全部上线")
    first.refresh_from_db()
    assert (first.done_on, progress_of_goals([goal.id])) == (date(2026, 1, 12), {goal.id: Decimal(1)})
    _tell(goal, pair, 2, done=frozenset({first.id}))
    assert [one.steps for one in list_notes(goal.id)] == [(("推广", False),), (("推广", True),), (("试点", True),)]
    assert _refused(goal, pair, number=3, ratio=Decimal(1), evidence="全部") == ["plan.progress_measured"]
    measured = make_goal(owner=pair.owner, metric=pair.metric, cycle=pair.cycle)
    assert not may_tell(pair.as_owner, measured, on=DAY)
    with pytest.raises(AccessDenied):
        _tell(goal, pair, 3, actor=employee(pair.stranger), evidence="旁人")
    Goal.objects.filter(id=goal.id).update(state=GoalState.SUSPENDED)
    with pytest.raises(GoalRefused):
        _tell(goal, pair, 3, evidence="暂缓中")


def test_a_key_result_keeps_how_sure_they_are(pair: Pair):
    goal = make_goal(owner=pair.owner, metric=pair.metric, kind=GoalKind.KEY_RESULT, cycle=pair.cycle)
    _tell(goal, pair, confidence=Decimal("0.7"))
    goal.refresh_from_db()
    assert goal.confidence == Decimal("0.70") and list_notes(goal.id)[0].confidence == Decimal("0.70")


def test_a_goal_without_a_metric_is_judged_by_time_by_hand_or_by_the_riskiest_below(pair: Pair):
    top = _goal(pair, GoalKind.OBJECTIVE, title="客户满意")
    middle = _goal(pair, GoalKind.OBJECTIVE, parent=top, title="装机准时")
    told = _goal(pair, GoalKind.GS, parent=middle, title="排期表", weight=Decimal(30))
    draft = _goal(pair, GoalKind.GS, parent=middle, state=GoalState.DRAFT)
    measured = make_goal(owner=pair.owner, metric=pair.metric, parent=middle, cycle=pair.cycle, weight=Decimal(70))
    ids = [one.id for one in (top, middle, told, draft, measured)]
    silent = statuses_of(ids, on=DAY)
    assert (silent[told.id].code, say_status(silent[told.id])) == ("told.nobody", "还没有人更新过进展。")
    assert set(silent) == {top.id, middle.id, told.id}
    make_standing(measured, Light.GREEN, attainment=Decimal("0.5"), completion=Decimal("1.1"))
    _tell(told, pair, ratio=Decimal("0.1"), evidence="只约到一家")
    with CaptureQueriesContext(connection) as spent:
        found = statuses_of(ids, on=DAY)
    assert len(spent) <= 7
    assert (found[told.id].light, found[told.id].completion) == (Light.RED, Decimal("0.200000"))
    assert (found[top.id].light, found[top.id].riskiest_id) == (Light.RED, told.id)
    assert found[middle.id].progress == found[top.id].progress == Decimal("0.380000")
    assert say_status(found[top.id]) == f"下级“排期表”：{say_status(found[told.id])}"
    assert "排期表" not in say_status(found[top.id], may_name=False)
    hand = {"light": "yellow", "reason": "客户搬迁", "from_on": DAY, "until_on": date(2026, 3, 1), "set_at": NOW}
    ManualLight.objects.create(goal_id=told.id, set_by="林清越", **hand)
    assert "客户搬迁" in say_status(statuses_of([told.id], on=DAY)[told.id])


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.SEXTANT_HOME = tmp_path
    return make_cast()


def test_an_update_over_http_costs_twenty_queries_and_keeps_what_was_written(cast: Cast):
    own = Goal.objects.select_related("cycle").get(id=cast.objects["own_goal"])
    goal = make_goal(owner=own.owner_person, metric=None, kind=GoalKind.GS, cycle=own.cycle)
    client, url = Client(), reverse("goals:progress", args=[goal.id])
    cast.sign_in(client, "employee")
    assert client.post(url, {"number": 0, "ratio": "40"}).status_code == 422
    photo = SimpleUploadedFile("验收.csv", b"day,ok\n1,2\n", "text/csv")
    with CaptureQueriesContext(connection) as spent:
        sent = client.post(url, {"number": 0, "ratio": "40", "evidence": "甲方已验收", "file": photo})
    assert sent.status_code == 302 and len(spent) <= 20, [one["sql"][:80] for one in spent]
    stale = client.post(url, {"number": 0, "ratio": "50", "evidence": "我写的"})
    text = stale.content.decode()
    assert stale.status_code == 409 and "<!doctype html>" in text.lower() and "我写的" in text and "甲方已验收" in text
    note = list_notes(goal.id)[0]
    file = client.get(reverse("goals:progress_file", args=[goal.id, note.id]))
    assert b"".join(file.streaming_content) == b"day,ok\n1,2\n"
    for page in (
        reverse("goals:detail", args=[goal.id]),
        url,
        reverse("goals:map"),
        reverse("goals:map") + "?view=list",
    ):
        with CaptureQueriesContext(connection) as spent:
            assert client.get(page).status_code == 200
        assert len(spent) <= 15, (page, len(spent), [one["sql"][:90] for one in spent])
    told = client.get(reverse("goals:statuses"), {"id": [goal.id, cast.objects["other_goal"], "x"], "why": goal.id})
    assert f'id="sr-{goal.id}"' in told.content.decode()
    assert f'id="st-{goal.id}"' in told.content.decode() and "40%" in told.content.decode()
    assert may_tell(employee(own.owner_person), goal, on=now().date())
