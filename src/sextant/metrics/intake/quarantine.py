"""What was kept back, as entries that say row, reason, column, value and remedy.

There is one entry per row, reason and column, however many measurements it cost.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge

from sextant.metrics.contracts import Quarantined
from sextant.metrics.intake.judging import KeptBack, Reason
from sextant.metrics.intake.messages import say_reason
from sextant.metrics.intake.plan import IntakePlan
from sextant.metrics.intake.staging import Staged

_ROW_PROBLEMS_COLUMN = ""
_ABOUT_SUBJECT = frozenset(
    {
        Reason.UNKNOWN_PERSON,
        Reason.AMBIGUOUS_PERSON,
        Reason.UNKNOWN_UNIT,
        Reason.AMBIGUOUS_UNIT,
        Reason.IGNORED_SUBJECT,
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One quarantine entry. `params` are plain JSON values for the sentence; `metrics` the codes that went without."""

    row: int
    code: str
    column: str
    value: str
    params: Mapping[str, object]
    metrics: tuple[str, ...]

    def shown(self) -> Quarantined:
        """The same for readers, with its sentence in the active language."""
        return Quarantined(
            self.row, self.code, say_reason(self.code, self.column, self.params), self.column, self.value
        )


def collect_entries(kept_back: Iterable[KeptBack], *, plan: IntakePlan, staged: Staged, today: date) -> Iterator[Entry]:
    """Entries in the order of the rows."""
    judged = _of_kept_back(kept_back, plan=plan, staged=staged, today=today)
    return merge(_of_broken(staged), judged, key=lambda entry: entry.row)


def _of_broken(staged: Staged) -> Iterator[Entry]:
    """Rows that could not be split into cells."""
    for row in staged.broken:
        for problem in row.problems:
            params = _plain(problem.params)
            yield Entry(row.row, problem.code, _ROW_PROBLEMS_COLUMN, str(params.get("value", "")), params, ())


def _of_kept_back(kept_back: Iterable[KeptBack], *, plan: IntakePlan, staged: Staged, today: date) -> Iterator[Entry]:
    codes = {rule.number: rule.metric.code for rule in plan.rules}
    waiting: dict[tuple[str, str], list[KeptBack]] = {}
    row_number: int | None = None
    for one in kept_back:
        if one.row != row_number:
            yield from _of_row(waiting, plan=plan, staged=staged, codes=codes, today=today)
            waiting, row_number = {}, one.row
        code = staged.faults[one.fault].code if one.reason is Reason.CELL and one.fault is not None else one.reason
        waiting.setdefault((code, one.column), []).append(one)
    yield from _of_row(waiting, plan=plan, staged=staged, codes=codes, today=today)


def _of_row(
    waiting: Mapping[tuple[str, str], Sequence[KeptBack]],
    *,
    plan: IntakePlan,
    staged: Staged,
    codes: Mapping[int, str],
    today: date,
) -> Iterator[Entry]:
    for (code, column), found in waiting.items():
        first = found[0]
        about_subject = first.reason in _ABOUT_SUBJECT
        params = _params(first, plan=plan, staged=staged, today=today)
        value = (first.key if about_subject else first.cell) or ""
        metrics = tuple(dict.fromkeys(codes[one.rule] for one in found))
        yield Entry(first.row, str(code), column, value, params, metrics)


def _params(one: KeptBack, *, plan: IntakePlan, staged: Staged, today: date) -> dict[str, object]:
    subject = plan.mapping.subject
    match one.reason:
        case Reason.CELL if one.fault is not None:
            return _plain(staged.faults[one.fault].params)
        case reason if reason in _ABOUT_SUBJECT:
            return {"value": one.key or "", "by": subject.by}
        case Reason.DATE_IN_FUTURE:
            return {"value": one.cell or "", "today": today.isoformat()}
        case Reason.DUPLICATE_RECORD | Reason.DUPLICATE_ROW:
            return {"first": one.first_row or 0}
        case Reason.SUPERSEDED:
            return {"batch": one.first_row or 0}
        case Reason.VALUE_UNDEFINED:
            return {"formula": _formula_of(plan, one.rule)}
        case Reason.FILTER_UNDECIDED:
            return {"formula": plan.mapping.measurements[one.rule].where or ""}
    return {}


def _formula_of(plan: IntakePlan, rule: int) -> str:
    written = plan.mapping.measurements[rule]
    return written.value or f"{written.numerator} / {written.denominator}"


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int) else str(value) for name, value in params.items()}
