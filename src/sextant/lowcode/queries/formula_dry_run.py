"""What a formula would have given on the last cycle's values, beside the one in force."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sextant.engines.formula import Value
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.contracts.definitions import DryRunReport, Mover
from sextant.lowcode.formula_document import FormulaDocument
from sextant.lowcode.queries.formulas import ReadFormula, read_formula
from sextant.lowcode.registry_formulas import Subject, find_context

SUBJECTS = 2000
"""So many are computed while somebody waits: about a second."""
MOVERS = 200
"""So many of those for whom something changes are named, the largest differences first."""


def dry_run_formula(
    document: FormulaDocument, *, before: FormulaDocument | None, code: str, actor: Actor, now: datetime
) -> DryRunReport | None:
    """The formula over the first `SUBJECTS` subjects of its context in the actor's sight. None where it has no context,
    or cannot be read. A constant number of queries."""
    context = find_context(document.context)
    after = read_formula(document, on=now, code=code).value
    if context is None or after is None:
        return None
    subjects = context.subjects(actor=actor, now=now, limit=SUBJECTS)
    values = context.values([one.id for one in subjects], actor=actor, now=now)
    former = read_formula(before, on=now, code=code).value if before else None
    lines = [(one, _give(former, values.get(one.id, {})), _give(after, values.get(one.id, {}))) for one in subjects]
    changed = [line for line in lines if line[1] != line[2]] if former else []
    return DryRunReport(
        over=context.period(now=now),
        subjects=len(lines),
        changed=len(changed),
        failed_before=sum(old is None for _, old, _ in lines) if former else 0,
        failed_after=sum(new is None for _, _, new in lines),
        mean_before=_mean(old for _, old, _ in lines),
        mean_after=_mean(new for _, _, new in lines),
        is_sample=len(subjects) == SUBJECTS,
        movers=tuple(_mover(*line) for line in sorted(changed, key=_distance)[:MOVERS]),
    )


def _give(formula: ReadFormula | None, values: object) -> Value | None:
    return formula.evaluate(values).value if formula and isinstance(values, dict) else None


def _mean(values: Iterable[Value | None]) -> Decimal | None:
    """The mean of numbers, missing ones left out; None when there is none."""
    numbers = [one for one in values if isinstance(one, Decimal)]
    return sum(numbers, Decimal(0)) / len(numbers) if numbers else None


def _distance(line: tuple[Subject, Value | None, Value | None]) -> tuple[int, Decimal, int]:
    """First those who lost or gained a value, then by how far they moved."""
    subject, old, new = line
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        return (1, -abs(new - old), subject.id)
    return (0, Decimal(0), subject.id)


def _mover(subject: Subject, old: Value | None, new: Value | None) -> Mover:
    return Mover(subject.id, subject.name, _told(old), _told(new), subject.person_id)


def _told(value: Value | None) -> Decimal | str | None:
    if isinstance(value, Decimal):
        return round(value, 2)
    return value if value is None else str(value)
