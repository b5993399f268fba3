"""From what the file says of each person to their posts and lines, keeping what was before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sextant.people.actions.subjects import Subject, Subjects, path_of
from sextant.people.actions.tracks import (
    Key,
    PostValue,
    Tracks,
    load_lines,
    load_posts,
    save_lines,
    save_posts,
)
from sextant.people.models import Person, Post
from sextant.people.policy import Span, UnitPath, decide_move, decide_start, reopen, value_on

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Headships:
    """Which units the file makes whom head of. `units` are all units it names a head for."""

    by_person: Mapping[int, tuple[int, ...]]
    units: frozenset[int]


def decide_histories(subjects: Subjects, unit_ids: Mapping[UnitPath, int]) -> None:
    """Write posts and lines of everyone the file speaks of; marks as changed whose history changed."""
    headships = _headships(subjects, unit_ids)
    _add_former_heads(subjects, headships)
    everyone = {subject.person.pk: subject for subject in subjects.by_number.values()}
    posts, lines = load_posts(everyone), load_lines(everyone)
    for person_id, subject in everyone.items():
        moment = _Moment.of(subject, on=subjects.on, has_history=posts.has_any(person_id) or lines.has_any(person_id))
        unit_id = unit_ids.get(_path(subject))
        changed = _decide_posts(subject, posts, headships, moment, unit_id, subjects.mapping.manager_title)
        changed |= _decide_lines(subject, lines, subjects, moment)
        subject.is_changed |= changed
    save_posts(posts)
    save_lines(lines)


@dataclass(frozen=True, slots=True)
class _Moment:
    """From which day what the file says of a person holds, and the leaving days now and so far."""

    on: date
    left_on: date | None
    left_before: date | None

    @classmethod
    def of(cls, subject: Subject, *, on: date, has_history: bool) -> "_Moment":
        person = subject.person
        start = decide_start(
            on=on,
            stated_on=subject.stated_on,
            hired_on=person.hired_on,
            has_history=has_history,
            left_before=subject.left_before,
        )
        return cls(start, person.left_on, subject.left_before)


def _path(subject: Subject) -> UnitPath:
    return path_of(subject.entry.unit) if subject.entry else ()


def _headships(subjects: Subjects, unit_ids: Mapping[UnitPath, int]) -> _Headships:
    by_person = {
        subject.person.pk: tuple(dict.fromkeys(unit_ids[path] for path in subject.headed_paths if path in unit_ids))
        for subject in subjects.by_number.values()
        if subject.headed_paths
    }
    return _Headships(by_person, frozenset(unit for units in by_person.values() for unit in units))


def _add_former_heads(subjects: Subjects, headships: _Headships) -> None:
    """Whoever heads a unit for which the file names another head, and is not in the file, hands it over."""
    if not headships.units:
        return
    known = [subject.person.pk for subject in subjects.by_number.values()]
    posts = Post.objects.filter(is_head=True, unit_id__in=headships.units).exclude(valid_until__lte=subjects.on)
    former = Person.objects.filter(id__in=posts.exclude(person_id__in=known).values("person_id"))
    for person in former:
        subjects.by_number[person.number] = Subject(person, None, person.left_on)


def _decide_posts(
    subject: Subject,
    posts: Tracks[PostValue],
    headships: _Headships,
    moment: _Moment,
    unit_id: int | None,
    manager_title: str,
) -> bool:
    """The primary post, and a side post for every further unit the person heads. True when something changes."""
    person_id = subject.person.pk
    headed = headships.by_person.get(person_id, ())
    primary: Key = (person_id, None)
    current = _current(posts, primary, moment)
    wanted = _wanted_post(subject, current, headships, unit_id, manager_title)
    changed = _decide(posts, primary, wanted, moment)
    for unit in sorted(posts.sides.get(person_id, set()).union(headed)):
        key: Key = (person_id, unit)
        side = _current(posts, key, moment)
        if unit in headships.units:
            is_side = unit in headed and (wanted is None or wanted.unit_id != unit)
            side = PostValue(unit, manager_title, is_head=True) if is_side else None
        changed |= _decide(posts, key, side, moment)
    return changed


def _wanted_post(
    subject: Subject, current: PostValue | None, headships: _Headships, unit_id: int | None, manager_title: str
) -> PostValue | None:
    """The primary post the file asks for; what it does not speak of stays. Headship does not move with a person to
    another unit, title and grade do."""
    headed = headships.by_person.get(subject.person.pk, ())
    entry = subject.entry
    if entry is None:
        wanted = current or (PostValue(headed[0], manager_title) if headed else None)
    elif unit_id is None and current is None:
        wanted = None
    else:
        unit = unit_id if unit_id is not None else current.unit_id  # type: ignore[union-attr]
        stays = current is not None and current.unit_id == unit
        kept = current or PostValue(unit, manager_title if unit in headed else "")
        wanted = PostValue(
            unit,
            kept.title if entry.title is None else entry.title,
            kept.grade if entry.grade is None else entry.grade,
            entry.is_head if entry.is_head is not None else stays and kept.is_head,
        )
    if wanted is None or wanted.unit_id not in headships.units:
        return wanted
    says_so = entry is not None and bool(entry.is_head)
    return replace(wanted, is_head=wanted.unit_id in headed or says_so)


def _decide_lines(subject: Subject, lines: Tracks[int | bool], subjects: Subjects, moment: _Moment) -> bool:
    """The solid line and the dotted ones. True when something changes."""
    person_id, mapping = subject.person.pk, subjects.mapping
    solid: Key = (person_id, None)
    wanted = _current(lines, solid, moment)
    if mapping.manager is not None and subject.entry is not None and not subject.manager_refused:
        wanted = subjects.id_of(subject.manager) if subject.manager else None
    changed = _decide(lines, solid, wanted, moment)
    speaks = mapping.dotted is not None and subject.entry is not None
    named = {subjects.id_of(number) for number in subject.dotted}
    for manager in sorted(lines.sides.get(person_id, set()) | named):
        key: Key = (person_id, manager)
        still = _current(lines, key, moment)
        if speaks:
            # while one name could not be found, no line is closed: it may be the one that was meant
            still = True if manager in named else (still if subject.dotted_refused else None)
        changed |= _decide(lines, key, still, moment)
    return changed


def _current(tracks: Tracks[Value], key: Key, moment: _Moment) -> Value | None:
    return value_on(_reopened(tracks, key, moment), moment.on)


def _reopened(tracks: Tracks[Value], key: Key, moment: _Moment) -> tuple[Span[Value], ...]:
    stored = tracks.stored.get(key, [])
    return reopen(stored, on=moment.on, left_on=moment.left_on, left_before=moment.left_before)


def _decide(tracks: Tracks[Value], key: Key, wanted: Value | None, moment: _Moment) -> bool:
    history = decide_move(_reopened(tracks, key, moment), wanted, on=moment.on, left_on=moment.left_on)
    return tracks.decide(key, history)
