"""A split as it is kept under a name for next time, and laid over the split of another time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sextant.goals.policy.quota import Quota, QuotaFactor, QuotaRow

BOUNDS = ("floor", "cap", "fixed")


@dataclass(frozen=True, slots=True)
class Applied:
    """A split that a scheme was laid over. `is_older`: some values are those of the day the scheme was saved."""

    quota: Quota
    is_older: bool


def scheme_document(quota: Quota) -> dict[str, object]:
    """What a scheme keeps: factors with weights; for each owner the bounds and the values by factor."""
    return {
        "factors": [factor_document(one) for one in quota.factors],
        "rows": {row.key: _row_document(row, quota) for row in quota.rows},
    }


def factor_document(factor: QuotaFactor) -> dict[str, object]:
    """A factor as documents of splits keep it."""
    return {"name": factor.name, "weight": str(factor.weight), "reversed": factor.is_reversed}


def text_of(value: Decimal | None) -> str | None:
    """A number as documents of splits keep it."""
    return None if value is None else f"{value:f}"


def apply_scheme(quota: Quota, document: Mapping[str, Any]) -> Applied:
    """`quota` with factors, weights and bounds of the scheme. A value the split has already under the factor's name
    stays, as it is the newer one; what it lacks comes from the scheme.

    >>> gdp = (QuotaFactor("GDP", Decimal(100)),)
    >>> old = Quota(Decimal(9), Decimal(1), gdp, (QuotaRow("u1", "上海", (Decimal(5),)),))
    >>> now = Quota(Decimal(7), Decimal(1), (), (QuotaRow("u1", "上海", ()), QuotaRow("u2", "苏北", ())))
    >>> applied = apply_scheme(now, scheme_document(old))
    >>> [row.values for row in applied.quota.rows], applied.quota.total, applied.is_older
    ([(Decimal('5'),), (None,)], Decimal('7'), True)
    """
    factors = tuple(
        QuotaFactor(one["name"], Decimal(one["weight"]), bool(one["reversed"])) for one in document["factors"]
    )
    places = {factor.name: place for place, factor in enumerate(quota.factors)}
    rows, is_older = [], False
    for row in quota.rows:
        kept = document["rows"].get(row.key, {})
        own = [row.values[places[one.name]] if one.name in places else None for one in factors]
        stored = [_number(kept.get("values", {}).get(one.name)) for one in factors]
        is_older |= any(mine is None and theirs is not None for mine, theirs in zip(own, stored, strict=True))
        values = tuple(theirs if mine is None else mine for mine, theirs in zip(own, stored, strict=True))
        floor, cap, fixed = (_number(kept.get(name)) for name in BOUNDS)
        rows.append(replace(row, values=values, floor=floor, cap=cap, fixed=fixed))
    return Applied(replace(quota, factors=factors, rows=tuple(rows)), is_older)


def says_day(is_older: bool, *, snapshot_on: date, saved_on: date) -> date:
    """The day the values of a split are of: the older one as soon as one value is."""
    return min(snapshot_on, saved_on) if is_older else snapshot_on


def _row_document(row: QuotaRow, quota: Quota) -> dict[str, object]:
    values = {factor.name: text_of(value) for factor, value in zip(quota.factors, row.values, strict=True)}
    return {"values": values, **{name: text_of(getattr(row, name)) for name in BOUNDS}}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
