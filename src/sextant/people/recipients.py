"""Persons as notices need them: the answer of this floor to `SEXTANT_RECIPIENTS`."""

from collections.abc import Collection
from datetime import date

from sextant.foundation.notices.contracts import Recipient
from sextant.people.contracts import LineKind
from sextant.people.models import Person, ReportingLine
from sextant.people.rows import employed_on, valid_on


def recipients_of(person_ids: Collection[int], on: date) -> dict[int, Recipient]:
    """Those of `person_ids` who work here on the day, with address, language and line manager. Two queries."""
    ids = list(person_ids)
    lines = ReportingLine.objects.filter(valid_on(on), person_id__in=ids, kind=LineKind.SOLID)
    managers = dict(lines.values_list("person_id", "manager_id"))
    rows = Person.objects.filter(employed_on(on), id__in=ids).values_list("id", "name", "email", "user__language")
    return {
        person_id: Recipient(person_id, name, email, language or "", managers.get(person_id))
        for person_id, name, email, language in rows
    }
