"""Whose numbers they are: the keys of a file as persons or units. The one place where keys are looked up."""

from collections.abc import Mapping, Set

from sextant.metrics.contracts import SubjectKind
from sextant.metrics.mapping import IngestMapping
from sextant.metrics.matching.queries import IGNORED, matches_of
from sextant.people.queries import resolve_persons, resolve_units


def resolve_subjects(mapping: IngestMapping, keys: Set[str]) -> Mapping[str, int | None]:
    """The id behind each of `keys`: what people matched first, then the roster.

    None when several answer to a key, IGNORED when people said that it is none of ours, absent when nobody does. Asked
    several times for one file, each time for keys not asked for before.
    """
    kind = SubjectKind.PERSON if mapping.person else SubjectKind.UNIT
    matched = matches_of(mapping.source, kind, keys)
    found = _looked_up(mapping, keys - matched.keys())
    return {**found, **{key: IGNORED if subject is None else subject for key, subject in matched.items()}}


def _looked_up(mapping: IngestMapping, keys: Set[str]) -> Mapping[str, int | None]:
    """By `external_id` the roster knows nobody."""
    person, unit = mapping.person, mapping.unit
    if person is not None and person.by != "external_id":
        return resolve_persons(keys, by=person.by)
    if unit is not None and unit.by != "external_id":
        return resolve_units(keys, by=unit.by)
    return {}
