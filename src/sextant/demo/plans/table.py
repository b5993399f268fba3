"""A plan between two people: each writes, takes over, asks, answers and signs as they would on the pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from sextant.demo.cast import PASSWORD
from sextant.engines.agreement import GoalTerms
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.goals.access import access_plan
from sextant.goals.actions.comments import add_comment
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.plans import propose_plan, start_discussion
from sextant.goals.actions.positions import accept_positions, save_goal_position
from sextant.goals.actions.signing import Hand, Reading, sign_plan
from sextant.goals.actions.support import ask_support, judge_support, promise_support, refuse_support
from sextant.goals.contracts import PlanGoal, Side, SupportKind
from sextant.goals.queries.contracts import plan_digest_now
from sextant.goals.queries.plans import list_plan_goals

PAUSE = timedelta(minutes=7)
"""Between two things somebody does: on the pages they stand in their order."""
DEVICES = ("Chrome · Windows", "Safari · iPhone")


class Table:
    """A plan, who owns it, who answers for the company, and the moment it is. `unit_id` None: the owner's own plan."""

    def __init__(self, cycle_id: int, owner: Actor, other: Actor, *, unit_id: int | None = None, now: datetime) -> None:
        self.owner = owner
        self.other = other
        self.now = now
        whose = {"owner_person_id": owner.person_id} if unit_id is None else {"owner_unit_id": unit_id}
        self.plan_id = open_plan(cycle_id=cycle_id, **whose, actor=owner, now=now)

    @property
    def today(self) -> date:
        """The company's day at this moment."""
        return company_day(self.now, settings.SEXTANT_ZONE)

    def goals(self) -> list[PlanGoal]:
        """The goals of the plan, in the order they were made."""
        return list_plan_goals(self.plan_id)

    def goal(self, title_part: str) -> PlanGoal:
        """The goal whose title, as the owner has it, holds `title_part`."""
        found = ((one, one.terms(Side.OWNER)) for one in self.goals())
        return next(one for one, terms in found if terms is not None and title_part in terms.title)

    def write(self, *texts: GoalTerms, by: Actor | None = None) -> None:
        """Add goals, by the owner unless said otherwise."""
        for terms in texts:
            self._save(None, terms, by or self.owner)

    def change(self, goal: PlanGoal, *, by: Actor | None = None, **changes: object) -> None:
        """Let one side want a goal to say something else."""
        side = Side.COUNTERPART if by is not None and by is self.other else Side.OWNER
        terms = goal.terms(side)
        assert terms is not None  # whoever changes it has read it
        self._save(goal.id, replace(terms, **changes), by or self.owner)  # type: ignore[arg-type]

    def weigh(self, weights: Sequence[int], *, dimension: str = "results") -> None:
        """Give the goals that are there their weights, in their order."""
        for goal, weight in zip(self.goals(), weights, strict=True):
            self.change(goal, weight=Decimal(weight), dimension=dimension)

    def start(self) -> None:
        """The owner hands the draft over."""
        start_discussion(self.plan_id, revision=self._revision(), actor=self.owner, now=self._tick())

    def accept(self, *, by: Actor | None = None, but: Sequence[PlanGoal] = ()) -> None:
        """Take over what the other side wants, but for some goals."""
        left = {one.id for one in but}
        chosen = [one.id for one in self.goals() if one.id not in left]
        revision = self._revision()
        accept_positions(self.plan_id, goal_ids=chosen, revision=revision, actor=by or self.other, now=self._tick())

    def propose(self, *, by: Actor | None = None) -> None:
        """One side proposes the plan for signature."""
        propose_plan(self.plan_id, revision=self._revision(), actor=by or self.other, now=self._tick())

    def sign(self, *signers: Actor) -> None:
        """Sign, in this order; without names the owner, then the company."""
        for place, signer in enumerate(signers or (self.owner, self.other)):
            plan = access_plan(signer, plan_id=self.plan_id, on=self.today)
            hand = Hand(signer.label, PASSWORD, DEVICES[place % 2], None)
            reading = Reading(plan.revision, plan_digest_now(plan))
            sign_plan(self.plan_id, reading=reading, hand=hand, actor=signer, now=self._tick())

    def conclude(self) -> None:
        """From a draft to a contract, without a word in between."""
        self.start()
        self.accept()
        self.propose()
        self.sign()

    def comment(self, text: str, *, by: Actor, goal: PlanGoal | None = None) -> None:
        """Say something, about one goal or about the plan."""
        add_comment(self.plan_id, goal_id=goal.id if goal else None, text=text, actor=by, now=self._tick())

    def ask(self, kind: SupportKind, words: str, *, goal: PlanGoal | None = None) -> int:
        """The owner asks for support; the item's id."""
        goal_id = goal.id if goal else None
        return ask_support(self.plan_id, kind=kind, ask=words, goal_id=goal_id, actor=self.owner, now=self._tick())

    def promise(self, item_id: int, words: str, *, due_on: date) -> None:
        """The company promises it."""
        promise_support(self.plan_id, item_id=item_id, text=words, due_on=due_on, actor=self.other, now=self._tick())

    def refuse(self, item_id: int, words: str) -> None:
        """The company says no, and why."""
        refuse_support(self.plan_id, item_id=item_id, reason=words, actor=self.other, now=self._tick())

    def judge(self, item_id: int, *, is_kept: bool, now: datetime) -> None:
        """Later: the owner says whether it came."""
        judge_support(self.plan_id, item_id=item_id, is_kept=is_kept, actor=self.owner, now=now)

    def _save(self, goal_id: int | None, terms: GoalTerms, by: Actor) -> None:
        revision = self._revision()
        save_goal_position(self.plan_id, goal_id=goal_id, terms=terms, revision=revision, actor=by, now=self._tick())

    def _revision(self) -> int:
        return access_plan(self.owner, plan_id=self.plan_id, on=self.today).revision

    def _tick(self) -> datetime:
        self.now += PAUSE
        return self.now
