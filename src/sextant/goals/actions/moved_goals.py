"""One goal of somebody who moves: its row, the successor's, and what supported it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sextant.engines.agreement import GoalTerms
from sextant.engines.movement import Decision, Figures
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.goals.contracts import GoalState
from sextant.goals.contracts.movement import MoveOrder, MovingGoal
from sextant.goals.messages.movement import CAUSES
from sextant.goals.models import ActionItem, Alignment, Goal, Milestone, Plan, Suspension
from sextant.goals.plan_terms import terms_of, write_terms
from sextant.goals.policy import goal_code
from sextant.goals.policy.names import CODE_LENGTH
from sextant.people.contracts import PersonRow

_FIGURES = tuple(Figures.__dataclass_fields__)
_FOLLOW = ("parent_id", "confidence", "progress_from")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one goal. `before` is its text before, `after` now (None: it counts no more), `rest` that of the
    successor. With `problems` nothing was done."""

    goal: Goal
    decision: Decision
    before: GoalTerms
    after: GoalTerms | None
    successor: Goal | None = None
    rest: GoalTerms | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether an evaluation looks at it."""
        return self.goal.metric_id is not None

    @property
    def has_changed(self) -> bool:
        """Whether what it says or counts is another than before."""
        return self.after != self.before or self.successor is not None


@dataclass(frozen=True, slots=True)
class Mover:
    """Carries out an order. `plans` by owner and cycle, all under their locks."""

    order: MoveOrder
    plans: Mapping[tuple[int | None, int], Plan]
    successors: Mapping[int, PersonRow]
    actor: Actor
    now: datetime

    def apply(self, goal: Goal, told: MovingGoal) -> Change:
        """Do what was decided for this goal, read `with_terms`."""
        decision, before = self.order.choices[goal.pk].decision, terms_of(goal)
        match decision:
            case Decision.KEEP:
                return Change(goal, decision, before, before)
            case Decision.PAUSE:
                self._pause(goal)
                return Change(goal, decision, before, before)
            case Decision.CLOSE:
                return Change(goal, decision, before, self._end(goal, told))
            case Decision.SPLIT | Decision.HAND_OVER:
                return self._pass_on(goal, told, decision, before)

    def _pass_on(self, goal: Goal, told: MovingGoal, decision: Decision, before: GoalTerms) -> Change:
        person = self.successors[self.order.choices[goal.pk].successor_id or 0]
        plan = self.plans.get((person.id, goal.cycle_id))
        rest, from_on = self._rest(goal, told, before)
        if problems := self._clash(goal, person, plan, from_on=from_on):
            return Change(goal, decision, before, before, problems=problems)
        # the successor first: it is made of steps and links that the goal still has
        successor = self._successor(goal, rest, person, plan)
        _let_follow(goal, successor)
        if decision is Decision.HAND_OVER:
            self._drop(goal)
            return Change(goal, decision, before, None, successor, rest)
        return Change(goal, decision, before, self._end(goal, told), successor, rest)

    def _rest(self, goal: Goal, told: MovingGoal, before: GoalTerms) -> tuple[GoalTerms, date]:
        """What the successor promises, and from which day on."""
        from_on = max(self.order.on, goal.from_on)
        figures = _named(told.split.after.figures) if told.split else {}
        begins = from_on if from_on != goal.cycle.from_on else None
        return replace(before, from_on=begins, **figures), from_on

    def _clash(self, goal: Goal, person: PersonRow, plan: Plan | None, *, from_on: date) -> tuple[Problem, ...]:
        params = {"name": person.name, "title": goal.title, "goal": goal.pk}
        if goal.state == GoalState.DRAFT and plan is None:
            return (Problem("movement.no_plan", params),)
        if goal.metric_id is None:
            return ()
        alike = Goal.objects.filter(
            owner_person_id=person.id, metric_id=goal.metric_id, from_on=from_on, until_on=goal.until_on
        )
        return (Problem("movement.has_goal", params),) if alike.exclude(state=GoalState.DROPPED).exists() else ()

    def _successor(self, goal: Goal, rest: GoalTerms, person: PersonRow, plan: Plan | None) -> Goal:
        made = Goal(
            **{name: getattr(goal, name) for name in _FOLLOW},
            code=self._code(goal, person),
            cycle=goal.cycle,
            owner_person_id=person.id,
            plan=plan,
            state=GoalState.DRAFT if goal.state == GoalState.DRAFT else GoalState.RUNNING,
            created_at=self.now,
        )
        write_terms(made, rest, metric_id=goal.metric_id, now=self.now)
        if made.progress_from != goal.progress_from:
            Goal.objects.filter(id=made.pk).update(progress_from=goal.progress_from)
        _copy_progress(goal, made)
        return made

    def _code(self, goal: Goal, person: PersonRow) -> str:
        subject = goal.metric.code if goal.metric else goal.title
        code = goal_code(period=f"{goal.cycle.code}-{self.order.on:%m%d}", owner=person.number, subject=subject)
        if not Goal.objects.filter(code=code).exists():
            return code
        mark = hashlib.sha256(f"{goal.pk} {self.now.isoformat()}".encode()).hexdigest()[:8]
        return f"{code[: CODE_LENGTH - 9]}-{mark}"

    def _end(self, goal: Goal, told: MovingGoal) -> GoalTerms | None:
        """The goal ends on the day and is judged on the part up to it; one that had no such part goes."""
        is_measured_nowhere = goal.metric_id is not None and told.split is None
        if goal.state == GoalState.DRAFT or self.order.on <= goal.from_on or is_measured_nowhere:
            self._drop(goal)
            return None
        for name, value in (_named(told.split.before.figures) if told.split else {}).items():
            setattr(goal, name, value)
        goal.until_on = self.order.on
        goal.updated_at = self.now
        goal.save(update_fields=["until_on", "updated_at", *_FIGURES])
        return terms_of(goal)

    def _drop(self, goal: Goal) -> None:
        goal.state = GoalState.DROPPED.value
        goal.updated_at = self.now
        goal.save(update_fields=["state", "updated_at"])

    def _pause(self, goal: Goal) -> None:
        """As a suspension, for the days of the leave."""
        order = self.order
        assert order.until_on is not None  # a leave has its days
        Suspension.objects.create(
            goal=goal,
            from_on=order.on,
            until_on=min(order.until_on, goal.until_on),
            reason=order.note.strip() or str(CAUSES[order.cause]),
            by_person_id=self.actor.person_id,
            by_label=self.actor.label,
            at=self.now,
        )
        goal.state = GoalState.SUSPENDED.value
        goal.updated_at = self.now
        goal.save(update_fields=["state", "updated_at"])


def _named(figures: Figures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in _FIGURES}


def _copy_progress(goal: Goal, made: Goal) -> None:
    """What is done stays done, and what was said last of a goal that nobody measures is where its successor begins."""
    for model, steps in ((Milestone, goal.milestones), (ActionItem, goal.action_items)):
        for step in steps.exclude(done_on=None):
            model.objects.filter(goal=made, position=step.position).update(done_on=step.done_on)
    note = goal.progress_notes.order_by("-on", "-id").first()
    if note is not None:
        note.pk, note.goal = None, made
        note._state.adding = True
        note.save()


def _let_follow(goal: Goal, successor: Goal) -> None:
    """Links up are copied, links down go over to the successor: a goal that ends carries nobody any more."""
    for link in Alignment.objects.filter(child=goal):
        Alignment.objects.update_or_create(
            child=successor,
            parent_id=link.parent_id,
            defaults={"contribution": link.contribution, "how": link.how},
        )
    kept = {link.child_id: link for link in Alignment.objects.filter(parent=goal).exclude(child=successor)}
    below = Goal.objects.filter(parent=goal).exclude(id=successor.pk)
    below.update(parent=successor)  # the database lets the primary links follow, without what they said
    for child_id, link in kept.items():
        if not link.is_primary:
            Alignment.objects.filter(id=link.pk).delete()
        Alignment.objects.update_or_create(
            child_id=child_id,
            parent=successor,
            defaults={"contribution": link.contribution, "how": link.how},
        )
