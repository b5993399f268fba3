"""Histories of many persons at once: loaded in one query, changed in memory, written in three statements."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sextant.people.actions.bulk import delete_rows, update_rows
from sextant.people.contracts import LineKind
from sextant.people.models import Post, ReportingLine
from sextant.people.policy import Span

Value = TypeVar("Value")

Key = tuple[int, int | None]
"""(person, None) is the one history of its sort: the primary post, the solid line. (person, other) are the rest: side
posts by unit, dotted lines by manager; the value of a dotted line is True."""


@dataclass(frozen=True, slots=True)
class PostValue:
    """What a post is, apart from its days."""

    unit_id: int
    title: str = ""
    grade: str = ""
    is_head: bool = False


@dataclass(slots=True)
class Tracks(Generic[Value]):
    """Histories by key; `decided` are those to be as said, the others stay as `stored`."""

    stored: defaultdict[Key, list[Span[Value]]] = field(default_factory=lambda: defaultdict(list))
    decided: dict[Key, tuple[Span[Value], ...]] = field(default_factory=dict)
    sides: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, key: Key, span: Span[Value]) -> None:
        """Take a stored span."""
        self.stored[key].append(span)
        person_id, side = key
        sides = self.sides[person_id]
        if side is not None:
            sides.add(side)

    def has_any(self, person_id: int) -> bool:
        """Whether anything is stored of the person."""
        return person_id in self.sides

    def decide(self, key: Key, history: Sequence[Span[Value]]) -> bool:
        """Take the history to be; whether it differs from the stored one."""
        self.decided[key] = tuple(history)
        return sorted(self.stored.get(key, []), key=_start) != sorted(history, key=_start)


def _start(span: Span[Any]) -> Any:
    return span.from_on


def load_posts(person_ids: Collection[int]) -> Tracks[PostValue]:
    """All posts of these persons."""
    tracks: Tracks[PostValue] = Tracks()
    columns = ("id", "person_id", "unit_id", "title", "grade", "is_head", "is_primary", "valid_from", "valid_until")
    rows = Post.objects.filter(person_id__in=person_ids).values_list(*columns)
    for id_, person, unit, title, grade, is_head, is_primary, start, end in rows:
        value = PostValue(unit, title, grade, is_head)
        tracks.add((person, None if is_primary else unit), Span(value, start, end, id_))
    return tracks


def load_lines(person_ids: Collection[int]) -> Tracks[int | bool]:
    """All lines of these persons up to their managers."""
    tracks: Tracks[int | bool] = Tracks()
    columns = ("id", "person_id", "manager_id", "kind", "valid_from", "valid_until")
    rows = ReportingLine.objects.filter(person_id__in=person_ids).values_list(*columns)
    for id_, person, manager, kind, start, end in rows:
        is_solid = kind == LineKind.SOLID
        tracks.add((person, None if is_solid else manager), Span(manager if is_solid else True, start, end, id_))
    return tracks


def save_posts(tracks: Tracks[PostValue]) -> None:
    """Write the decided posts."""
    kinds = {"unit_id": "bigint", "title": "text", "grade": "text", "is_head": "boolean"}
    _save(
        tracks,
        table="people_post",
        kinds=kinds,
        values=lambda _, value: (value.unit_id, value.title, value.grade, value.is_head),
        insert=lambda rows: Post.objects.bulk_create(
            Post(
                person_id=key[0],
                is_primary=key[1] is None,
                unit_id=span.value.unit_id,
                title=span.value.title,
                grade=span.value.grade,
                is_head=span.value.is_head,
                valid_from=span.from_on,
                valid_until=span.until_on,
            )
            for key, span in rows
        ),
    )


def save_lines(tracks: Tracks[int | bool]) -> None:
    """Write the decided lines."""
    _save(
        tracks,
        table="people_reportingline",
        kinds={"manager_id": "bigint"},
        values=lambda key, value: (value if key[1] is None else key[1],),
        insert=lambda rows: ReportingLine.objects.bulk_create(
            ReportingLine(
                person_id=key[0],
                manager_id=span.value if key[1] is None else key[1],
                kind=LineKind.SOLID if key[1] is None else LineKind.DOTTED,
                valid_from=span.from_on,
                valid_until=span.until_on,
            )
            for key, span in rows
        ),
    )


def _save(
    tracks: Tracks[Value],
    *,
    table: str,
    kinds: dict[str, str],
    values: Callable[[Key, Value], tuple[Any, ...]],
    insert: Callable[[list[tuple[Key, Span[Value]]]], object],
) -> None:
    """Deleted rows go first and new ones come last, so that no two rows of a person hold the same day in between."""
    gone: list[int] = []
    changed: list[tuple[Any, ...]] = []
    new: list[tuple[Key, Span[Value]]] = []
    for key, history in tracks.decided.items():
        before = {span.id: span for span in tracks.stored.get(key, [])}
        kept = {span.id for span in history}
        gone += [span_id for span_id in before if span_id is not None and span_id not in kept]
        for span in history:
            if span.id is None:
                new.append((key, span))
            elif before[span.id] != span:
                changed.append((span.id, *values(key, span.value), span.from_on, span.until_on))
    delete_rows(table, gone)
    update_rows(table, columns={**kinds, "valid_from": "date", "valid_until": "date"}, rows=changed)
    insert(new)
