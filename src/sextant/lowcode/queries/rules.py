"""The log of rules: whom they acted on, why, and what came of it; and why a rule does not act on somebody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from sextant.engines.rules import Previous, decide_firing
from sextant.engines.values import Problem, Step
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.lowcode.contracts.rules import ActRow, ActState, FiringRow, LineRow
from sextant.lowcode.messages.rule_acts import say_act
from sextant.lowcode.messages.rule_facts import figures_of, lines_of
from sextant.lowcode.models import DefinitionVersion, RuleAct, RuleFiring, RuleState
from sextant.lowcode.policy.rule_triggers import is_occurrence
from sextant.lowcode.queries.definitions import find_current, version_row
from sextant.lowcode.queries.rule_judgements import judge_subject
from sextant.lowcode.queries.rule_loading import KIND, ReadyRule, facts_from, facts_of, ready_rule
from sextant.lowcode.queries.rule_simulation import simulate
from sextant.lowcode.registry_formulas import NameSpec
from sextant.lowcode.registry_rules import RuleSubject, list_rule_actions
from sextant.lowcode.rules.document import RuleDocument

__all__ = ["Why", "count_log", "explain", "find_firing_of_act", "list_log", "simulate"]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a rule does or does not act on a subject now. `reason` is a step whose code is one of the engine's
    (`decide_firing`), or rules.off, rules.elsewhere, rules.out_of_sight. `lines` are the checks with their figures."""

    subject: RuleSubject
    fires: bool
    reason: Step
    lines: tuple[LineRow, ...] = ()


def list_log(
    *,
    actor: Actor,
    now: datetime,
    code: str = "",
    person_id: int | None = None,
    states: Iterable[ActState] = (),
    limit: int = 50,
    offset: int = 0,
) -> list[FiringRow]:
    """Firings, the latest first: of one rule, about one person, with acts in one of the states. Figures stand in them,
    so whoever reads must read definitions and all goals: AccessDenied. Three queries, and two for each context."""
    _require(actor)
    found = _log(code=code, person_id=person_id, states=states)
    return _rows(found.order_by("-id")[offset : offset + limit], now=now)


def count_log(*, actor: Actor, code: str = "", person_id: int | None = None, states: Iterable[ActState] = ()) -> int:
    """How many `list_log` has. One query."""
    _require(actor)
    return _log(code=code, person_id=person_id, states=states).count()


def find_firing_of_act(act_id: int, *, now: datetime | None = None) -> FiringRow | None:
    """The firing an act belongs to, for whoever is asked to agree to it: the caller has asked who they are."""
    found = RuleFiring.objects.filter(acts__id=act_id)
    rows = _rows(found[:1], now=now)
    return rows[0] if rows else None


def explain(code: str, subject_id: int, *, actor: Actor, now: datetime) -> Why | None:
    """Why the rule in force does or does not act on this subject if it looked now, with every check; None when there is
    no such rule or subject. Nothing is stored. Raises AccessDenied. Some twelve queries."""
    _require(actor)
    version = find_current(KIND, code, on=now)
    document = RuleDocument.model_validate(version.document) if version else None
    rule = ready_rule(document) if document else None
    if version is None or rule is None:
        return None
    subject = rule.subjects.rows([subject_id], now=now).get(subject_id)
    if subject is None:
        return None
    if not rule.document.on:
        return Why(subject, False, Step("rules.off"))
    if subject_id not in rule.subjects.in_scope([subject_id], units=rule.document.about.units, now=now):
        return Why(subject, False, Step("rules.elsewhere"))
    facts = facts_of(rule, [subject_id], actor=actor, now=now)
    if subject_id not in facts.now:
        return Why(subject, False, Step("rules.out_of_sight"))
    judgement = judge_subject(rule, facts, subject_id)
    state = RuleState.objects.filter(
        definition_id=version.definition_id, context=rule.document.about.context, subject_id=subject_id
    ).first()
    held = None if state is None or is_occurrence(rule.document.when) else state.held
    previous = Previous(state.fired_at if state else None, held)
    firing = decide_firing(judgement.holds, repeat=rule.document.repeat.repeat(), previous=previous, at=now)
    lines = lines_of(judgement.lines, rule.names, facts.now[subject_id])
    return Why(subject, firing.fires, firing.reason, lines)


def _require(actor: Actor) -> None:
    require(actor, Permission.DEFINITION_READ)
    require(actor, Permission.GOAL_READ_ALL)


def _log(*, code: str, person_id: int | None, states: Iterable[ActState]) -> QuerySet[RuleFiring]:
    wanted = Q(definition__code=code) if code else Q()
    if person_id is not None:
        wanted &= Q(person_id=person_id)
    found, named = RuleFiring.objects.filter(wanted), [one.value for one in states]
    return found.filter(id__in=RuleAct.objects.filter(state__in=named).values("firing_id")) if named else found


def _rows(found: QuerySet[RuleFiring], *, now: datetime | None) -> list[FiringRow]:
    firings = list(found)
    acts: dict[int, list[RuleAct]] = {}
    for act in RuleAct.objects.filter(firing_id__in=[one.pk for one in firings]).order_by("place"):
        acts.setdefault(act.firing_id, []).append(act)
    versions = DefinitionVersion.objects.filter(id__in={one.version_id for one in firings}).select_related("definition")
    read = {one.pk: version_row(one) for one in versions}
    documents = {key: RuleDocument.model_validate(one.document) for key, one in read.items()}
    ready = {key: ready_rule(document) for key, document in documents.items()}
    subjects = _subjects(firings, ready, now=now)
    return [
        _row(
            one, read[one.version_id], documents[one.version_id], ready[one.version_id], subjects, acts.get(one.pk, [])
        )
        for one in firings
    ]


def _subjects(
    firings: Sequence[RuleFiring], ready: Mapping[int, ReadyRule | None], *, now: datetime | None
) -> dict[tuple[str, int], RuleSubject]:
    wanted: dict[str, set[int]] = {}
    doors = {}
    for one in firings:
        rule = ready[one.version_id]
        if rule is not None:
            wanted.setdefault(one.context, set()).add(one.subject_id)
            doors[one.context] = rule.subjects
    return {
        (context, subject_id): row
        for context, ids in wanted.items()
        for subject_id, row in doors[context].rows(ids, now=now or max(one.at for one in firings)).items()
    }


def _row(
    firing: RuleFiring,
    version: Any,
    document: RuleDocument,
    rule: ReadyRule | None,
    subjects: Mapping[tuple[str, int], RuleSubject],
    acts: Sequence[RuleAct],
) -> FiringRow:
    subject = subjects.get((firing.context, firing.subject_id))
    facts = facts_from(rule, firing.facts) if rule else {}
    return FiringRow(
        id=firing.pk,
        code=version.code,
        rule_name=version.name,
        version=version.number,
        context=firing.context,
        subject_id=firing.subject_id,
        subject_name=subject.name if subject else "",
        person_id=firing.person_id,
        path=subject.path if subject else "",
        at=firing.at,
        lines=tuple(_line(one, rule.names if rule else {}, facts) for one in firing.lines),
        acts=tuple(_act(one, document) for one in acts),
    )


def _line(kept: Mapping[str, Any], names: Mapping[str, NameSpec], facts: Mapping[str, object]) -> LineRow:
    problems = tuple(Problem(one["code"], one["params"]) for one in kept["problems"])
    figures = figures_of(kept["text"], names, facts)
    return LineRow(kept["path"], kept["text"], kept["holds"], kept["is_decisive"], figures, problems)


def _act(act: RuleAct, document: RuleDocument) -> ActRow:
    problem = Problem(act.problem["code"], act.problem["params"]) if act.problem else None
    actions = {("call", code): str(one.name) for code, one in list_rule_actions(document.about.context).items()}
    return ActRow(
        id=act.pk,
        place=act.place,
        do=act.do,
        said=say_act(document.actions[act.place - 1], actions),
        state=ActState(act.state),
        due_at=act.due_at,
        done_at=act.done_at,
        attempts=act.attempts,
        problem=problem,
        decided_by=act.decided_by,
        note=act.note,
        result=act.result,
    )
