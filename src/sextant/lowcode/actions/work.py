"""Putting work into somebody's inbox and taking it out again. Both run in the transaction of the action that calls
them: an item exists exactly when what it asks for is still wanted."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.work import Subject
from sextant.lowcode.models import WorkItem
from sextant.lowcode.queries.work import deputies_on
from sextant.lowcode.registry_work import find_work


def open_work(
    kind: str,
    *,
    person_ids: Collection[int],
    subject: Subject,
    params: Mapping[str, object],
    path: str,
    due_at: datetime | None,
    now: datetime,
    about_id: int | None = None,
) -> int:
    """Ask each of the persons for work of a registered kind; how many items that made.

    Somebody who already has an open item of this kind about this subject gets no second one. `params` are plain values
    for the title; `path` is where the work is done; `about_id` is the person it is about. Where the kind may be passed
    on, the item of somebody absent goes to their deputy. KeyError for a kind nobody registered. Two or three queries.
    """
    spec = find_work(kind)
    if spec is None:
        raise KeyError(kind)
    subject_kind, subject_id = subject
    deputies: Mapping[int, int] = {}
    if spec.may_pass_on:
        deputies = deputies_on(person_ids, on=company_day(now, settings.SEXTANT_ZONE))
    wanted = {deputies.get(person_id, person_id): person_id for person_id in person_ids}
    with transaction.atomic():
        there = WorkItem.objects.filter(
            subject_kind=subject_kind, subject_id=subject_id, kind=kind, person_id__in=wanted, closed_at=None
        )
        missing = sorted(set(wanted) - set(there.values_list("person_id", flat=True)))
        # somebody else may open the same item at this moment: the index keeps one of the two
        WorkItem.objects.bulk_create(
            (
                WorkItem(
                    kind=kind,
                    subject_kind=subject_kind,
                    subject_id=subject_id,
                    person_id=person_id,
                    owner_id=wanted[person_id] if wanted[person_id] != person_id else None,
                    about_id=about_id,
                    params=dict(params),
                    path=path,
                    due_at=due_at,
                    opened_at=now,
                )
                for person_id in missing
            ),
            ignore_conflicts=True,
        )
    return len(missing)


def close_work(
    kind: str,
    *,
    subject: Subject,
    now: datetime,
    person_ids: Collection[int] | None = None,
    outcome: str = "done",
    by_person_id: int | None = None,
) -> int:
    """Take the open items of a kind about a subject out of the inboxes, of `person_ids` or of everyone; how many.

    `by_person_id` is who did the work: only their own item is listed among what they have done. Without it each person
    counts as the one who did theirs, unless `outcome` is "void": nobody did, it is no longer wanted. One query.
    """
    subject_kind, subject_id = subject
    items = WorkItem.objects.filter(subject_kind=subject_kind, subject_id=subject_id, kind=kind, closed_at=None)
    if person_ids is not None:
        items = items.filter(person_id__in=person_ids)
    if by_person_id is None and outcome != "void":
        return items.update(closed_at=now, outcome=outcome, closed_by=F("person_id"))
    return items.update(closed_at=now, outcome=outcome, closed_by=by_person_id)
