"""A derived metric's formula read against the library, and its value for one subject and period.

A formula reads other metrics by code, by name, or by an alias of its own: `[sales.won] / [商机数]`. With a dimension it
also reads that as a text: `SWITCH([客户类型], "三甲", [回款] * 1.2, [回款])`. Each input stands for its own value over
the period: a sum for a sum, a ratio of sums for a ratio.

A metric that is itself a ratio has a division at the top. Both sides are computed and kept apart, so that whoever sums
it up again, over weeks or over people, divides sums and never takes a mean of ratios.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.formula import Formula, FormulaType, parse
from sextant.engines.formula.nodes import Call, Node, Reference, walk
from sextant.engines.values import Outcome, Problem, Step, round_half_up

CODES: Mapping[str, tuple[str, ...]] = {
    "derivation.ambiguous_name": ("name", "codes"),
    "derivation.unknown_input": ("name", "code"),
    "derivation.no_input": (),
    "derivation.ratio_needs_division": (),
    "derivation.group_function": (),
    "derivation.dimension_is_metric": ("dimension",),
    "derivation.cycle": ("path",),
}
"""Every code of this engine, with its parameters; those of the formula engine come beside them."""


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A metric a formula may name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """A formula that is understood. `inputs` says which metric each name in it means, by code; `denominator` is there
    when the metric is a ratio, `value` is then its numerator."""

    value: Formula
    denominator: Formula | None
    inputs: Mapping[str, str]
    dimension: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the metrics it is made of, each once, in order."""
        return tuple(sorted(set(self.inputs.values())))

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The value's formula, and the denominator's where there is one."""
        return (self.value,) if self.denominator is None else (self.value, self.denominator)


@dataclass(frozen=True, slots=True)
class Computed:
    """One value of a derived metric, as the ledger takes it. `denominator` belongs to ratios."""

    value: Decimal
    denominator: Decimal | None = None


def read_derivation(
    text: str,
    *,
    metrics: Iterable[KnownMetric],
    aliases: Mapping[str, str] | None = None,
    dimension: str = "",
    is_ratio: bool = False,
) -> Outcome[Derivation]:
    """The formula `text` over `metrics`, or every problem in it, with its position where it has one.

    `aliases` (name -> code) win over codes and names; a name that several metrics bear must be written as a code.
    Codes: `CODES`, and those of `engines.formula`.
    """
    meanings, ambiguous = _meanings(metrics, aliases or {})
    codes = {code for found in meanings.values() for code in found}
    problems = [
        Problem("derivation.unknown_input", {"name": name, "code": code})
        for name, code in (aliases or {}).items()
        if code not in codes
    ]
    if dimension and dimension in meanings:
        problems.append(Problem("derivation.dimension_is_metric", {"dimension": dimension}))
    if problems:
        return Outcome(None, tuple(problems))
    names = dict.fromkeys(meanings, FormulaType.NUMBER) | ({dimension: FormulaType.TEXT} if dimension else {})
    parsed = parse(text, names=names, expects=FormulaType.NUMBER)
    if parsed.value is None:
        return Outcome(None, parsed.problems)
    formula = parsed.value
    problems += [
        Problem(
            "derivation.ambiguous_name", {"name": name, "codes": ", ".join(meanings[name])}, at=_place(formula, name)
        )
        for name in sorted(formula.names & ambiguous)
    ]
    problems += _shape_problems(formula, dimension=dimension, is_ratio=is_ratio)
    if problems:
        return Outcome(None, tuple(problems))
    inputs = {name: meanings[name][0] for name in sorted(formula.names - {dimension})}
    value, denominator = _sides(formula) if is_ratio else (formula, None)
    return Outcome(Derivation(value, denominator, inputs, dimension), formula.lint() if not is_ratio else ())


def _meanings(
    metrics: Iterable[KnownMetric], aliases: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Codes behind every name that may be written, and the names behind which there are several."""
    by_name: dict[str, list[str]] = {}
    by_code: dict[str, tuple[str, ...]] = {}
    for metric in metrics:
        by_name.setdefault(metric.name, []).append(metric.code)
        by_code[metric.code] = (metric.code,)
    named = {name: tuple(codes) for name, codes in by_name.items()}
    chosen = {name: (code,) for name, code in aliases.items() if code in by_code}
    meanings = named | by_code | chosen
    return meanings, {name for name, codes in meanings.items() if len(codes) > 1}


def _shape_problems(formula: Formula, *, dimension: str, is_ratio: bool) -> Iterable[Problem]:
    if not formula.names - {dimension}:
        yield Problem("derivation.no_input")
    if formula.needs_group:
        yield Problem("derivation.group_function")
    if is_ratio and not _is_division(formula.root):
        yield Problem("derivation.ratio_needs_division")


def _is_division(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "/"


def _sides(formula: Formula) -> tuple[Formula, Formula]:
    assert isinstance(formula.root, Call)
    top, under = formula.root.args
    return Formula(top), Formula(under)


def _place(formula: Formula, name: str) -> int | None:
    return next((node.at for node in walk(formula.root) if isinstance(node, Reference) and node.name == name), None)


def compute(derivation: Derivation, row: Mapping[str, object]) -> Outcome[Computed]:
    """The value for one subject and period; None when there is none, with the reasons.

    `row` holds the value of each input over the period by its name in the formula, None where it has none, and the
    dimension's value by its name. A missing input makes the result missing unless the formula says otherwise
    (COALESCE, SUM …): missing is not zero. Problems are those of `Formula.evaluate`.
    """
    found = [_six_places(formula.evaluate(row)) for formula in derivation.formulas]
    return _joined(found)


def explain(derivation: Derivation, row: Mapping[str, object]) -> Outcome[Computed]:
    """As `compute`, with the trace: every name read and every function applied."""
    return _joined([_six_places(formula.explain(row)) for formula in derivation.formulas])


def _joined(found: list[Outcome[Decimal]]) -> Outcome[Computed]:
    problems = tuple(problem for one in found for problem in one.problems)
    trace: tuple[Step, ...] = tuple(step for one in found for step in one.trace)
    values = [one.value for one in found]
    if values[0] is None or values[-1] is None:
        return Outcome(None, problems, trace)
    return Outcome(Computed(values[0], values[1] if len(values) > 1 else None), problems, trace)


def _six_places(outcome: Outcome[object]) -> Outcome[Decimal]:
    """A formula's nine places as the six of the ledger."""
    if outcome.value is None:
        return Outcome(None, outcome.problems, outcome.trace)
    assert isinstance(outcome.value, Decimal)
    return Outcome(round_half_up(outcome.value), outcome.problems, outcome.trace)
