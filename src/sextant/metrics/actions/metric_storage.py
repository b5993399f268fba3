"""Storing one definition: the row in force and its immutable version, or nothing when nothing differs.

Not an action by itself: the caller has checked the actor, holds LIBRARY_LOCK in a transaction, and writes the audit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sextant.engines.derivation import Derivation, KnownMetric, find_cycle, read_derivation
from sextant.engines.values import Problem
from sextant.metrics.contracts import MetricDefinition
from sextant.metrics.definition import DefinitionRefused, MetricDocument, changes_between, document_of
from sextant.metrics.models import Metric, MetricVersion
from sextant.metrics.queries.metric_versions import definition_of
from sextant.people.queries import resolve_persons

LIBRARY_LOCK = "metrics.library"
_STORED_APART = frozenset({"owner_number", "tags", "inputs"})


class UnknownOwner(Exception):
    """A definition names an owner whom nobody, or more than one person, answers to. `numbers` are those."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self.numbers = tuple(sorted(numbers))
        super().__init__(", ".join(self.numbers))


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed a definition, when and why; `restores` is the version a roll-back brings back."""

    by: str
    at: datetime
    reason: str = ""
    restores: int | None = None


def resolve_owners(numbers: Iterable[str | None]) -> dict[str | None, int]:
    """Person ids of owners by employee number; raises UnknownOwner. At most one query."""
    wanted = {number for number in numbers if number}
    if not wanted:
        return {}
    found = resolve_persons(wanted, by="number")
    if unknown := {number for number in wanted if found.get(number) is None}:
        raise UnknownOwner(unknown)
    return {number: person_id for number, person_id in found.items() if person_id is not None}


def store(definition: MetricDefinition, *, metric: Metric | None, owner_id: int | None, change: Change) -> bool:
    """Store one definition as the metric's next version; False when it equals the one in force.

    `metric` is the locked row, None for a new one. The formula of a derived metric is read against the library and
    its names are pinned to codes. Raises DefinitionRefused.
    """
    definition, input_ids = _with_inputs(definition)
    before = document_of(definition_of(metric)) if metric else None
    after = document_of(definition)
    changes = changes_between(before, after)
    if metric is not None and not changes:
        return False
    if metric is not None:
        _remember_first(metric, before)
    metric = metric or Metric(code=definition.code, created_at=change.at, version=0)
    for name in MetricDefinition.__dataclass_fields__:
        if name not in _STORED_APART:
            setattr(metric, name, getattr(definition, name))
    metric.owner_person_id = owner_id
    metric.tags, metric.inputs, metric.input_ids = list(definition.tags), dict(definition.inputs), input_ids
    metric.version += 1
    metric.updated_at = change.at
    metric.save()
    _add_version(metric, after, changes, change)
    return True


def _remember_first(metric: Metric, before: MetricDocument | None) -> None:
    """The version in force becomes history, so it must be in it: a metric made before versions were kept is added."""
    if before is not None and not metric.versions.filter(version=metric.version).exists():
        _add_version(metric, before, {}, Change("", metric.updated_at))


def _add_version(metric: Metric, document: MetricDocument, changes: dict[str, list[object]], change: Change) -> None:
    MetricVersion.objects.create(
        metric=metric,
        version=metric.version,
        document=document.model_dump(mode="json"),
        changes=changes,
        reason=change.reason,
        restores=change.restores,
        changed_at=change.at,
        changed_by=change.by,
    )


def _with_inputs(definition: MetricDefinition) -> tuple[MetricDefinition, list[int]]:
    """The definition with every name of its formula pinned to a code, and the ids of the metrics it is made of."""
    if definition.kind != "derived":
        return definition, []
    library = list(Metric.objects.order_by("code").values_list("id", "code", "name", "input_ids"))
    derivation = read_against(definition, [KnownMetric(code, name) for _, code, name, _ in library])
    ids = {code: metric_id for metric_id, code, _, _ in library}
    _refuse_cycle(definition, derivation, library)
    return replace(definition, inputs=dict(derivation.inputs)), [ids[code] for code in derivation.codes]


def read_against(definition: MetricDefinition, library: Iterable[KnownMetric]) -> Derivation:
    """The formula of a derived metric, read against the library. Raises DefinitionRefused with the formula's problems.

    The metric itself may be named: that is a circle of one, and is refused as such with its path.
    """
    known = {metric.code: metric for metric in library}
    known.setdefault(definition.code, KnownMetric(definition.code, definition.name))
    outcome = read_derivation(
        definition.formula,
        metrics=known.values(),
        aliases=definition.inputs,
        dimension=definition.dimension,
        is_ratio=definition.aggregation == "ratio",
    )
    if outcome.value is None:
        raise DefinitionRefused(*outcome.problems)
    return outcome.value


def _refuse_cycle(
    definition: MetricDefinition, derivation: Derivation, library: list[tuple[int, str, str, list[int]]]
) -> None:
    codes = {metric_id: code for metric_id, code, _, _ in library}
    names = {code: name for _, code, name, _ in library} | {definition.code: definition.name}
    edges = {code: tuple(codes[one] for one in inputs if one in codes) for _, code, _, inputs in library}
    path = find_cycle({definition.code: derivation.codes, **{c: e for c, e in edges.items() if c != definition.code}})
    if path:
        written = " → ".join(names.get(code, code) for code in path)
        raise DefinitionRefused(Problem("derivation.cycle", {"path": written}))
