"""Several who hear of one light, write one text, confirm one minutes, or review one case in the same instant."""

from datetime import timedelta

import pytest

from sextant.engines.values import Light
from sextant.foundation.events.models import Event
from sextant.foundation.notices.models import Notice
from sextant.lowcode.models import WorkItem
from sextant.tracking.actions.case_meeting import agree_minutes, save_minutes, set_meeting
from sextant.tracking.actions.case_opening import open_case
from sextant.tracking.actions.case_pressing import press_late_cases
from sextant.tracking.actions.case_review import review_cases
from sextant.tracking.models import TalkCase
from sextant.tracking.tests.case_makers import NOW, RED_ON, SYSTEM, as_actor, hr_actor, make_team, stand
from tests.at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_thing_happens_once() -> None:
    team = make_team()
    opened = {"red_on": RED_ON, "before": Light.YELLOW, "actor": SYSTEM, "now": NOW}
    found = at_once(*[lambda: open_case(team.goal.pk, **opened)] * 4)
    assert sorted(one is None for one in found) == [False, True, True, True]
    case = TalkCase.objects.get()
    assert case.seats.count() == 3 and Notice.objects.filter(code="tracking.case_opened").count() == 3

    late = NOW + timedelta(days=3)
    assert sorted(at_once(*[lambda: press_late_cases(actor=SYSTEM, now=late)] * 2)) == [0, 1]
    assert WorkItem.objects.filter(kind="tracking.late").count() == 2

    actors = [as_actor(team.owner), as_actor(team.manager), hr_actor(team.partner)]
    save_minutes(case.pk, text="原因\n措施\n", number=0, actor=actors[0], now=NOW)
    texts = ["原因：预约\n措施\n", "原因\n措施：陪访\n"]
    calls = [
        lambda text=text, actor=actor: save_minutes(case.pk, text=text, number=1, actor=actor, now=NOW)
        for text, actor in zip(texts, actors, strict=False)
    ]
    assert sorted(one.number for one in at_once(*calls)) == [2, 3]
    case.refresh_from_db()
    assert case.minutes == "原因：预约\n措施：陪访"

    set_meeting(case.pk, meets_at=NOW - timedelta(hours=1), actor=actors[1], now=NOW)
    confirm = [lambda actor=actor: agree_minutes(case.pk, number=3, actor=actor, now=NOW) for actor in actors]
    assert sorted(at_once(*confirm)) == [False, False, True]
    case.refresh_from_db()
    assert case.settled_at == NOW

    sundays = [case.watch_from + timedelta(days=6), case.watch_from + timedelta(days=13)]
    stand(team.goal, Light.GREEN, "0.8", on=sundays[1], weeks=dict.fromkeys(sundays, "0.8"))
    later = NOW + timedelta(weeks=3)
    found = at_once(*[lambda: review_cases(as_of=sundays[1], actor=SYSTEM, now=later)] * 3)
    assert sorted(found) == [0, 0, 1]
    assert Event.objects.filter(code="red_case.closed").count() == 1
