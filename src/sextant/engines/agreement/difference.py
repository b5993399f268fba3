"""What differs between two texts of a goal, field by field."""

from dataclasses import dataclass, fields

from sextant.engines.agreement.terms import GoalTerms, plain


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that says something else. `old` and `new` are plain values as in `terms.plain`; `old` None also where
    there was no goal before."""

    field: str
    old: object
    new: object


def diff(old: GoalTerms | None, new: GoalTerms | None) -> tuple[FieldChange, ...]:
    """The fields in which `new` differs from `old`, in the order of the terms; () when both say the same. None: no
    goal on that side; then every field that is filled in is a change.

    >>> from decimal import Decimal
    >>> diff(GoalTerms("a", "kpi", base=Decimal(400)), GoalTerms("a", "kpi", base=Decimal("420.0")))
    (FieldChange(field='base', old='400', new='420'),)
    """
    before = plain(old) if old else {}
    after = plain(new) if new else {}
    empty: tuple[object, ...] = (None, "", [])
    return tuple(
        FieldChange(field.name, before.get(field.name), after.get(field.name))
        for field in fields(GoalTerms)
        if before.get(field.name) != after.get(field.name)
        and not (before.get(field.name) in empty and after.get(field.name) in empty)
    )
