"""Target suggestions for owners, with their colleagues as peers. The reader's right to the owners has been checked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.values import Period
from sextant.metrics.contracts import MetricRow, SubjectKind, TargetSuggestion
from sextant.metrics.distribution import SMALLEST_GROUP
from sextant.metrics.queries import suggest_targets
from sextant.people.queries import list_persons, list_units, names_of_persons, names_of_units

_EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class AskedTarget:
    """What a suggestion is wanted for. `growth` is the industry's over the period as a ratio, None where HR stated
    none; `target` is a proposal to be judged."""

    metric: MetricRow
    period: Period
    on: date
    growth: Decimal | None = None
    coverage: Decimal = Decimal("0.8")
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OwnedSuggestion:
    """A suggestion with the name of the owner it is for."""

    owner: str
    found: TargetSuggestion


def suggest_for_person(
    person_id: int, asked: AskedTarget, *, seen: frozenset[int] | None = None
) -> list[OwnedSuggestion]:
    """A base target for one person; peers are all who hold a post in the same unit on the day, as far as a reader who
    sees `seen` (None: everybody) may be told of them. Three queries, then one reading of the ledger."""
    (row,) = list_persons(on=asked.on, ids=[person_id])
    peers = list_persons(on=asked.on, unit_ids=[row.unit_id], limit=_EVERYBODY) if row.unit_id else []
    peer_ids = _told([peer.id for peer in peers if peer.id != person_id], seen)
    found = _ask(asked, SubjectKind.PERSON, [person_id], peer_ids=peer_ids)
    return _named(found, names_of_persons([person_id]))


def suggest_for_members(unit_ids: Iterable[int], asked: AskedTarget) -> list[OwnedSuggestion]:
    """A base target for everybody with a post in one of `unit_ids` on the day, in the order of their names; all of them
    are each other's peers. One query, then one reading of the ledger for all."""
    members = list_persons(on=asked.on, unit_ids=list(unit_ids), limit=_EVERYBODY)
    ids = [row.id for row in members]
    return _named(_ask(asked, SubjectKind.PERSON, ids, peer_ids=ids), {row.id: row.name for row in members})


def suggest_for_unit(unit_id: int, asked: AskedTarget, *, seen: frozenset[int] | None = None) -> list[OwnedSuggestion]:
    """A base target for one unit; peers are its sisters under the same parent, as for persons."""
    units = list_units(on=asked.on)
    parent = next((row.parent_id for row in units if row.id == unit_id), None)
    sisters = [row.id for row in units if parent is not None and row.parent_id == parent and row.id != unit_id]
    found = _ask(asked, SubjectKind.UNIT, [unit_id], peer_ids=_told(sisters, seen))
    return _named(found, names_of_units([unit_id]))


def _told(peer_ids: Sequence[int], seen: frozenset[int] | None) -> list[int]:
    """Peers whose mean and best may be shown: those the reader sees anyway, and the others where they are enough to
    hide in. A mean with one unknown colleague in it would be that colleague's number."""
    known = [one for one in peer_ids if seen is None or one in seen]
    return list(peer_ids) if len(peer_ids) - len(known) >= SMALLEST_GROUP else known


def _ask(
    asked: AskedTarget, kind: SubjectKind, subject_ids: Sequence[int], *, peer_ids: Sequence[int]
) -> list[TargetSuggestion]:
    return suggest_targets(
        asked.metric,
        kind=kind,
        subject_ids=subject_ids,
        peer_ids=peer_ids,
        period=asked.period,
        on=asked.on,
        growth=asked.growth,
        coverage=asked.coverage,
        targets=None if asked.target is None else dict.fromkeys(subject_ids, asked.target),
    )


def _named(found: Iterable[TargetSuggestion], names: Mapping[int, str]) -> list[OwnedSuggestion]:
    return [OwnedSuggestion(names.get(one.subject_id, ""), one) for one in found]
