"""A small company in which a light turns red, and what its people do about it: plain functions for tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import User
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_goal, make_run, make_standing
from sextant.goals.tests.talk_makers import as_actor, sign_in
from sextant.lowcode.actions.definition_files import import_definitions
from sextant.lowcode.actions.sheets import hand_in_sheet
from sextant.metrics.models import Standing
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit
from sextant.tracking.actions.case_analysis import begin_analysis
from sextant.tracking.actions.case_meeting import agree_minutes, save_minutes, set_meeting
from sextant.tracking.actions.case_opening import open_case
from sextant.tracking.models import TalkCase, TalkSeat

SYSTEM = Actor.system("test")
NOW = datetime(2026, 1, 12, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 where the company works."""
RED_ON = date(2026, 1, 12)
SHIPPED = Path(__file__).parents[1] / "shipped"


@dataclass(frozen=True, slots=True)
class Team:
    """公司 (boss) → 苏南区 (manager) with the owner of a red goal and a colleague; an HRBP; somebody elsewhere."""

    boss: Person
    manager: Person
    owner: Person
    colleague: Person
    partner: Person
    outsider: Person
    goal: Goal


def make_team() -> Team:
    """The team, the forms in force, and a goal that stands red on its first Monday."""
    company = make_unit("公司")
    district = make_unit("苏南区", parent=company)
    boss = make_person("周以宁", unit=company, is_head=True)
    manager = make_person("林清越", unit=district, manager=boss, is_head=True)
    owner = make_person("沈亦舟", unit=district, manager=manager)
    colleague = make_person("许念安", unit=district, manager=manager)
    partner = make_person("蒋书白", unit=make_unit("人力资源部", parent=company))
    grant(partner, Role.HR)
    outsider = make_person("王外人", unit=make_unit("浙北区", parent=company), manager=boss)
    install_forms()
    goal = make_goal(owner=owner, metric=make_metric("有效拜访", unit_label="次", decimals=0), title="有效拜访 72 次")
    stand(goal, Light.RED, "0.474", on=RED_ON)
    return Team(boss, manager, owner, colleague, partner, outsider, goal)


def grant(person: Person, role: Role) -> None:
    """An account with the role."""
    person.user = User.objects.create(username=person.number, name=person.name, password="!", created_at=NOW)
    person.save(update_fields=["user"])
    person.user.grants.create(role=role, granted_at=NOW)


def hr_actor(person: Person) -> Actor:
    """Somebody of human resources as they sign in."""
    return Actor(person.user_id, person.pk, frozenset({Role.EMPLOYEE, Role.HR}), person.name)


def install_forms() -> None:
    """The shipped forms of the analysis, published."""
    files = [SHIPPED / "red_light_owner.yaml", SHIPPED / "red_light_manager.yaml"]
    import_definitions(files, reason="随产品提供", actor=SYSTEM, now=NOW)


def stand(goal: Goal, light: Light, completion: str | None, *, on: date, weeks: dict[date, str] | None = None) -> None:
    """Where the goal stands on a day: `weeks` are shares by the day a week ends, of 100 that were expected."""
    Standing.objects.filter(goal_id=goal.pk).delete()
    weeks = weeks or {}
    make_standing(
        goal,
        light,
        run=make_run(),
        as_of=on,
        completion=None if completion is None else Decimal(completion),
        week_ends=list(weeks),
        week_values=[Decimal(share) * 100 for share in weeks.values()],
        week_expected=[Decimal(100)] * len(weeks),
        week_lights="".join("g" if Decimal(share) >= Decimal("0.7") else "r" for share in weeks.values()),
    )


def open_red(team: Team, *, now: datetime = NOW) -> TalkCase:
    """The case of the team's goal."""
    case_id = open_case(team.goal.pk, red_on=RED_ON, before=Light.YELLOW, actor=SYSTEM, now=now)
    assert case_id is not None
    return TalkCase.objects.get(id=case_id)


def make_case(goal: Goal, *, seats: dict[str, Person], now: datetime, **changes: Any) -> TalkCase:
    """An open case of a person's goal, with these people at the table and nothing written yet."""
    today = now.date()
    days = {"owner_due_on": today, "manager_due_on": today, "meet_due_on": today + timedelta(days=7)}
    values = {"red_on": today, "opened_at": now, "due_on": today, **days, **changes}
    case = TalkCase.objects.create(goal=goal, owner=goal.owner_person, **values)
    TalkSeat.objects.bulk_create(TalkSeat(case=case, role=role, person=person) for role, person in seats.items())
    return case


def write_account(case: TalkCase, person: Person, text: str, *, now: datetime = NOW) -> int:
    """Somebody's account, written and handed in; the sheet."""
    actor = as_actor(person)
    sheet_id = begin_analysis(case.pk, actor=actor, now=now)
    given = {"reasons": ["access", "records"], "account": text}
    hand_in_sheet(sheet_id, given=given, revision=0, actor=actor, now=now)
    return sheet_id


def meet(team: Team, case: TalkCase, *, now: datetime = NOW + timedelta(days=3), weeks: int | None = None) -> None:
    """The three have met, and all confirm what was written."""
    lead = as_actor(team.manager)
    set_meeting(case.pk, meets_at=now - timedelta(hours=1), actor=lead, now=now)
    number = save_minutes(case.pk, text="预约制是真问题。", number=0, actor=as_actor(team.owner), now=now).number
    agree_minutes(case.pk, number=number, watch_weeks=weeks, actor=lead, now=now)
    agree_minutes(case.pk, number=number, actor=as_actor(team.owner), now=now)
    agree_minutes(case.pk, number=number, actor=hr_actor(team.partner), now=now)


__all__ = ["as_actor", "sign_in"]
