"""What each kind of goal is made of: which fields it has, and how its score comes about."""

from collections.abc import Mapping

from sextant.goals.contracts import BESIDE, GoalKind, ProgressFrom

_EVERY = ("title", "description", "weight")
_MEASURE = ("metric", "base", "stretch", "start", "range", "curve")
_POINTS = ("title", "description", "points")

FIELDS: Mapping[GoalKind, tuple[str, ...]] = {
    GoalKind.OBJECTIVE: (*_EVERY, "confidence"),
    GoalKind.KEY_RESULT: (*_EVERY, *_MEASURE, "confidence"),
    GoalKind.KPI: (*_EVERY, *_MEASURE),
    GoalKind.GS: (*_EVERY, "deliverable", "due_on"),
    GoalKind.MILESTONE: (*_EVERY, "deliverable", "due_on", "milestones"),
    GoalKind.ACTION: (*_EVERY, "due_on", "actions"),
    GoalKind.BEHAVIOUR: _EVERY,
    GoalKind.BONUS: _POINTS,
    GoalKind.PENALTY: _POINTS,
    GoalKind.VETO: _POINTS,
}
"""Fields of a kind in the order people fill them in. `points` are what a bonus adds, a penalty takes, and where a veto
caps the plan; they are kept in `base`."""

_PROGRESS: Mapping[GoalKind, ProgressFrom] = {
    GoalKind.OBJECTIVE: ProgressFrom.CHILDREN,
    GoalKind.KEY_RESULT: ProgressFrom.METRIC,
    GoalKind.KPI: ProgressFrom.METRIC,
    GoalKind.MILESTONE: ProgressFrom.ACTIONS,
    GoalKind.ACTION: ProgressFrom.ACTIONS,
}

STANDS_ALONE = BESIDE | {GoalKind.OBJECTIVE}
"""What may stand without a goal above it."""


def has_field(kind: GoalKind, field: str) -> bool:
    """Whether goals of this kind have this field.

    >>> has_field(GoalKind.KPI, "metric"), has_field(GoalKind.KPI, "milestones"), has_field(GoalKind.VETO, "weight")
    (True, False, False)
    """
    return field in FIELDS[kind]


def progress_source(kind: GoalKind, *, is_measured: bool) -> ProgressFrom:
    """Where progress of a goal comes from: what its kind says; without a metric a key result is told by people.

    >>> progress_source(GoalKind.KEY_RESULT, is_measured=False)
    <ProgressFrom.TYPED: 'typed'>
    """
    usual = _PROGRESS.get(kind, ProgressFrom.TYPED)
    return ProgressFrom.TYPED if usual is ProgressFrom.METRIC and not is_measured else usual


def effective_source(kind: GoalKind, stored: ProgressFrom, *, is_measured: bool) -> ProgressFrom:
    """Where progress comes from in fact: a goal that came in from a file says "metric" also where it has none.

    >>> effective_source(GoalKind.OBJECTIVE, ProgressFrom.METRIC, is_measured=False)
    <ProgressFrom.CHILDREN: 'children'>
    """
    return stored if is_measured or stored is not ProgressFrom.METRIC else progress_source(kind, is_measured=False)
