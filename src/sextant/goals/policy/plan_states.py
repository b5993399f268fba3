"""What may be done to a plan in which state, and where it leads."""

from collections.abc import Mapping
from enum import StrEnum

from sextant.engines.values import Problem
from sextant.goals.contracts import PlanState, Side


class PlanAct(StrEnum):
    """What people do to a plan."""

    WRITE = "write"
    START = "start"
    PROPOSE = "propose"
    RETURN = "return"
    SIGN = "sign"


_LEADS: Mapping[PlanAct, Mapping[PlanState, PlanState]] = {
    PlanAct.WRITE: {PlanState.DRAFT: PlanState.DRAFT, PlanState.DISCUSSION: PlanState.DISCUSSION},
    PlanAct.START: {PlanState.DRAFT: PlanState.DISCUSSION},
    PlanAct.PROPOSE: {PlanState.DISCUSSION: PlanState.PROPOSED},
    PlanAct.RETURN: {PlanState.PROPOSED: PlanState.DISCUSSION},
    PlanAct.SIGN: {PlanState.PROPOSED: PlanState.SIGNED},
}
"""Act → from which state → to which. What is signed changes by an adjustment alone, never by writing."""

_BEFORE_SIGNING = frozenset({PlanState.DRAFT, PlanState.DISCUSSION, PlanState.PROPOSED})
_AGREED = frozenset({PlanState.SIGNED, PlanState.RUNNING})


def may_name(state: PlanState, *, has_left: bool) -> bool:
    """Whether another counterpart may be named: until both have signed; afterwards only for one who `has_left`, so that
    somebody answers for what goes on.

    >>> may_name(PlanState.RUNNING, has_left=False), may_name(PlanState.RUNNING, has_left=True)
    (False, True)
    """
    return state in _BEFORE_SIGNING or (has_left and state in _AGREED)


def decide_act(act: PlanAct, *, state: PlanState, side: Side | None) -> tuple[Problem, ...]:
    """What forbids `act` in this `state` to who speaks for `side` (None: only reads); () = nothing.

    Codes: plan.not_a_side, plan.state (with `act` and `state`), plan.start_is_the_owners.

    >>> decide_act(PlanAct.WRITE, state=PlanState.RUNNING, side=Side.OWNER)[0].code
    'plan.state'
    >>> decide_act(PlanAct.PROPOSE, state=PlanState.DISCUSSION, side=Side.COUNTERPART)
    ()
    """
    if side is None:
        return (Problem("plan.not_a_side"),)
    if state not in _LEADS[act]:
        return (Problem("plan.state", {"act": act.value, "state": state.value}),)
    if act is PlanAct.START and side is not Side.OWNER:
        return (Problem("plan.start_is_the_owners"),)
    return ()


def next_state(act: PlanAct, state: PlanState) -> PlanState:
    """Where `act` leads from `state`. The caller has asked `decide_act`.

    >>> next_state(PlanAct.START, PlanState.DRAFT)
    <PlanState.DISCUSSION: 'discussion'>
    """
    return _LEADS[act][state]
