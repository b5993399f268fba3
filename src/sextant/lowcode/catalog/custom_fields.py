"""附加字段 as a kind of definition, and their sheets: who opens them, who writes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sextant.engines.forms import Viewer, read_form
from sextant.engines.values import Problem, Severity
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.clock import company_day, now
from sextant.lowcode.access_fields import HR, access_subject
from sextant.lowcode.catalog.forms import lay_out
from sextant.lowcode.contracts.custom_fields import KIND
from sextant.lowcode.contracts.sheets import FIELD_SUBJECTS, SheetRefused, SheetRow
from sextant.lowcode.fields_document import CustomFieldDocument, FieldsDocument
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.messages.forms import LABELS, say_form
from sextant.lowcode.policy.answer_lists import listing_problems
from sextant.lowcode.queries.custom_fields import find_field_set, list_field_sets
from sextant.lowcode.registry import DefinitionKind, register_kind
from sextant.lowcode.registry_hosts import RELATIONS, find_field_host
from sextant.lowcode.registry_sheets import register_sheet_host


class FieldSheets:
    """Sheets of custom fields: opened by whoever may open what they hang on."""

    def viewer(self, sheet: SheetRow, *, actor: Actor) -> Viewer | None:
        """Who the actor is to the subject today; None where the set is in use no more, or hangs elsewhere."""
        moment, host = now(), sheet.subject[0].removeprefix(FIELD_SUBJECTS)
        found = find_field_set(sheet.part, on=moment)
        if found is None or found.host != host:
            return None
        on = company_day(moment, settings.SEXTANT_ZONE)
        try:
            sight = access_subject(actor, host_code=host, subject_id=sheet.subject[1], on=on)
        except AccessDenied:
            return None
        viewer = sight.viewer(sheet.subject[1])
        return viewer if any(viewer.may_see(one) for one in found.read.form.fields) else None

    def handed_in(self, sheet: SheetRow, *, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
        """Never: what is kept about somebody is not handed in."""
        raise SheetRefused(Problem("sheet.stays_open"))


def _checks(document: FieldsDocument, *, code: str, on: datetime) -> Iterable[Problem]:
    form = document.form()
    return (
        *read_form(form).problems,
        *listing_problems(form, document.listed_names()),
        *_unreadable(document),
        *_against_published(document, code=code, on=on),
        *_against_others(document, code=code, on=on),
    )


def _unreadable(document: FieldsDocument) -> Iterator[Problem]:
    """Relations that no host knows: nobody would be one."""
    for one in document.form().fields:
        if one.reach.see and not one.reach.see & {*RELATIONS, HR}:
            yield Problem("fields.no_reader", {"field": one.label, "name": one.name}, severity=Severity.WARNING)


def _against_published(document: FieldsDocument, *, code: str, on: datetime) -> Iterator[Problem]:
    """What holds values stays what it is: a name never gets another meaning. One query."""
    if find_field_host(document.host) is None:
        yield Problem("fields.unknown_host", {"host": document.host})
    before = find_field_set(code, on=on)
    if before is None:
        return
    if before.host != document.host:
        yield Problem("fields.moved")
    now_named = {one.name: one for one in document.fields}
    for one in _published(before.document):
        found = now_named.get(one.name)
        if found is None:
            yield Problem("fields.field_missing", {"field": one.label, "name": one.name})
        elif found.kind is not one.kind:
            yield Problem("fields.kind_changed", {"field": one.label, "name": one.name})


def _published(document: FormDocument) -> Iterable[CustomFieldDocument]:
    return document.fields if isinstance(document, FieldsDocument) else ()


def _against_others(document: FieldsDocument, *, code: str, on: datetime) -> Iterator[Problem]:
    """Formulas call a field by its label alone, whatever set it is in. One query."""
    taken = {
        field.label: other.name
        for other in list_field_sets(document.host, on=on)
        if other.code != code
        for field in other.read.form.fields
    }
    for one in document.form().fields:
        if one.label in taken:
            params = {"field": one.label, "name": one.name, "set": taken[one.label]}
            yield Problem("fields.label_elsewhere", params)


register_sheet_host(FIELD_SUBJECTS.rstrip("."), FieldSheets())
register_kind(
    DefinitionKind(
        code=KIND,
        name=_("附加字段"),
        model=FieldsDocument,
        icon="list-checks",
        checks=_checks,
        say=say_form,
        labels=LABELS,
        edit_url="lowcode:form",
        blank=lambda: {"host": "person", "fields": [], "note": ""},
        changed=lay_out,
    )
)
