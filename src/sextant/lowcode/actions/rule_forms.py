"""Forms that rules give out: the sheet of a task, whoever of those asked hands it in."""

from collections.abc import Mapping
from datetime import datetime

from sextant.engines.forms import Viewer
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.actions.work import close_work
from sextant.lowcode.contracts.rules import FORM_WORK
from sextant.lowcode.contracts.sheets import SheetRefused, SheetRow
from sextant.lowcode.queries.sheet_relations import relations_of
from sextant.lowcode.queries.work import find_open


class RuleSheets:
    """Sheets of acts of rules: whoever is asked writes; the person it is about, those above and HR read."""

    def viewer(self, sheet: SheetRow, *, actor: Actor) -> Viewer | None:
        """As the protocol. At most three queries."""
        is_asked = _is_asked(sheet, actor)
        relations = relations_of(sheet, actor=actor, is_asked=is_asked)
        return Viewer(relations, sheet.part, is_reader=not is_asked) if relations else None

    def handed_in(self, sheet: SheetRow, *, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
        """The task is done, for everyone who was asked."""
        if not _is_asked(sheet, actor):
            raise SheetRefused(Problem("sheet.handed_in"))
        close_work(FORM_WORK, subject=sheet.subject, now=now, by_person_id=actor.person_id)


def _is_asked(sheet: SheetRow, actor: Actor) -> bool:
    if actor.person_id is None:
        return False
    return find_open(sheet.subject, kind=FORM_WORK, person_id=actor.person_id) is not None
