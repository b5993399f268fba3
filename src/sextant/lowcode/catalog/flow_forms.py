"""Who opens the sheets of a flow: whoever may read the run; whoever is asked at the step writes."""

from collections.abc import Mapping
from datetime import datetime

from sextant.engines.forms import Viewer
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.lowcode.access_flows import access_run
from sextant.lowcode.actions.flow_forms import RUN, answer_with_form, find_asked
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.queries.sheet_relations import relations_of
from sextant.lowcode.registry_sheets import register_sheet_host


class FlowSheets:
    """Sheets of runs of flows."""

    def viewer(self, sheet: SheetRow, *, actor: Actor) -> Viewer | None:
        """Who the actor is to the person the run is about, as of the sheet's last change; a reader unless asked."""
        try:
            access_run(actor, run_id=sheet.subject[1])
        except AccessDenied:
            return None
        is_asked = find_asked(sheet, person_id=actor.person_id) is not None
        return Viewer(relations_of(sheet, actor=actor, is_asked=is_asked), sheet.part, is_reader=not is_asked)

    def handed_in(self, sheet: SheetRow, *, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
        """The step goes on."""
        answer_with_form(sheet, values=values, actor=actor, now=now)


register_sheet_host(RUN, FlowSheets())
