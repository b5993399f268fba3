"""A mapping made ready for one file: every column found, every formula read, every metric known."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sextant.engines.evaluation.spec import Aggregation
from sextant.engines.formula import Formula, FormulaType, parse
from sextant.engines.values import Outcome, Problem
from sextant.metrics.contracts import MetricDefinition, MetricRow
from sextant.metrics.mapping import ColumnKind, ColumnReading, IngestMapping, MeasurementRule

_TYPES = {
    ColumnKind.TEXT: FormulaType.TEXT,
    ColumnKind.NUMBER: FormulaType.NUMBER,
    ColumnKind.DATE: FormulaType.DATE,
}


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """One measurement rule with its formulas read. `value` None means one per row (counts); `denominator` None means
    the metric is no ratio; `date_column` None means the constant `day`. A dimension is a column or a formula."""

    number: int
    metric: MetricRow | MetricDefinition
    date_column: str | None
    day: date | None
    where: Formula | None
    value: Formula | None
    denominator: Formula | None
    record: tuple[str, ...]
    dimensions: Mapping[str, str | Formula]

    def columns(self) -> frozenset[str]:
        """Columns this rule reads, the subject's not counted."""
        read = {self.date_column} if self.date_column else set()
        read |= set(self.record)
        for source in self.dimensions.values():
            read |= {source} if isinstance(source, str) else set(source.names)
        for formula in (self.where, self.value, self.denominator):
            read |= set(formula.names) if formula else set()
        return frozenset(read)


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """What will be done with each row. `readings` names the columns to read, in the order of the file."""

    mapping: IngestMapping
    columns: tuple[str, ...]
    readings: Mapping[str, ColumnReading]
    rules: tuple[PlannedRule, ...]

    @property
    def needs_digest(self) -> bool:
        """Whether rows must be told apart by their whole content, because some rule has no record of the source."""
        return any(not rule.record for rule in self.rules)

    @property
    def metric_codes(self) -> tuple[str, ...]:
        """Codes of the metrics that get measurements, each once."""
        return tuple(dict.fromkeys(rule.metric.code for rule in self.rules))


def plan_intake(
    mapping: IngestMapping, *, columns: Sequence[str], library: Mapping[str, MetricRow], today: date
) -> Outcome[IntakePlan]:
    """The plan of `mapping` for a file with these `columns`, or every problem that stands in its way.

    `library` are the metrics that exist, by code; those the mapping defines itself count as well. Codes `mapping.*`,
    with `path` into the document; `mapping.formula` carries the formula engine's own problem and its position.
    """
    metrics: dict[str, MetricRow | MetricDefinition] = {
        **{entry.code: entry.definition(source=mapping.source) for entry in mapping.metrics},
        **library,
    }
    readings = _readings(mapping)
    problems = [
        *_unknown_columns(mapping, columns),
        *_differing_metrics(mapping, library),
    ]
    names = {name: _TYPES[readings.get(name, ColumnReading()).type] for name in columns}
    rules: list[PlannedRule] = []
    for index, rule in enumerate(mapping.measurements):
        planned, found = _planned(mapping, rule, index=index, names=names, metrics=metrics, today=today)
        problems += found
        rules += [planned] if planned else []
    if problems:
        return Outcome(None, tuple(problems))
    used = {*mapping.subject.columns(), *(name for rule in rules for name in rule.columns())}
    ordered = {name: readings.get(name, ColumnReading()) for name in columns if name in used}
    return Outcome(IntakePlan(mapping, tuple(columns), ordered, tuple(rules)))


def _readings(mapping: IngestMapping) -> dict[str, ColumnReading]:
    """Declared readings; a column that gives the day of a measurement is a date column without being told."""
    readings = dict(mapping.columns)
    for rule in mapping.measurements:
        if rule.date is not None and rule.date not in readings:
            readings[rule.date] = ColumnReading(type=ColumnKind.DATE)
    return readings


def _unknown_columns(mapping: IngestMapping, columns: Sequence[str]) -> Iterator[Problem]:
    kind = "person" if mapping.person else "unit"
    field = "column" if mapping.subject.column else "template"
    named = [(f"{kind}.{field}", name) for name in mapping.subject.columns()]
    named += [(f"columns.{name}", name) for name in mapping.columns]
    named += [("record", name) for name in mapping.record or ()]
    for number, rule in enumerate(mapping.measurements, start=1):
        named += [(f"measurements[{number}].date", rule.date)] if rule.date else []
        named += [(f"measurements[{number}].record", name) for name in rule.record or ()]
    for path, name in named:
        if name not in columns:
            near = difflib.get_close_matches(name, columns, 1, cutoff=0.5)
            params = {"path": path, "column": name, "suggestion": near[0] if near else "", "columns": list(columns)}
            yield Problem("mapping.unknown_column", params)


def _differing_metrics(mapping: IngestMapping, library: Mapping[str, MetricRow]) -> Iterator[Problem]:
    """A metric that exists keeps its definition; one that adds up differently is not the same metric."""
    for number, entry in enumerate(mapping.metrics, start=1):
        known = library.get(entry.code)
        if known is not None and known.aggregation != entry.aggregation:
            params = {"metric": entry.code, "library": known.aggregation, "mapping": entry.aggregation.value}
            yield Problem("mapping.metric_differs", {"path": f"metrics[{number}].aggregation", **params})


def _planned(
    mapping: IngestMapping,
    rule: MeasurementRule,
    *,
    index: int,
    names: Mapping[str, FormulaType],
    metrics: Mapping[str, MetricRow | MetricDefinition],
    today: date,
) -> tuple[PlannedRule | None, list[Problem]]:
    path = f"measurements[{index + 1}]"
    metric = metrics.get(rule.metric)
    if metric is None:
        near = difflib.get_close_matches(rule.metric, metrics, 1, cutoff=0.5)
        params = {"path": f"{path}.metric", "metric": rule.metric, "suggestion": near[0] if near else ""}
        return None, [Problem("mapping.unknown_metric", params)]
    problems = list(_shape_problems(rule, mapping, Aggregation(metric.aggregation), path=path, today=today))
    formulas: dict[str, Formula | None] = {}
    for field, kind in (
        ("where", FormulaType.BOOLEAN),
        ("value", FormulaType.NUMBER),
        ("numerator", FormulaType.NUMBER),
        ("denominator", FormulaType.NUMBER),
    ):
        formulas[field], found = _read_formula(getattr(rule, field), kind, names=names, path=f"{path}.{field}")
        problems += found
    dimensions: dict[str, str | Formula] = {}
    for name, source in mapping.dimensions_of(rule).items():
        at = f"{path}.dimensions.{name}" if name in rule.dimensions else f"dimensions.{name}"
        formula, found = (
            (None, []) if source in names else _read_formula(source, FormulaType.TEXT, names=names, path=at)
        )
        problems += [one for one in found if one.params["path"] == at]
        dimensions[name] = formula or source
    planned = PlannedRule(
        number=index,
        metric=metric,
        date_column=rule.date,
        day=rule.day,
        where=formulas["where"],
        value=formulas["value"] or formulas["numerator"],
        denominator=formulas["denominator"],
        record=mapping.record_of(rule),
        dimensions=dimensions,
    )
    return planned, problems


def _shape_problems(
    rule: MeasurementRule, mapping: IngestMapping, aggregation: Aggregation, *, path: str, today: date
) -> Iterator[Problem]:
    """What the metric's aggregation and the column's type ask of the rule."""
    params = {"metric": rule.metric, "aggregation": aggregation.value}
    if aggregation is Aggregation.RATIO and rule.numerator is None:
        yield Problem("mapping.ratio_needs_both", {"path": path, **params})
    elif aggregation is not Aggregation.RATIO and rule.numerator is not None:
        yield Problem("mapping.not_a_ratio", {"path": f"{path}.numerator", **params})
    elif aggregation is Aggregation.COUNT and rule.value is not None:
        yield Problem("mapping.count_has_value", {"path": f"{path}.value", **params})
    elif aggregation not in {Aggregation.RATIO, Aggregation.COUNT} and rule.value is None:
        yield Problem("mapping.value_needed", {"path": f"{path}.value", **params})
    declared = mapping.columns.get(rule.date or "")
    if declared is not None and declared.type is not ColumnKind.DATE:
        yield Problem("mapping.not_a_date", {"path": f"columns.{rule.date}.type", "column": rule.date})
    if rule.day is not None and rule.day > today:
        yield Problem("mapping.day_in_future", {"path": f"{path}.day", "day": rule.day, "today": today})


def _read_formula(
    text: str | None, kind: FormulaType, *, names: Mapping[str, FormulaType], path: str
) -> tuple[Formula | None, list[Problem]]:
    if text is None:
        return None, []
    outcome = parse(text, names=names, expects=kind)
    formula = outcome.value
    if outcome.is_error or formula is None:
        return None, [
            Problem("mapping.formula", {"path": path, "formula": text, "problem": problem}, at=problem.at)
            for problem in outcome.problems
        ]
    if formula.needs_group:
        return None, [Problem("mapping.group_function", {"path": path, "formula": text})]
    return formula, []
