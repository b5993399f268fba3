"""What waits for a person: lists of the inbox and the number on the navigation."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from sextant.lowcode.contracts.work import Subject, WorkRow
from sextant.lowcode.models import Deputy, WorkItem

_DEPUTIES = """
SELECT person_id, deputy_id FROM lowcode_deputy
WHERE person_id = ANY(%(persons)s) AND from_on <= %(on)s AND until_on > %(on)s ORDER BY id
"""


def count_open(person_id: int, *, at: datetime | None = None) -> int:
    """How many items wait for the person, without those put off beyond `at`; copies for reading are not among them. One
    query on an index."""
    return open_items(person_id, at=at).count()


def count_open_by_kind(person_id: int, *, at: datetime | None = None) -> dict[str, int]:
    """Open items of the person by kind, without those put off beyond `at`. One query."""
    counted = open_items(person_id, at=at).values_list("kind").annotate(number=Count("id")).order_by()
    return dict(counted)


def list_open(
    person_id: int,
    *,
    kinds: Collection[str] | None = None,
    passed_on: bool = False,
    ids: Collection[int] | None = None,
    at: datetime | None = None,
    limit: int = 200,
) -> list[WorkRow]:
    """Open items of the person, the first due first and those without a time limit last; `kinds`, or the items' own
    `ids`, narrow them. `passed_on` gives only those in which the person acts for somebody else (委托给我的); `at`
    leaves out what is put off beyond that instant. One query."""
    found = open_items(person_id, at=at)
    if kinds is not None:
        found = found.filter(kind__in=kinds)
    if ids is not None:
        found = found.filter(id__in=ids)
    if passed_on:
        found = found.filter(owner_id__isnull=False)
    return rows_of(found[:limit])


def list_put_off(person_id: int, *, at: datetime, limit: int = 200) -> list[WorkRow]:
    """What the person put off beyond `at`, the first to come back first. One query."""
    found = WorkItem.objects.filter(person_id=person_id, closed_at=None, is_information=False, put_off_until__gt=at)
    return rows_of(found.order_by("put_off_until", "id")[:limit])


def list_copies(person_id: int, *, limit: int = 100) -> list[WorkRow]:
    """What was sent to the person for reading and not put aside yet, the latest first. One query."""
    found = WorkItem.objects.filter(person_id=person_id, closed_at=None, is_information=True)
    return rows_of(found.order_by("-opened_at")[:limit])


def count_copies(person_id: int) -> int:
    """How many copies the person has not put aside. One query."""
    return WorkItem.objects.filter(person_id=person_id, closed_at=None, is_information=True).count()


def list_done(person_id: int, *, limit: int = 100, offset: int = 0) -> list[WorkRow]:
    """What the person answered, the latest first; what others answered for everybody is not among it. One query."""
    found = WorkItem.objects.filter(person_id=person_id, closed_at__isnull=False, closed_by=F("person_id"))
    return rows_of(found.order_by("-closed_at")[offset : offset + limit])


def list_of_subjects(subject_kind: str, subject_ids: Iterable[int]) -> list[WorkRow]:
    """Every item about these subjects, open and closed, in the order of their making. One query."""
    return rows_of(WorkItem.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids)).order_by("id"))


def find_overdue(*, since: datetime, before: datetime, limit: int) -> list[WorkRow]:
    """Open work of anybody that was due in [since, before), the earliest first; what is only to be read is never late.
    One query."""
    late = WorkItem.objects.filter(closed_at=None, is_information=False, due_at__gte=since, due_at__lt=before)
    return rows_of(late.order_by("due_at", "id")[:limit])


def find_open(subject: Subject, *, kind: str, person_id: int) -> WorkRow | None:
    """The open item of that kind that the person has about the subject, or None. One query."""
    subject_kind, subject_id = subject
    found = WorkItem.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, kind=kind, person_id=person_id, closed_at=None
    )
    return next(iter(rows_of(found[:1])), None)


def deputies_on(person_ids: Collection[int], *, on: date) -> dict[int, int]:
    """Who acts for whom on the day; persons who act for themselves are absent. One query, none without persons."""
    if not person_ids:
        return {}
    with connection.cursor() as cursor:  # asked at every step of every flow: written out, it costs a fifth
        cursor.execute(_DEPUTIES, {"persons": list(person_ids), "on": on})
        return dict(cursor.fetchall())


def find_deputy(person_id: int, *, on: date) -> Deputy | None:
    """Who acts for the person on the day or from a later one, or None. One query."""
    return Deputy.objects.filter(person_id=person_id, until_on__gt=on).order_by("from_on").first()


def rows_of(items: QuerySet[WorkItem]) -> list[WorkRow]:
    """Items as rows, in the order of the query. One query."""
    return [item.row() for item in items]


def open_items(person_id: int, *, at: datetime | None = None) -> QuerySet[WorkItem]:
    """What waits for the person, the first due first: the index `lowcode_work_mine` gives it in this order. `at` leaves
    out what is put off beyond it."""
    found = WorkItem.objects.filter(person_id=person_id, closed_at=None, is_information=False)
    if at is not None:
        found = found.filter(Q(put_off_until=None) | Q(put_off_until__lte=at))
    return found.order_by(F("due_at").asc(nulls_last=True), "id")
