"""填写 in a flow: the sheet of a step, given out when it is asked for, handed in as the answer of the step."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.lowcode.access_work import access_work
from sextant.lowcode.actions.flows import answer_work
from sextant.lowcode.actions.sheets import begin_sheet, reopen_sheet
from sextant.lowcode.contracts.flows import STEP, FlowRefused, WorkKind
from sextant.lowcode.contracts.sheets import SheetRefused, SheetRow, SheetState
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.messages.flows import say_flow
from sextant.lowcode.models import FlowStep, FormSheet, WorkItem
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.flow_loading import flow_of
from sextant.lowcode.queries.sheets import KIND

RUN = "flow.run"
"""The subject of a flow's sheets: its run; the step is the part, so that who is asked again finds what they wrote."""


def open_form(item_id: int, *, actor: Actor, now: datetime) -> int:
    """Id of the sheet behind a piece of work that asks for a form, made or opened again where needed. The form is the
    version that held when the step was entered.

    Raises AccessDenied (not theirs, closed, or no form is asked for), SheetRefused (sheet.no_form).
    """
    item = access_work(actor, item_id=item_id)
    if item.kind != WorkKind.FILL or item.subject[0] != STEP or item.closed_at is not None:
        raise AccessDenied(Permission.FORM_FILL)
    with transaction.atomic():
        step = FlowStep.objects.select_related("instance__version").get(id=item.subject[1])
        run = step.instance
        node = flow_of(run.version_id, run.version.digest).nodes[step.node]
        version = find_current(KIND, node.form, on=step.opened_at) if node.form else None
        if version is None:
            raise SheetRefused(Problem("sheet.no_form"))
        sheet = begin_sheet(version.id, subject=(RUN, run.pk), part=step.node, about_id=run.about_id, now=now)
        held = FormSheet.objects.select_for_update().get(id=sheet.id)
        if held.state == SheetState.HANDED_IN and held.handed_in_at is not None and held.handed_in_at < step.opened_at:
            reopen_sheet(sheet.id, now=now)
    return sheet.id


def answer_with_form(sheet: SheetRow, *, values: Mapping[str, object], actor: Actor, now: datetime) -> None:
    """The step goes on with what was filled in. Raises SheetRefused (sheet.flow, with the sentence of the flow)."""
    item = find_asked(sheet, person_id=actor.person_id)
    if item is None:
        raise SheetRefused(Problem("sheet.flow", {"said": say_flow(Problem("flow.work_closed"))}))
    try:
        answer_work(item, decision=Decision.AGREE, values=values, actor=actor, now=now)
    except FlowRefused as error:
        raise SheetRefused(*(Problem("sheet.flow", {"said": say_flow(one)}) for one in error.problems)) from error


def find_asked(sheet: SheetRow, *, person_id: int | None) -> int | None:
    """The open piece of work by which the person is asked to fill this sheet in, or None. One query."""
    if person_id is None:
        return None
    steps = FlowStep.objects.filter(instance_id=sheet.subject[1], node=sheet.part).values("id")
    found = WorkItem.objects.filter(
        kind=WorkKind.FILL.value, person_id=person_id, closed_at=None, subject_kind=STEP, subject_id__in=steps
    )
    return found.values_list("id", flat=True).first()
