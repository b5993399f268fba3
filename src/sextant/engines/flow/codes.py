"""Every code this engine can emit, with the parameters it carries. Sentences: `sextant.lowcode.messages.flows`."""

from enum import StrEnum

from sextant.engines.values import Problem, Severity


class Code(StrEnum):
    """What can be said about a definition, and about an instance that runs."""

    # A definition
    NO_STEPS = "flow.no_steps"
    CODE_TWICE = "flow.code_twice"  # step
    UNKNOWN_NEXT = "flow.unknown_next"  # step, next
    NOWHERE = "flow.nowhere"  # step
    UNREACHABLE = "flow.unreachable"  # step
    NO_END = "flow.no_end"
    NO_WAY_OUT = "flow.no_way_out"  # step
    NO_DEFAULT = "flow.no_default"  # step
    DEFAULT_NOT_LAST = "flow.default_not_last"  # step
    FEW_ARMS = "flow.few_arms"  # step
    RUNS_IN_CIRCLES = "flow.runs_in_circles"  # steps
    JOIN_WITHOUT_FORK = "flow.join_without_fork"  # step
    JOINS_APART = "flow.joins_apart"  # step
    CROSSES_ARMS = "flow.crosses_arms"  # step
    NO_ASSIGNEE = "flow.no_assignee"  # step
    NO_FORM = "flow.no_form"  # step
    NO_SPAN = "flow.no_span"  # step
    NO_ACTION = "flow.no_action"  # step
    NO_FLOW = "flow.no_flow"  # step
    BAD_COUNT = "flow.bad_count"  # step
    LIMIT_TWICE = "flow.limit_twice"  # step, limit
    LIMITS_NOT_RISING = "flow.limits_not_rising"  # step
    BAD_SPAN = "flow.bad_span"  # step
    NO_LIMIT = "flow.no_limit"  # step
    # An instance
    CONDITION = "flow.condition"  # step, arm, reason, names
    NO_BRANCH = "flow.no_branch"  # step
    RUNAWAY = "flow.runaway"  # step
    GONE = "flow.gone"  # step
    NOBODY = "flow.nobody"  # step


class LineCode(StrEnum):
    """Lines of the log that the engine itself writes."""

    BRANCH = "flow.line.branch"  # arm
    FORKED = "flow.line.forked"
    JOINED = "flow.line.joined"
    ENDED = "flow.line.ended"


def problem(code: Code, **params: object) -> Problem:
    """What keeps a definition from running, or an instance from going on."""
    return Problem(code=code.value, params=params)


def warning(code: Code, **params: object) -> Problem:
    """What a definition can do with, and its maker should know."""
    return Problem(code=code.value, params=params, severity=Severity.WARNING)
