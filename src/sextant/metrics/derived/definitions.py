"""Derived metrics of the library as what is computed: formulas read, inputs found, in the order of their making."""

from sextant.engines.derivation import KnownMetric, order_of, read_derivation
from sextant.engines.evaluation import Aggregation
from sextant.metrics.derived.cells import DerivedMetric
from sextant.metrics.models import Metric


class DerivationBroken(Exception):
    """A definition that was sound when it was saved cannot be read any more."""


def list_derived(codes: tuple[str, ...] = ()) -> list[DerivedMetric]:
    """Derived metrics in use, each after its inputs: all, or those with `codes` and what these are made of.

    One query. Raises DerivationBroken, naming the metric.
    """
    library = {metric.pk: metric for metric in Metric.objects.order_by("code")}
    derived = {pk: metric for pk, metric in library.items() if metric.kind == "derived" and metric.retired_at is None}
    edges = {pk: tuple(metric.input_ids) for pk, metric in derived.items()}
    order = order_of(edges)
    if codes:
        wanted = _with_inputs({pk for pk, metric in derived.items() if metric.code in codes}, edges)
        order = tuple(pk for pk in order if pk in wanted)
    return [_derived(derived[pk], library) for pk in order]


def _with_inputs(wanted: set[int], edges: dict[int, tuple[int, ...]]) -> set[int]:
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        pk = waiting.pop()
        if pk in edges and pk not in found:
            found.add(pk)
            waiting += edges[pk]
    return found


def _derived(metric: Metric, library: dict[int, Metric]) -> DerivedMetric:
    # only what the names were pinned to: a metric that came later must not change what an older formula means
    outcome = read_derivation(
        metric.formula,
        metrics=[KnownMetric(code, code) for code in sorted(set(metric.inputs.values()))],
        aliases=metric.inputs,
        dimension=metric.dimension,
        is_ratio=metric.aggregation == Aggregation.RATIO,
    )
    if outcome.value is None:
        raise DerivationBroken(f"{metric.code}: {', '.join(problem.code for problem in outcome.problems)}")
    by_code = {one.code: one for one in library.values()}
    inputs = {code: (by_code[code].pk, Aggregation(by_code[code].aggregation)) for code in outcome.value.codes}
    return DerivedMetric(metric.pk, metric.code, metric.version, metric.grain, outcome.value, inputs)
