"""Looking up what the rows of a goals file name: owners, metrics, codes. A few queries for any number of rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sextant.engines.values import Problem
from sextant.goals.actions.import_rows import Draft
from sextant.goals.policy import nearest
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries import list_metrics
from sextant.people.queries import resolve_persons, resolve_units

Resolver = Callable[..., dict[str, int | None]]


@dataclass(frozen=True, slots=True)
class Key:
    """By which a row finds its goal again. `subject` is the metric's id, or the title of a goal without a metric."""

    is_unit: bool
    owner_id: int
    subject: int | str
    from_on: object
    until_on: object


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything the drafts of one file name, looked up once."""

    persons: Mapping[str, int | None]
    units: Mapping[str, int | None]
    metrics: Mapping[str, MetricRow]
    ambiguous_metrics: frozenset[str]

    @classmethod
    def of(cls, drafts: Iterable[Draft]) -> "Directory":
        """Look up the owners of `drafts` (number before name, code before name) and read the metric library."""
        persons = {draft.owner for draft in drafts if not draft.is_unit}
        units = {draft.owner for draft in drafts if draft.is_unit}
        library = list_metrics()
        names = Counter(metric.name for metric in library)
        by_name = {metric.name: metric for metric in library if names[metric.name] == 1}
        by_code = {metric.code: metric for metric in library}
        return cls(
            persons=_resolve(resolve_persons, persons, ("number", "name")),
            units=_resolve(resolve_units, units, ("code", "name")),
            metrics=by_name | by_code,
            ambiguous_metrics=frozenset(name for name, times in names.items() if times > 1) - by_code.keys(),
        )

    def key_of(self, draft: Draft) -> tuple[Key | None, tuple[Problem, ...]]:
        """The key of a draft, or None with what could not be found."""
        owner_id, owner_problems = self._owner(draft)
        subject, metric_problems = self._subject(draft)
        if owner_id is None or subject is None:
            return None, (*owner_problems, *metric_problems)
        period = draft.period.period
        return Key(draft.is_unit, owner_id, subject, period.from_on, period.until_on), ()

    def _owner(self, draft: Draft) -> tuple[int | None, tuple[Problem, ...]]:
        known = self.units if draft.is_unit else self.persons
        owner_id = known.get(draft.owner)
        if owner_id is not None:
            return owner_id, ()
        params = {"field": "owner", "value": draft.owner}
        is_ambiguous = draft.owner in known  # several bear the name: the directory answers None
        if draft.is_unit:
            return None, (Problem("goals.unit_ambiguous" if is_ambiguous else "goals.unit_unknown", params),)
        return None, (Problem("goals.owner_ambiguous" if is_ambiguous else "goals.owner_unknown", params),)

    def _subject(self, draft: Draft) -> tuple[int | str | None, tuple[Problem, ...]]:
        if not draft.metric:
            return str(draft.values["title"]), ()
        if metric := self.metrics.get(draft.metric):
            return metric.id, ()
        params = {"field": "metric", "value": draft.metric}
        if draft.metric in self.ambiguous_metrics:
            return None, (Problem("goals.metric_ambiguous", params),)
        suggestion = nearest(draft.metric, self.metrics)
        return None, (Problem("goals.metric_unknown", {**params, "suggestion": suggestion}),)


def _resolve(resolver: Resolver, keys: set[str], ways: tuple[str, str]) -> dict[str, int | None]:
    first, second = ways
    found = resolver(keys, by=first)
    rest = keys - found.keys()
    return found | resolver(rest, by=second) if rest else found
