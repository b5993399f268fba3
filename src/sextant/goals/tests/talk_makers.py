"""A company in which surveys and meetings are held: two teams under a region, with people whose goals are agreed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import User
from sextant.goals.models import Cycle
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.goals.tests.plan_makers import make_template
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 1, 12, 2, 0, tzinfo=UTC)
HR = Actor(None, None, frozenset({Role.HR}), "HR")


@dataclass(frozen=True, slots=True)
class Region:
    """公司 → 苏南区 → 一组 (six) and 二组 (three). `boss` heads the company, `head` the region, the heads of the teams
    are the first of each."""

    company: Unit
    region: Unit
    one: Unit
    two: Unit
    boss: Person
    head: Person
    ones: list[Person]
    twos: list[Person]
    outsider: Person
    cycle: Cycle


def make_region() -> Region:
    """Everybody but the outsider has a goal in force in 2026Q1. The outsider works beside the region."""
    company = make_unit("公司")
    region = make_unit("苏南区", parent=company)
    one, two = make_unit("一组", parent=region), make_unit("二组", parent=region)
    boss = make_person("周总", unit=company, is_head=True)
    head = make_person("林清越", unit=region, manager=boss, is_head=True)
    ones = [_member(f"一组{place}", one, head, is_head=place == 0) for place in range(6)]
    twos = [_member(f"二组{place}", two, head, is_head=place == 0) for place in range(3)]
    outsider = make_person("王外人", unit=make_unit("浙北区", parent=company), manager=boss)
    cycle, metric = make_cycle(), make_metric("回款额", unit_label="万元")
    make_template()
    for person in (boss, head, *ones, *twos):
        make_goal(owner=person, metric=metric, cycle=cycle, title=f"{person.name}的回款")
    return Region(company, region, one, two, boss, head, ones, twos, outsider, cycle)


def sign_in(person: Person, client, *, roles=()):
    """The client, signed in as the person."""
    if person.user_id is None:
        person.user = User.objects.create(username=person.number, name=person.name, password="!", created_at=NOW)
        person.save(update_fields=["user"])
    for role in roles:
        person.user.grants.create(role=role, granted_at=NOW)
    client.force_login(person.user)
    return client


def as_actor(person: Person) -> Actor:
    """The person as they sign in."""
    return Actor(person.user_id, person.pk, frozenset({Role.EMPLOYEE}), person.name)


def _member(name: str, unit: Unit, head: Person, *, is_head: bool) -> Person:
    return make_person(name, unit=unit, manager=head, is_head=is_head)
