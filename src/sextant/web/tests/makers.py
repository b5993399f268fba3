"""Standings, and companies large enough to show what a page costs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.test import Client

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.goals.contracts import GoalKind
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_cycle
from sextant.metrics.models import EvaluationRun, Metric, Standing
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Post, ReportingLine, Unit

TODAY = date(2026, 2, 18)
"""A Wednesday in the first quarter of 2026, the cycle the makers of goals use."""
NOW = datetime(2026, 2, 18, 1, 0, tzinfo=UTC)
AS_OF = date(2026, 2, 15)
LETTERS = {"green": "g", "yellow": "y", "red": "r", "none": "n"}
REASON = {
    "on": "2026-02-15",
    "case": "grow",
    "base": "100",
    "unit": "万元",
    "value": "50",
    "expected": "50",
    "decimals": "0",
    "completion": "1",
}
_serial = count(1)


def make_run(**changes: object) -> EvaluationRun:
    """An evaluation run as of the Sunday before `TODAY`."""
    fields = {
        "as_of": AS_OF,
        "started_at": NOW,
        "started_by": "测试",
        "seconds": Decimal("0.4"),
        "ledger_version": 1,
        "calendar_version": "1",
        "engine_version": "1",
        "code_version": "1",
        "goals": 0,
        "green": 0,
        "yellow": 0,
        "red": 0,
        "none": 0,
        "digest": "ab12" * 16,
    }
    return EvaluationRun.objects.create(**{**fields, **changes})


def make_standing(goal: Goal, light: str = "green", *, run: EvaluationRun | None = None, weeks: str = "") -> Standing:
    """Where a goal stands: half of the base at half the time. `weeks` are lights, oldest first, one letter each."""
    standing = _standing(goal, light, run or make_run(), weeks or LETTERS[light] * 2)
    standing.save(force_insert=True)
    return standing


def _standing(goal: Goal, light: str, run: EvaluationRun, weeks: str) -> Standing:
    length = len(weeks)
    return Standing(
        goal_id=goal.id,
        run=run,
        as_of=run.as_of,
        value=None if light == "none" else Decimal(50),
        expected=Decimal(50),
        elapsed=Decimal("0.5"),
        attainment=None if light == "none" else Decimal("0.5"),
        completion=None if light == "none" else Decimal(1),
        score=None if light == "none" else Decimal(50),
        light=light,
        reason_code="light.on_track",
        reason_params=REASON,
        week_ends=[run.as_of - timedelta(days=7 * (length - 1 - place)) for place in range(length)],
        week_values=[None if letter == "n" else Decimal(10 * place) for place, letter in enumerate(weeks, start=1)],
        week_expected=[Decimal(10) for _ in weeks],
        week_lights=weeks,
    )


def make_account(person: Person | None = None, *roles: Role) -> User:
    """An account, with `person` behind it when given."""
    system = Actor.system("test")
    name = f"user{next(_serial)}"
    user_id = create_account(name, password="correct horse battery", name=name, roles=roles, actor=system, now=NOW)
    if person is not None:
        Person.objects.filter(id=person.id).update(user_id=user_id)
    return User.objects.get(id=user_id)


def client_of(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def crowd(
    unit: Unit, manager: Person, *, size: int, metrics: Sequence[Metric] = (), light: str = "red"
) -> list[Person]:
    """`size` people in `unit` who report to `manager`, each with a goal on every metric and a standing for each."""
    since = date(2020, 1, 1)
    people = Person.objects.bulk_create(
        Person(number=f"C{next(_serial):06}", name=f"成员{place:04}", name_sort=f"chengyuan{place:04}", hired_on=since)
        for place in range(size)
    )
    Post.objects.bulk_create(Post(person=one, unit=unit, title="专员", valid_from=since) for one in people)
    ReportingLine.objects.bulk_create(
        ReportingLine(person=one, manager=manager, kind="solid", valid_from=since) for one in people
    )
    cycle, run = make_cycle(), make_run()
    goals = Goal.objects.bulk_create(
        Goal(
            code=f"crowd-{next(_serial)}",
            title="第一季度回款",
            kind=GoalKind.KPI,
            cycle=cycle,
            owner_person=one,
            metric=metric,
            base=Decimal(100),
            weight=Decimal(50),
            from_on=cycle.from_on,
            until_on=cycle.until_on,
            created_at=NOW,
            updated_at=NOW,
        )
        for one in people
        for metric in metrics or [make_metric()]
    )
    Standing.objects.bulk_create(_standing(goal, light, run, LETTERS[light] * 8) for goal in goals)
    return people
