"""A split on its way through a page: the names of its fields, and what a request says in them.

The page keeps the whole split in its form, factor values included, so that nothing is stored before it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sextant.engines.values import Problem
from sextant.foundation.tabular import read_number
from sextant.goals.policy.quota import Quota, QuotaFactor, QuotaRow

MOST_FACTORS = 8
NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class ReadQuota:
    """What a form says. `problems` name fields that hold no number; the split then stands on what was there before.
    `told` is what there is to know beside that: a file that was read in part forbids nothing."""

    quota: Quota
    snapshot_on: date
    problems: tuple[Problem, ...]
    told: tuple[Problem, ...] = ()


def read_quota(posted: Mapping[str, str], begun: Quota, *, today: date) -> ReadQuota:
    """The split in `posted`, over the rows of `begun`: who shares, the organisation decides, never a request."""
    reader = _Reader(posted)
    factors = reader.factors(begun.factors)
    rows = tuple(reader.row(row, len(factors)) for row in begun.rows)
    quota = Quota(
        reader.number("total", begun.total) or Decimal(0),
        reader.number("unit", begun.unit) or Decimal(0),
        factors,
        rows,
    )
    return ReadQuota(quota, _day(posted.get("snapshot_on"), today), tuple(reader.problems))


def with_factor(quota: Quota, name: str) -> Quota:
    """The split with one factor more, without weight and values; as it is where the name is empty, taken, or one too
    many."""
    name = name.strip()[:NAME_LENGTH]
    if not name or len(quota.factors) >= MOST_FACTORS or name in {factor.name for factor in quota.factors}:
        return quota
    rows = tuple(replace(row, values=(*row.values, None)) for row in quota.rows)
    return replace(quota, factors=(*quota.factors, QuotaFactor(name, Decimal(0))), rows=rows)


class _Reader:
    """Reads numbers as people write them, and collects what is none."""

    def __init__(self, posted: Mapping[str, str]) -> None:
        self.posted = posted
        self.problems: list[Problem] = []

    def number(self, field: str, default: Decimal | None = None) -> Decimal | None:
        if field not in self.posted:
            return default
        outcome = read_number(self.posted[field])
        if outcome.problems:
            self.problems.append(Problem("quota.not_a_number", {"value": self.posted[field][:NAME_LENGTH]}))
            return default
        return outcome.value

    def factors(self, begun: Sequence[QuotaFactor]) -> tuple[QuotaFactor, ...]:
        if "name-0" not in self.posted:
            return tuple(begun)
        found: list[QuotaFactor] = []
        for place in range(MOST_FACTORS):
            name = self.posted.get(f"name-{place}", "").strip()[:NAME_LENGTH]
            if not name:
                break
            weight = max(self.number(f"weight-{place}", Decimal(0)) or Decimal(0), Decimal(0))
            found.append(QuotaFactor(name, weight, f"reversed-{place}" in self.posted))
        return tuple(found)

    def row(self, row: QuotaRow, factors: int) -> QuotaRow:
        values = [self.number(f"v-{row.key}-{place}", _at(row, place)) for place in range(factors)]
        floor, cap, fixed = (self.number(f"{name}-{row.key}", getattr(row, name)) for name in ("floor", "cap", "fixed"))
        return replace(row, values=tuple(values), floor=floor, cap=cap, fixed=fixed)


def _at(row: QuotaRow, place: int) -> Decimal | None:
    return row.values[place] if place < len(row.values) else None


def _day(text: str | None, today: date) -> date:
    try:
        return min(date.fromisoformat(text or ""), today)
    except ValueError:
        return today
