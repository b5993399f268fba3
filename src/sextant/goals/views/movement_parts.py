"""What the pages of movements show of goals: both parts in figures, what is chosen, and the addendum line by line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sextant.engines.movement import Decision, Figures, Part
from sextant.goals.contracts.movement import MoveCase, MoveOrder, MovingGoal, MovingPlan
from sextant.goals.messages.goals import KINDS
from sextant.goals.messages.movement import DECISIONS, EXPLAINED, REASONS, SENTENCES
from sextant.goals.messages.plans import FIELDS, STATES
from sextant.goals.queries.movement_records import MovementPaper

_SHOWN = ("base", "stretch", "range_low", "range_high")


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a split goal: its first and last day, its share of the whole, and its figures in words."""

    from_on: date
    last_on: date
    share: Decimal
    figures: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A goal on the page of the guided step. `hint` says why it cannot be split, "" where it can."""

    goal: MovingGoal
    tag: str | Promise
    proposal: str
    reason: str
    parts: tuple[PartLine, ...]
    options: tuple[tuple[str, str], ...]
    chosen: str
    successor_id: int | None
    hint: str
    is_wrong: bool


def make_lines(case: MoveCase, order: MoveOrder, *, wrong: Collection[object]) -> list[StepLine]:
    """The goals with what is chosen for each. No query."""
    return [_line(goal, order, is_wrong=goal.id in wrong) for goal in case.goals]


def _line(goal: MovingGoal, order: MoveOrder, *, is_wrong: bool) -> StepLine:
    chosen = order.choices.get(goal.id)
    parts: tuple[PartLine, ...] = ()
    if goal.split is not None:
        first = Decimal(goal.split.before_units) / goal.split.units
        parts = (_part(goal.split.before, first), _part(goal.split.after, 1 - first))
    return StepLine(
        goal=goal,
        tag=KINDS[goal.kind],
        proposal=str(DECISIONS[goal.proposal.decision]),
        reason=str(REASONS[goal.proposal.reason]),
        parts=parts,
        options=tuple(
            (one.value, _("%(name)s：%(explained)s") % {"name": DECISIONS[one], "explained": EXPLAINED[one]})
            for one in goal.choices
        ),
        chosen=(chosen.decision if chosen else goal.proposal.decision).value,
        successor_id=chosen.successor_id if chosen else None,
        hint=str(SENTENCES[goal.why_not]) if goal.why_not == "movement.nothing_in_part" else "",
        is_wrong=is_wrong,
    )


def _part(part: Part, share: Decimal) -> PartLine:
    return PartLine(part.period.from_on, part.period.until_on - timedelta(days=1), share, _figures(part.figures))


def _figures(figures: Figures) -> tuple[tuple[str, Decimal], ...]:
    told = [(str(FIELDS[name]), getattr(figures, name)) for name in _SHOWN]
    return tuple((name, value) for name, value in told if value is not None)


def make_plans(case: MoveCase) -> list[tuple[MovingPlan, str | Promise, bool]]:
    """(plan, its state in words, whether somebody else answers for the company now). No query."""
    return [(plan, STATES[plan.state], plan.former_id != plan.counterpart_id) for plan in case.plans]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A goal in the addendum: before, after and the successor's text, each as (field, value) of what differs."""

    title: str
    decision: str
    goal_id: int | None
    successor: str
    successor_goal_id: int | None
    rows: tuple[tuple[str, object, object, object], ...]


def make_papers(paper: MovementPaper) -> list[PaperLine]:
    """The goals of an addendum in its order. No query."""
    return [_paper(one, paper.goal_ids) for one in paper.document["goals"]]


def _paper(one: Mapping[str, Any], ids: Mapping[str, int]) -> PaperLine:
    before, after, rest = one["before"], one["after"] or {}, one["rest"] or {}
    names = ("base", "stretch", "start", "range_low", "range_high", "from_on", "until_on")
    texts = [(name, before.get(name), after.get(name), rest.get(name)) for name in names]
    successor = one["successor"]
    return PaperLine(
        title=before["title"],
        decision=str(DECISIONS[Decision(one["decision"])]),
        goal_id=ids.get(one["code"]),
        successor=successor["name"] if successor else "",
        successor_goal_id=ids.get(successor["code"]) if successor else None,
        rows=tuple(
            (str(FIELDS[name]), *values)
            for name, *values in texts
            if any(value is not None for value in values) and (one["after"] != before or rest)
        ),
    )
