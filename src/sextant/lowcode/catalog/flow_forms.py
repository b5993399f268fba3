"""Who opens the sheets of a flow: whoever may read the run; whoever is asked at the step writes."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from sextant.engines.forms import Viewer
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.lowcode.access_flows import access_run
from sextant.lowcode.actions.flow_forms import RUN, answer_with_form, find_asked
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.registry_people import list_assignee_sources
from sextant.lowcode.registry_sheets import register_sheet_host

LINE = "people.line_manager"


class FlowSheets:
    """Sheets of runs of flows."""

    def viewer(self, sheet: SheetRow, *, actor: Actor) -> Viewer | None:
        """Who the actor is to the person the run is about, as of the sheet's last change; a reader unless asked."""
        try:
            access_run(actor, run_id=sheet.subject[1])
        except AccessDenied:
            return None
        is_asked = find_asked(sheet, person_id=actor.person_id) is not None
        return Viewer(_relations(sheet, actor, is_asked=is_asked), sheet.part, is_reader=not is_asked)

    def handed_in(self, sheet: SheetRow, *, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
        """The step goes on."""
        answer_with_form(sheet, values=values, actor=actor, now=now)


def _relations(sheet: SheetRow, actor: Actor, *, is_asked: bool) -> frozenset[str]:
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


register_sheet_host(RUN, FlowSheets())
