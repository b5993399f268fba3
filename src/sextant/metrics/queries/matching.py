"""Keys of sources that stand for nobody, or for several: what waits on them, and what was said about others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Max, Min, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from sextant.metrics.contracts import BatchState, SubjectKind
from sextant.metrics.models import QuarantinedRow, SubjectMatch
from sextant.metrics.models.batches import SUBJECT_CODES
from sextant.people.pinyin import sort_key
from sextant.people.queries import list_persons, list_units, names_of_persons, names_of_units

AMBIGUOUS = ("ingest.ambiguous_person", "ingest.ambiguous_unit")
_UNIT_CODES = ("ingest.unknown_unit", "ingest.ambiguous_unit")
IGNORED_CODE = "ingest.ignored_subject"


@dataclass(frozen=True, slots=True)
class UnmatchedKey:
    """A key of a source that waits: `rows` in quarantine in `batches` deliveries, the last of them `last_at`.
    `is_ambiguous` says that several answer to it; `by` is how it was looked up; `first_entry` names one row of it."""

    source: str
    kind: SubjectKind
    key: str
    by: str
    rows: int
    batches: int
    first_entry: int
    last_batch: int
    last_at: datetime
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A waiting row as it came: cells by column."""

    batch: int
    row: int
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a key may stand for."""

    id: int
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class MatchRow:
    """What was said about a key. `subject` is the name; empty when the key is ignored, for `reason`."""

    source: str
    kind: SubjectKind
    key: str
    subject_id: int | None
    subject: str
    reason: str
    matched_by: str
    matched_at: datetime


def waiting_entries(source: str, kind: SubjectKind, key: str) -> QuerySet[QuarantinedRow]:
    """Quarantine entries that wait for this key, those of an ignored one among them; released ones not."""
    codes = [code for code in SUBJECT_CODES if (code in _UNIT_CODES) == (kind is SubjectKind.UNIT)]
    return QuarantinedRow.objects.filter(
        released_in=None,
        batch__source=source,
        batch__state=BatchState.DONE,
        value=key,
        code__in=[*codes, IGNORED_CODE],
    )


def list_unmatched(*, source: str = "", limit: int = 50, offset: int = 0) -> list[UnmatchedKey]:
    """Keys that wait for a word, the ones with most rows first; of one source when asked. One query."""
    found = (
        _unmatched(source)
        .annotate(
            rows=Count("id"),
            batches=Count("batch_id", distinct=True),
            first_entry=Min("id"),
            last_batch=Max("batch_id"),
            last_at=Max("batch__delivered_at"),
            ambiguous=Count("id", filter=Q(code__in=AMBIGUOUS)),
            looked_up_by=Min(KeyTextTransform("by", "params")),
        )
        .order_by("-rows", "source", "value", "unit")[offset : offset + limit]
    )
    return [
        UnmatchedKey(
            source=group["source"],
            kind=SubjectKind.UNIT if group["unit"] else SubjectKind.PERSON,
            key=group["value"],
            by=group["looked_up_by"] or "",
            rows=group["rows"],
            batches=group["batches"],
            first_entry=group["first_entry"],
            last_batch=group["last_batch"],
            last_at=group["last_at"],
            is_ambiguous=group["ambiguous"] > 0,
        )
        for group in found
    ]


def count_unmatched(*, source: str = "") -> tuple[int, int]:
    """(keys, rows) that wait for a word. One query."""
    totals = _unmatched(source).annotate(rows=Count("id")).values_list("rows", flat=True)
    counts = list(totals)
    return len(counts), sum(counts)


def unmatched_sources() -> list[str]:
    """Sources with keys that wait, by name. One query."""
    return sorted(set(_open_entries().values_list("batch__source", flat=True).distinct()))


def _unmatched(source: str) -> QuerySet[Any, Any]:
    entries = _open_entries()
    if source:
        entries = entries.filter(batch__source=source)
    unit = ExpressionWrapper(Q(code__in=_UNIT_CODES), output_field=BooleanField())
    return entries.annotate(source=F("batch__source"), unit=unit).values("source", "unit", "value")


def _open_entries() -> QuerySet[QuarantinedRow]:
    return QuarantinedRow.objects.filter(code__in=SUBJECT_CODES, released_in=None, batch__state=BatchState.DONE)


def sample_rows(source: str, kind: SubjectKind, key: str, *, limit: int = 5) -> list[SampleRow]:
    """Some rows that wait for the key, as they came, the newest delivery first. One query."""
    found = waiting_entries(source, kind, key).order_by("-batch_id", "row")
    rows = found.values_list("batch_id", "row", "raw", "batch__columns")[:limit]
    return [
        SampleRow(batch, row, tuple((name, cell or "") for name, cell in zip(columns, raw, strict=False)))
        for batch, row, raw, columns in rows
    ]


def list_candidates(kind: SubjectKind, words: str, *, on: date, limit: int = 8) -> list[Candidate]:
    """Persons by part of a name, its pinyin or the beginning of a number, else by a name that sounds the same; units by
    part of name or code.

    Files speak of the past, so somebody who has left can be found by number through the people's pages, not here.
    """
    if not words.strip():
        return []
    if kind is SubjectKind.PERSON:
        # the same sound written with another character is the commonest slip
        persons = list_persons(on=on, search=words, limit=limit) or list_persons(
            on=on, search=sort_key(words.strip()), limit=limit
        )
        return [Candidate(one.id, one.name, " · ".join(filter(None, (one.number, one.unit_name)))) for one in persons]
    folded = words.strip().casefold()
    units = [one for one in list_units(on=on) if folded in one.name.casefold() or folded in one.code.casefold()]
    return [Candidate(one.id, one.name, one.code) for one in units[:limit]]


def list_matches(*, source: str = "", limit: int = 50, offset: int = 0) -> list[MatchRow]:
    """What was said, the newest first. Three queries."""
    found = SubjectMatch.objects.order_by("-matched_at", "-id")
    if source:
        found = found.filter(source=source)
    matches = list(found[offset : offset + limit])
    return _named(matches)


def count_matches(*, source: str = "") -> int:
    """How many keys somebody has said something about."""
    found = SubjectMatch.objects.all()
    return (found.filter(source=source) if source else found).count()


def _named(matches: Sequence[SubjectMatch]) -> list[MatchRow]:
    persons = names_of_persons(one.subject_id for one in matches if one.kind == SubjectKind.PERSON and one.subject_id)
    units = names_of_units(one.subject_id for one in matches if one.kind == SubjectKind.UNIT and one.subject_id)
    return [
        MatchRow(
            source=one.source,
            kind=SubjectKind(one.kind),
            key=one.key,
            subject_id=one.subject_id,
            subject=(persons if one.kind == SubjectKind.PERSON else units).get(one.subject_id or 0, ""),
            reason=one.reason,
            matched_by=one.matched_by,
            matched_at=one.matched_at,
        )
        for one in matches
    ]
