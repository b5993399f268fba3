"""How far a goal is that no metric measures: by the goals below it, by its steps, or as somebody says with proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from sextant.engines.values import Problem, round_half_up
from sextant.goals.contracts import GoalKind, GoalState, ProgressFrom
from sextant.goals.policy.plan_kinds import has_field

MOST_RATIO = Decimal("1.5")
"""As far beyond the promise as a measured goal counts."""
EVIDENCE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class ChildProgress:
    """A goal below: its weight, and how much of it was reached (None: nobody knows)."""

    weight: Decimal
    ratio: Decimal | None


def progress_of_children(children: Sequence[ChildProgress]) -> Decimal | None:
    """The mean of the children, weighted; equal parts where no child has a weight. Children without progress are left
    out, not counted as zero; None when nobody knows anything.

    >>> progress_of_children([ChildProgress(Decimal(60), Decimal("0.5")), ChildProgress(Decimal(40), Decimal(1))])
    Decimal('0.700000')
    >>> progress_of_children([ChildProgress(Decimal(0), Decimal("0.5")), ChildProgress(Decimal(0), None)])
    Decimal('0.500000')
    """
    known = [(one.weight, one.ratio) for one in children if one.ratio is not None]
    if not known:
        return None
    if all(weight == 0 for weight, _ in known):
        known = [(Decimal(1), ratio) for _, ratio in known]
    total = sum((Fraction(weight) for weight, _ in known), Fraction(0))
    return _six(sum((Fraction(weight) * Fraction(ratio) for weight, ratio in known), Fraction(0)) / total)


def progress_of_steps(steps: Sequence[tuple[Decimal, bool]]) -> Decimal | None:
    """Points done of all points, 0…1, of (points, is done); half a milestone counts nothing. None without points.

    >>> progress_of_steps([(Decimal(40), True), (Decimal(60), False)])
    Decimal('0.400000')
    """
    total = sum((Fraction(points) for points, _ in steps), Fraction(0))
    if total == 0:
        return None
    return _six(sum((Fraction(points) for points, is_done in steps if is_done), Fraction(0)) / total)


def decide_extra_applies(ratio: Decimal | None, *, state: GoalState) -> bool:
    """Whether a bonus, penalty or veto item counts: it runs or is over, and somebody has shown that it happened, whole.

    >>> decide_extra_applies(Decimal(1), state=GoalState.RUNNING), decide_extra_applies(None, state=GoalState.RUNNING)
    (True, False)
    """
    return state in {GoalState.RUNNING, GoalState.CLOSED} and ratio is not None and ratio >= 1


class Part(StrEnum):
    """What may be told of a goal in one update."""

    RATIO = "ratio"
    HAPPENED = "happened"
    STEPS = "steps"
    CONFIDENCE = "confidence"


_HAPPENS = frozenset({GoalKind.BONUS, GoalKind.PENALTY, GoalKind.VETO})


def parts_to_tell(kind: GoalKind, source: ProgressFrom) -> frozenset[Part]:
    """What people tell of a goal of this kind whose progress comes from `source`; nothing where numbers tell all.

    >>> sorted(parts_to_tell(GoalKind.KEY_RESULT, ProgressFrom.TYPED))
    [<Part.CONFIDENCE: 'confidence'>, <Part.RATIO: 'ratio'>]
    >>> parts_to_tell(GoalKind.KPI, ProgressFrom.METRIC)
    frozenset()
    """
    told = {
        ProgressFrom.TYPED: {Part.HAPPENED if kind in _HAPPENS else Part.RATIO},
        ProgressFrom.ACTIONS: {Part.STEPS},
    }.get(source, set())
    return frozenset(told | ({Part.CONFIDENCE} if has_field(kind, "confidence") else set()))


@dataclass(frozen=True, slots=True)
class ProgressSaid:
    """One update as somebody writes it; None = not said. `done` are the ids of every step that is done, of one goal's
    milestones or action items."""

    ratio: Decimal | None = None
    confidence: Decimal | None = None
    done: frozenset[int] | None = None
    evidence: str = ""


def decide_progress(
    said: ProgressSaid, *, parts: frozenset[Part], state: GoalState, has_file: bool, has_changes: bool
) -> tuple[Problem, ...]:
    """What forbids keeping an update; () = nothing. `has_changes`: a step or the confidence differs from before.

    Codes: plan.progress_state, plan.progress_measured (numbers tell of this goal), plan.progress_range,
    plan.progress_evidence (a ratio without words or file to show for it), plan.progress_nothing, plan.progress_long.

    >>> typed = frozenset({Part.RATIO})
    >>> decide_progress(
    ...     ProgressSaid(Decimal("0.4"), evidence=" "), parts=typed, state=GoalState.RUNNING, has_file=False,
    ...     has_changes=False)[0].code
    'plan.progress_evidence'
    """
    if state is not GoalState.RUNNING:
        return (Problem("plan.progress_state", {}),)
    if not parts or (said.ratio is not None and not parts & {Part.RATIO, Part.HAPPENED}):
        return (Problem("plan.progress_measured", {"field": "ratio"}),)
    problems = []
    if said.ratio is not None and not 0 <= said.ratio <= MOST_RATIO:
        problems.append(Problem("plan.progress_range", {"field": "ratio", "value": said.ratio}))
    has_words = bool(said.evidence.strip())
    if said.ratio is not None and not has_words and not has_file:
        problems.append(Problem("plan.progress_evidence", {"field": "evidence"}))
    if len(said.evidence) > EVIDENCE_LENGTH:
        problems.append(Problem("plan.progress_long", {"field": "evidence", "most": EVIDENCE_LENGTH}))
    if said.ratio is None and not (has_words or has_file or has_changes):
        problems.append(Problem("plan.progress_nothing", {}))
    return tuple(problems)


def _six(value: Fraction) -> Decimal:
    return round_half_up(Decimal(value.numerator) / Decimal(value.denominator), 6)
