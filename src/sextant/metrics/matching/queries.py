"""The match table as an ingest reads it."""

from collections.abc import Iterable

from sextant.foundation.postgres.lookups import any_of
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.models import SubjectMatch

IGNORED = 0
"""In the place of a subject's id, which counts from one: the key is known to be none of ours."""


def matches_of(source: str, kind: SubjectKind, keys: Iterable[str]) -> dict[str, int | None]:
    """What people said about these keys of a source: a subject's id, or None for a key to be ignored.

    A key nobody said anything about is absent. One query.
    """
    found = SubjectMatch.objects.filter(any_of("key", keys), source=source, kind=kind)
    return dict(found.values_list("key", "subject_id"))
