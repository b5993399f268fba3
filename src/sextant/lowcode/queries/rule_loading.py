"""Rules in force, ready to be judged, and the facts they are judged by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.flows.reading import kept_value, read_typed
from sextant.lowcode.queries.definitions import current_versions
from sextant.lowcode.registry_formulas import FormulaContext, NameSpec, find_context, list_names
from sextant.lowcode.registry_rules import PastWeek, RuleSubjects, list_rule_subjects
from sextant.lowcode.rules.document import LightTrigger, RuleDocument
from sextant.lowcode.rules.reading import ReadRule, read_rule

KIND = "rule"


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule with what it looks at. `names` are those of its context."""

    read: ReadRule
    subjects: RuleSubjects
    context: FormulaContext
    names: Mapping[str, NameSpec]

    @property
    def document(self) -> RuleDocument:
        """As it was written."""
        return self.read.document

    @property
    def weeks_back(self) -> int:
        """So many finished weeks it wants to know of."""
        return self.document.weeks - 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so of subjects now, and was at the end of past weeks, the earliest first; a subject out of the reader's
    sight is absent from both."""

    now: Mapping[int, Mapping[str, object]]
    weeks: Mapping[int, tuple[PastWeek, ...]]

    def before(self, subject_id: int) -> list[Mapping[str, object]]:
        """The values of the past weeks."""
        return [one.values for one in self.weeks.get(subject_id, ())]


def ready_rule(document: RuleDocument) -> ReadyRule | None:
    """The rule with its context; None where it cannot be judged: no such context any more, or a name it read is gone.
    One query."""
    subjects = list_rule_subjects().get(document.about.context)
    context = find_context(document.about.context)
    if subjects is None or context is None:
        return None
    names = {one.name: one for one in list_names(context)}
    read = read_rule(document, names={name: one.type for name, one in names.items()}).value
    return ReadyRule(read, subjects, context, names) if read else None


def rules_in_force(*, on: datetime, kinds: Collection[str]) -> list[tuple[VersionRow, RuleDocument]]:
    """The rules with triggers of these kinds that hold at `on` and are switched on. One query; only their documents
    are read, because every event asks."""
    versions = [one for one in current_versions(KIND, on=on).values() if one.document["when"]["kind"] in kinds]
    read = [(one, RuleDocument.model_validate(one.document)) for one in versions]
    return [(version, document) for version, document in read if document.on]


def facts_of(rule: ReadyRule, subject_ids: Collection[int], *, actor: Actor, now: datetime) -> Facts:
    """What the rule wants to know of these subjects, as far as the actor sees them. A constant number of queries."""
    if not subject_ids:
        return Facts({}, {})
    weeks: Mapping[int, tuple[PastWeek, ...]] = {}
    if rule.weeks_back:
        weeks = rule.subjects.weeks(subject_ids, weeks=rule.weeks_back, actor=actor, now=now)
    return Facts(rule.context.values(subject_ids, actor=actor, now=now), weeks)


def is_lit(rule: ReadyRule, facts: Mapping[str, object]) -> bool:
    """Whether a rule that waits for a light of several weeks has it; True for every other rule."""
    when = rule.document.when
    if not isinstance(when, LightTrigger) or when.weeks == 1:
        return True
    weeks: Any = facts.get(rule.subjects.light_weeks_name)
    wanted = {rule.subjects.light_word(one) for one in when.to}
    return facts.get(rule.subjects.light_name) in wanted and weeks is not None and weeks >= when.weeks


def kept_facts(rule: ReadyRule, facts: Mapping[str, object]) -> dict[str, object]:
    """The values it reads, as JSON; None for what is missing."""
    return {name: kept_value(facts.get(name)) for name in sorted(rule.read.wanted)}


def facts_from(rule: ReadyRule, kept: Mapping[str, object]) -> dict[str, object]:
    """What `kept_facts` made, as formulas take it."""
    return {name: read_typed(value, rule.names[name].type) for name, value in kept.items() if name in rule.names}
