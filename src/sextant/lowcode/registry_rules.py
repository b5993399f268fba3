"""What domains offer to rules: subjects of a context of formulas, actions that a rule may call, things that fall due. A
domain registers its own in its `catalog.py`.

A rule reads as the product itself. `RULE_READER` says how far that reaches: every goal and every person, and not one
write. What a rule found goes to nobody by itself: only to whom its published actions name, and into its log, which is
read by those who read definitions and all goals.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Grant, Permission
from sextant.foundation.catalogs import load_catalogs
from sextant.lowcode.registry_flows import list_flow_actions

Text = Promise | str
Thing = tuple[str, int]
"""What an event or a due thing is about: ("goal", 7), ("person", 3)."""

RULE_READER = Actor(
    user_id=None,
    person_id=None,
    label="rules",
    grants=frozenset({Grant(Permission.GOAL_READ_ALL), Grant(Permission.PERSON_READ_ALL)}),
)


@dataclass(frozen=True, slots=True)
class RuleSubject:
    """What a rule acts on: `person_id` is whom the acts concern (the owner, the head of a unit), None where there is
    nobody; `path` its page."""

    id: int
    name: str
    person_id: int | None
    path: str = "/"


@dataclass(frozen=True, slots=True)
class PastWeek:
    """What was so at the end of a finished week: values by name, those that are known of it."""

    ends_on: str
    values: Mapping[str, object]


class RuleSubjects(Protocol):
    """The subjects of the formula context `context`, as rules meet them. Each method a constant number of queries."""

    @property
    def context(self) -> str:
        """Code of the context whose names conditions read."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of things its subjects are found by: an event that says one of them (`goal_id`) can start a rule."""
        ...

    @property
    def light_name(self) -> str:
        """The name whose value is the light, "" where subjects have none."""
        ...

    @property
    def light_weeks_name(self) -> str:
        """The name whose value says for how many weeks in a row the light has been what it is; "" for none."""
        ...

    def light_word(self, light: Light) -> str:
        """What the value of `light_name` is for this light."""
        ...

    def list_ids(self, *, units: Collection[str], after: int, limit: int, now: datetime) -> list[int]:
        """Ids of subjects above `after`, in order; in these units and below, everywhere without units."""
        ...

    def in_scope(self, subject_ids: Collection[int], *, units: Collection[str], now: datetime) -> frozenset[int]:
        """Those of the subjects that exist, are looked at now, and stand in these units or below."""
        ...

    def found_by(self, things: Collection[Thing], *, now: datetime) -> Mapping[Thing, tuple[int, ...]]:
        """The subjects each thing is about; things of other kinds are absent."""
        ...

    def rows(self, subject_ids: Collection[int], *, now: datetime) -> Mapping[int, RuleSubject]:
        """The subjects by id; those that are gone are absent."""
        ...

    def weeks(
        self, subject_ids: Collection[int], *, weeks: int, actor: Actor, now: datetime
    ) -> Mapping[int, tuple[PastWeek, ...]]:
        """The last finished weeks of those in the actor's sight, the earliest first. A name that is not known of a week
        is absent from it; names that do not change with time may be there. Empty where nothing was kept."""
        ...


class RunRule(Protocol):
    """Does it for a subject, in a transaction of its own. `values` are the facts of the firing, `params` what the rule
    says. Raises whatever the app's action raises: it is tried again, then given up and told."""

    def __call__(
        self,
        subject: RuleSubject,
        *,
        params: Mapping[str, object],
        values: Mapping[str, object],
        actor: Actor,
        now: datetime,
    ) -> Mapping[str, object] | None: ...


@dataclass(frozen=True, slots=True)
class RuleAction:
    """Something a rule may do to the subjects of `contexts`. `params` are the names of what the rule has to say, with
    their labels."""

    code: str
    name: Text
    run: RunRule
    contexts: frozenset[str]
    params: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueThing:
    """Something past its due: `key` names it for good, `kind` what sort of work it is ("" for none)."""

    key: str
    thing: Thing
    due_at: datetime
    kind: str = ""


@dataclass(frozen=True, slots=True)
class DueSource:
    """Where things fall due. `find` gives those not done whose due time is in [since, before), the earliest first."""

    code: str
    name: Text
    kinds: frozenset[str]
    find: "FindDue"


class FindDue(Protocol):
    """One query."""

    def __call__(self, *, since: datetime, before: datetime, limit: int) -> Iterable[DueThing]: ...


_SUBJECTS: dict[str, RuleSubjects] = {}
_ACTIONS: dict[str, RuleAction] = {}
_DUE: dict[str, DueSource] = {}


def register_rule_subjects(subjects: RuleSubjects) -> None:
    """Let rules look at the subjects of a context; ValueError when its code is taken."""
    taken = _SUBJECTS.get(subjects.context)
    if taken is not None and type(taken) is not type(subjects):
        raise ValueError(f"{subjects.context} is registered twice")
    _SUBJECTS[subjects.context] = subjects


def list_rule_subjects() -> Mapping[str, RuleSubjects]:
    """Whom rules can look at, by the code of the context."""
    load_catalogs()
    return _SUBJECTS


def register_rule_action(action: RuleAction) -> None:
    """Add an action; ValueError when its code is taken."""
    if _ACTIONS.get(action.code, action) != action:
        raise ValueError(f"{action.code} is registered twice")
    _ACTIONS[action.code] = action


def list_rule_actions(context: str) -> Mapping[str, RuleAction]:
    """What a rule about this context may call, by code: its own actions, and those of flows, done for the person."""
    load_catalogs()
    flows = {
        code: RuleAction(code, one.name, _for_person(code), frozenset({context}), {name: name for name in one.params})
        for code, one in list_flow_actions().items()
    }
    return {**flows, **{code: one for code, one in _ACTIONS.items() if context in one.contexts}}


def register_due_source(source: DueSource) -> None:
    """Add a source of due things; ValueError when its code is taken."""
    if _DUE.get(source.code, source) != source:
        raise ValueError(f"{source.code} is registered twice")
    _DUE[source.code] = source


def list_due_sources() -> Mapping[str, DueSource]:
    """Every source of due things by its code."""
    load_catalogs()
    return _DUE


def _for_person(code: str) -> RunRule:
    def run(
        subject: RuleSubject,
        *,
        params: Mapping[str, object],
        values: Mapping[str, object],
        actor: Actor,
        now: datetime,
    ) -> Mapping[str, object] | None:
        if subject.person_id is None:
            raise LookupError("nobody to do it for")
        action = list_flow_actions()[code]
        return action.run(subject.person_id, params=params, values=values, actor=actor, now=now)

    return run
