"""Saving the goals of a file: codes, parents, then a few statements for any number of rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sextant.engines.values import Period, Problem
from sextant.foundation.access.contracts import Actor
from sextant.goals.actions.cycles import open_cycles
from sextant.goals.actions.import_keys import Key
from sextant.goals.actions.import_rows import Draft
from sextant.goals.contracts import GoalKind
from sextant.goals.messages.goals import plain
from sextant.goals.models import Cycle, Goal
from sextant.goals.policy import find_looping, goal_code
from sextant.goals.queries.tree import ancestors_by_code, supports_by_code
from sextant.metrics.contracts import MetricRow

BATCH = 500


@dataclass(slots=True)
class Wanted:
    """A draft that may be saved: its key, its metric (None for an objective), the goal it changes (None = a new one),
    and the code the goal will have."""

    key: Key
    draft: Draft
    metric: MetricRow | None
    goal: Goal | None
    code: str = ""

    def __post_init__(self) -> None:
        subject = self.metric.code if self.metric else str(self.key.subject)
        made = goal_code(period=self.draft.period.code, owner=self.draft.owner, subject=subject)
        self.code = self.draft.code or (self.goal.code if self.goal else made)

    @property
    def parent(self) -> str | None:
        """Code of the parent the goal will have: the file's word, else what is there; None = none."""
        if self.draft.parent is None:
            return self.goal.parent.code if self.goal and self.goal.parent else None
        return self.draft.parent or None


@dataclass(slots=True)
class Writer:
    """Saves what is wanted and counts it. `changes` is the before and after for the audit trail, by goal id."""

    actor: Actor
    now: datetime
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    changes: dict[str, object] = field(default_factory=dict)
    touched: list[Goal] = field(default_factory=list)

    def save(self, wanted: Sequence[Wanted]) -> list[tuple[Wanted, Problem]]:
        """Save everything that has a free code and a sound parent; returns the rest with the reason."""
        kept, refused = _by_code(wanted)
        known = ancestors_by_code({item.parent for item in kept.values() if item.parent})
        refused += _drop_unsound_parents(kept, known, _other_supports(kept))
        # a part of a goal has days of its own and no cycle of its own: only new goals need one
        fresh = (item.draft.period for item in kept.values() if item.goal is None)
        cycles = open_cycles(fresh, actor=self.actor, now=self.now)
        goals = {code: link.goal for code, link in known.items()}
        goals |= {item.code: item.goal for item in kept.values() if item.goal}
        self._create([item for item in kept.values() if item.goal is None], goals, cycles)
        self._update([item for item in kept.values() if item.goal is not None], goals)
        return refused

    def _create(self, fresh: list[Wanted], goals: dict[str, Goal], cycles: Mapping[Period, Cycle]) -> None:
        """Parents before children: one statement a level."""
        while fresh:
            level = [item for item in fresh if item.parent is None or item.parent in goals]
            made = Goal.objects.bulk_create([self._new(item, goals, cycles) for item in level], batch_size=BATCH)
            goals |= {goal.code: goal for goal in made}
            self.created += len(made)
            fresh = [item for item in fresh if item.code not in goals]

    def _new(self, item: Wanted, goals: Mapping[str, Goal], cycles: Mapping[Period, Cycle]) -> Goal:
        period = item.draft.period.period
        defaults = {
            "title": item.metric.name if item.metric else "",
            "kind": GoalKind.KPI if item.metric else GoalKind.OBJECTIVE,
        }
        return Goal(
            code=item.code,
            cycle=cycles[period],
            owner_unit_id=item.key.owner_id if item.key.is_unit else None,
            owner_person_id=None if item.key.is_unit else item.key.owner_id,
            metric_id=item.metric.id if item.metric else None,
            parent=goals[item.parent] if item.parent else None,
            from_on=period.from_on,
            until_on=period.until_on,
            created_at=self.now,
            updated_at=self.now,
            **{**defaults, **item.draft.values},
        )

    def _update(self, items: Iterable[Wanted], goals: Mapping[str, Goal]) -> None:
        touched, names = [], {"updated_at"}
        count = 0
        for item in items:
            goal = goals[item.code]
            parent_id = goals[item.parent].id if item.parent else None
            differing = self._apply(goal, {**item.draft.values, "code": item.code, "parent_id": parent_id})
            if differing:
                touched.append(goal)
                names |= differing
            count += 1
        fields = [name.removesuffix("_id") for name in sorted(names)]
        # an upsert by id: bulk_update writes a CASE per row and field, and takes several times as long
        Goal.objects.bulk_create(
            touched, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=BATCH
        )
        self.touched = touched
        self.updated = len(touched)
        self.unchanged = count - len(touched)

    def _apply(self, goal: Goal, values: Mapping[str, object]) -> set[str]:
        """Set what differs, note before and after, and return the names of what differed."""
        before = {name: getattr(goal, name) for name, value in values.items() if getattr(goal, name) != value}
        for name in before:
            setattr(goal, name, values[name])
        if before:
            goal.updated_at = self.now
            # a title may name a person: the trail says that it changed, not what it said
            self.changes[str(goal.id)] = {
                name: None if name in {"title", "code"} else [_noted(old), _noted(values[name])]
                for name, old in before.items()
            }
        return set(before)


def _noted(value: object) -> object:
    value = plain(value)
    return value if value is None or isinstance(value, int) else str(value)


def _by_code(wanted: Sequence[Wanted]) -> tuple[dict[str, Wanted], list[tuple[Wanted, Problem]]]:
    """What is wanted under its code; a code that belongs to another row or another goal is refused."""
    taken = dict(Goal.objects.filter(code__in=[item.code for item in wanted]).values_list("code", "id"))
    kept: dict[str, Wanted] = {}
    refused = []
    for item in wanted:
        params = {"field": "code", "value": item.code}
        holder = taken.get(item.code)
        if holder is not None and (item.goal is None or item.goal.id != holder):
            refused.append((item, Problem("goals.code_taken", params)))
        elif item.code in kept:
            refused.append((item, Problem("goals.code_repeated", {**params, "first": kept[item.code].draft.row})))
        else:
            kept[item.code] = item
    return kept, refused


def _other_supports(kept: Mapping[str, Wanted]) -> dict[str, set[str]]:
    """What goals support beside their place in the tree, by the codes they will have: an import changes the place
    alone, and the other links may close a circle with it."""
    renamed = {item.goal.code: code for code, item in kept.items() if item.goal}
    found = supports_by_code({*renamed, *(item.parent for item in kept.values() if item.parent)})
    links = {renamed.get(code, code): {renamed.get(one, one) for one in above} for code, above in found.items()}
    for code, item in kept.items():
        if item.goal and item.goal.parent:  # the place it has now is given up
            links.get(code, set()).discard(renamed.get(item.goal.parent.code, item.goal.parent.code))
    return links


def _drop_unsound_parents(
    kept: dict[str, Wanted], known: Mapping[str, object], others: Mapping[str, set[str]]
) -> list[tuple[Wanted, Problem]]:
    """Take out of `kept` the goals whose parent is nowhere or whose ways upwards come back to them. A goal that is
    taken out leaves its own children without a parent, hence the rounds."""
    refused: list[tuple[Wanted, Problem]] = []
    while True:
        upwards = {code: set(others.get(code, ())) for code in {*known, *kept, *others}}
        for code, link in known.items():
            if code not in kept:
                upwards[code] |= {parent for parent in [getattr(link, "parent_code", None)] if parent}
        for code, item in kept.items():
            upwards[code] |= {item.parent} if item.parent else set()
        looping = find_looping(upwards)
        codes = {code: "goals.parent_loop" for code, item in kept.items() if code in looping and item.parent}
        codes |= {code: "goals.parent_unknown" for code, item in kept.items() if item.parent not in {None, *upwards}}
        if not codes:
            return refused
        for code, problem in codes.items():
            item = kept.pop(code)
            refused.append((item, Problem(problem, {"field": "parent", "value": item.parent})))
