"""Two who help in the same instant: one pack, one request, one end."""

from datetime import timedelta

import pytest

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Role
from sextant.goals.tests.makers import NOW, make_cycle, make_goal, make_standing
from sextant.lowcode.models import WorkItem
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit
from sextant.tracking.actions.help_acts import Choice, answer_request, choose_act
from sextant.tracking.actions.help_endings import close_due_packs
from sextant.tracking.actions.help_packs import open_due_packs
from sextant.tracking.contracts.help import ActKind, HelpRefused
from sextant.tracking.models import HelpAct, HelpPack
from tests.at_once import at_once

SYSTEM = Actor.system("test")


def as_actor(person: Person) -> Actor:
    return Actor(None, person.pk, frozenset({Role.EMPLOYEE}), person.name)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_does_it() -> None:
    team = make_unit("一组")
    manager = make_person("经理", team, is_head=True)
    owner, helper = make_person("沈一", team, manager), make_person("许二", team, manager)
    goal = make_goal(owner=owner, metric=make_metric("拜访"), cycle=make_cycle())
    today = NOW.date()
    weeks = [today - timedelta(days=7 * back) for back in range(4, -1, -1)]
    make_standing(goal, Light.YELLOW, as_of=today, week_ends=weeks, week_lights="gggyy")

    opened = at_once(*[lambda: open_due_packs(actor=SYSTEM, now=NOW)] * 2)
    assert [one for one in opened if isinstance(one, Exception)] == []
    pack = HelpPack.objects.get()
    assert WorkItem.objects.filter(person_id=manager.pk).count() == 1

    choice = Choice(ActKind.REQUEST, "带一次", today, person_id=helper.pk)
    chosen = at_once(*[lambda: choose_act(goal.pk, choice, actor=as_actor(manager), now=NOW)] * 2)
    (refused,) = [one for one in chosen if isinstance(one, HelpRefused)]
    assert refused.problems[0].code == "help.asked_already"

    act = HelpAct.objects.get()
    HelpPack.objects.update(watch_until=today - timedelta(days=1))
    found = at_once(
        lambda: answer_request(act.pk, accepts=True, actor=as_actor(helper), now=NOW),
        lambda: close_due_packs(actor=SYSTEM, now=NOW),
    )
    act.refresh_from_db()
    # whoever came second found the pack held, or the request taken back: nothing is asked of nobody
    assert (act.state == "agreed") == (found[0] is None)
    assert not WorkItem.objects.filter(kind="tracking.help_request", closed_at=None).exists()
    close_due_packs(actor=SYSTEM, now=NOW)
    ended = at_once(*[lambda: close_due_packs(actor=SYSTEM, now=NOW)] * 2)
    assert ended == [0, 0] and HelpPack.objects.get(id=pack.pk).state == "closed"
