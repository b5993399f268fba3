"""Goals as rows of a file that can be taken in again: the same columns, the same words."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When

from sextant.engines.values import Period
from sextant.foundation.access.contracts import Actor
from sextant.foundation.tabular.marks import harmless, unmarked
from sextant.goals.contracts import GoalState
from sextant.goals.messages.goals import plain
from sextant.goals.models import Goal
from sextant.goals.policy import period_from_code
from sextant.lowcode.queries.field_lens import FieldLens

COLUMNS = (
    *("负责人工号", "负责单位", "目标编号", "目标名称", "类型", "指标编码", "周期"),
    *("基准目标", "挑战目标", "起点", "下限", "上限", "容差", "权重", "计分方式", "上级目标"),
)
"""Headers the import understands (`policy.columns`). They are part of the format and not translated."""
CHUNK = 2000
_CODE = COLUMNS.index("目标编号")
_NUMBERS = ("base", "stretch", "start", "range_low", "range_high", "tolerance", "weight")
_READ = (
    *("owner_person__number", "owner_unit__code", "code", "title", "kind", "metric__code"),
    *("cycle__code", "from_on", "until_on", *_NUMBERS, "curve", "seen_parent"),
)


def export_rows(goals: QuerySet[Goal], *, visible: QuerySet[Goal]) -> Iterator[Sequence[object]]:
    """`goals` row by row in the order of `COLUMNS`, parents before children, whatever their number: one statement, two
    thousand in memory. The parent is named where the reader sees it. What was dropped is left out."""
    parent: Case | F = F("parent__code")
    if visible.query.where:
        parent = Case(When(Exists(visible.filter(id=OuterRef("parent_id"))), then=F("parent__code")), default=Value(""))
    kept = goals.exclude(state=GoalState.DROPPED).annotate(seen_parent=parent)
    for row in kept.order_by("from_on", "-until_on", "id").values_list(*_READ).iterator(chunk_size=CHUNK):
        yield _row(dict(zip(_READ, row, strict=True)))


def _row(told: dict[str, object]) -> Sequence[object]:
    texts = ("owner_person__number", "owner_unit__code", "code", "title", "kind", "metric__code")
    code, from_on, until_on = told["cycle__code"], told["from_on"], told["until_on"]
    assert isinstance(code, str) and isinstance(from_on, date) and isinstance(until_on, date)
    return (
        *(harmless(str(told[name] or "")) for name in texts),
        _period(code, Period(from_on, until_on)),
        *(_number(told[name]) for name in _NUMBERS),
        told["curve"],
        harmless(str(told["seen_parent"] or "")),
    )


def _period(code: str, period: Period) -> str:
    """The cycle's code where it says these days, else the days."""
    return code if period_from_code(code) == period else f"{period.from_on}..{period.until_on}"


def _number(value: object) -> object:
    return Decimal(str(plain(value))) if isinstance(value, Decimal) else None


def with_fields(rows: Iterator[Sequence[object]], lens: FieldLens, *, actor: Actor) -> Iterator[Sequence[object]]:
    """The rows with a cell more for each column of `lens`, two thousand at a time. Two queries for those."""
    labels = [one.field.label for one in lens.columns]
    while some := list(islice(rows, CHUNK)):
        codes = [unmarked(str(row[_CODE])) for row in some]
        ids = dict(Goal.objects.filter(code__in=codes).values_list("code", "id"))
        cells = {goal_id: dict(told) for goal_id, told in lens.cells(list(ids.values()), actor=actor).items()}
        for row, code in zip(some, codes, strict=True):
            told = cells.get(ids.get(code, 0), {})
            yield (*row, *(harmless(told.get(label, "")) for label in labels))
