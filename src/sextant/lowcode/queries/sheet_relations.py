"""Who somebody is to the person a sheet is about: what the fields of a form are shown and written by."""

from django.conf import settings

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.registry_people import list_assignee_sources

LINE = "people.line_manager"


def relations_of(sheet: SheetRow, *, actor: Actor, is_asked: bool) -> frozenset[str]:
    """Any of self, manager and upper as of the sheet's last change, hr, and asked for whom it waits. Two queries where
    it is about somebody."""
    found = {"asked"} if is_asked else set()
    if actor.person_id is not None and actor.person_id == sheet.about_id:
        found.add("self")
    if may(actor, Permission.FLOW_READ_ALL):
        found.add("hr")
    line = list_assignee_sources().get(LINE)
    if line is not None and actor.person_id is not None and sheet.about_id is not None:
        on = company_day(sheet.changed_at, settings.SEXTANT_ZONE)
        managers = line.resolve([sheet.about_id], {}, on=on).get(sheet.about_id, ())
        above = line.resolve(managers, {}, on=on) if managers else {}
        if actor.person_id in managers:
            found.add("manager")
        if any(actor.person_id in persons for persons in above.values()):
            found.add("upper")
    return frozenset(found)
