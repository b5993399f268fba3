"""Goals that can be adjusted, and people who ask, answer and sign."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.goals.access import PLAN_PARTS
from sextant.goals.actions.adjustment_signing import OfferReading, sign_adjustment
from sextant.goals.actions.adjustments import ask_adjustment
from sextant.goals.actions.signing import Hand
from sextant.goals.contracts import AdjustmentRow, AdjustmentState
from sextant.goals.models import AdjustmentRequest, Goal, Plan
from sextant.goals.policy.adjustment import Wish
from sextant.goals.queries.adjusted_text import adjusted_digest
from sextant.goals.queries.adjustments import adjustment_row, with_steps
from sextant.goals.tests.agreement_makers import PASSWORD, make_signed
from sextant.goals.tests.plan_makers import NOW, Pair, employee
from sextant.people.tests.makers import make_person

WEEK_10 = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""A Wednesday of week 10 of 2026Q1: its window is 2 to 8 March."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A signed plan with a goal of base 420 and stretch 480, and somebody who is neither side and may approve."""

    pair: Pair
    goal: Goal
    approver: Actor

    @property
    def as_owner(self) -> Actor:
        """The rep, as signed in."""
        self.pair.owner.refresh_from_db()
        return employee(self.pair.owner)

    @property
    def as_manager(self) -> Actor:
        """The manager, as signed in."""
        self.pair.manager.refresh_from_db()
        return employee(self.pair.manager)


def make_adjustable() -> Adjusted:
    """A signed plan of 2026Q1 and HR."""
    pair = make_signed()
    user = User.objects.create(username="hr", name="周人力", password=make_password(PASSWORD), created_at=NOW)
    RoleGrant.objects.create(user=user, role=Role.HR, granted_at=NOW)
    person = make_person("周人力", unit=pair.unit.parent, user=user)
    approver = Actor(user.id, person.id, frozenset({Role.EMPLOYEE, Role.HR}), person.name)
    return Adjusted(pair, Goal.objects.get(metric=pair.metric), approver)


def lower(base: int, stretch: int | None = None, **changes: object) -> Wish:
    """A wish for another base, and another stretch."""
    told: dict[str, Decimal] = {"base": Decimal(base)}
    if stretch is not None:
        told["stretch"] = Decimal(stretch)
    return Wish(told, **{"note": "两家医院暂停验收，应收顺延到下季度。", **changes})


def ask(made: Adjusted, *, base: int = 378, now: datetime = WEEK_10, **changes: str) -> int:
    """The rep asks for 10 % less."""
    return ask_adjustment(made.goal.id, wish=lower(base), actor=made.as_owner, now=now, **changes)


def row_of(request_id: int) -> AdjustmentRow:
    """The request as it stands."""
    return adjustment_row(with_steps(AdjustmentRequest.objects.filter(id=request_id)).get())


def read_offer(request_id: int) -> OfferReading:
    """What a page would show now."""
    row = row_of(request_id)
    plan = Plan.objects.select_related(*PLAN_PARTS).filter(id=row.plan_id or 0).first()
    code = Goal.objects.get(id=row.goal_id).code
    return OfferReading(row.steps[-1].number, adjusted_digest(row, plan=plan, code=code))


def sign(
    request_id: int, actor: Actor, *, now: datetime = WEEK_10, reading: OfferReading | None = None, **changes: str
) -> AdjustmentState:
    """Sign as the actor, with the right name and password unless changed."""
    told = {"typed_name": actor.label, "password": PASSWORD, "device": "Chrome · Windows", **changes}
    reading = reading or read_offer(request_id)
    return sign_adjustment(request_id, reading=reading, hand=Hand(**told, address=None), actor=actor, now=now)


def later(days: int) -> datetime:
    """So many days after the request."""
    return WEEK_10 + timedelta(days=days)


def day(days: int = 0) -> date:
    """The company's day so many days after the request."""
    return date(2026, 3, 4) + timedelta(days=days)
