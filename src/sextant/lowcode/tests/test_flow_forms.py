"""A flow whose step asks for a form: filled in, handed in, returned and asked again, read by who may."""

from datetime import timedelta

import pytest

from sextant.foundation.access.contracts import AccessDenied
from sextant.lowcode.access_sheets import access_sheet
from sextant.lowcode.actions.flow_forms import RUN, open_form
from sextant.lowcode.actions.sheets import hand_in_sheet, save_sheet
from sextant.lowcode.contracts.flows import InstanceState
from sextant.lowcode.contracts.sheets import SheetRefused, SheetState
from sextant.lowcode.models import FlowInstance
from sextant.lowcode.queries.sheets import find_sheet
from sextant.lowcode.tests.definition_makers import NOW
from sextant.lowcode.tests.flow_makers import (
    actor,
    approve,
    end,
    item_of,
    make_flow,
    manager,
    persons,
    say,
    start,
    waiting,
)
from sextant.lowcode.tests.form_makers import make_form

LATER = NOW + timedelta(hours=1)
FORM = {
    "fields": [
        {"name": "fee", "label": "金额", "kind": "money", "required": True},
        {"name": "note", "label": "主管意见", "see": ["manager"], "edit": ["manager"]},
    ]
}


@pytest.fixture
def run(db, company):
    """A flow about person 1: they fill a form in, small amounts end, larger ones go to the manager."""
    make_form("expense", document=FORM)
    fill = {"code": "a", "kind": "form", "form": "expense", "assignees": [persons(1)], "next": "b"}
    arms = [{"when": "[金额] > 100", "next": "c", "name": "大额"}, {"when": "", "next": "z"}]
    branch = {"code": "b", "kind": "branch", "arms": arms}
    make_flow([fill, branch, approve("c", manager()), end()], fields=[("金额", "number")])
    return start()


def test_form_handed_in_is_the_answer_of_the_step(run):
    sheet = open_form(item_of(1, run), actor=actor(1), now=NOW)
    assert open_form(item_of(1, run), actor=actor(1), now=NOW) == sheet
    with pytest.raises(SheetRefused):
        hand_in_sheet(sheet, given={}, revision=0, actor=actor(1), now=NOW)
    hand_in_sheet(sheet, given={"fee": "250"}, revision=0, actor=actor(1), now=NOW)
    assert FlowInstance.objects.get(id=run).values["金额"] in (250, "250")
    [(kind, boss)] = waiting(run)
    assert kind == "approve"
    read, viewer = access_sheet(actor(boss), sheet_id=sheet)
    assert read.state is SheetState.HANDED_IN and viewer.is_reader and "manager" in viewer.relations
    with pytest.raises(AccessDenied):
        access_sheet(actor(9), sheet_id=sheet)


def test_small_amount_takes_the_other_way(run):
    sheet = open_form(item_of(1, run), actor=actor(1), now=NOW)
    hand_in_sheet(sheet, given={"fee": "80"}, revision=0, actor=actor(1), now=NOW)
    assert FlowInstance.objects.get(id=run).state == InstanceState.ENDED


def test_returned_form_is_open_again_with_what_was_written(run):
    sheet = open_form(item_of(1, run), actor=actor(1), now=NOW)
    hand_in_sheet(sheet, given={"fee": "250"}, revision=0, actor=actor(1), now=NOW)
    [(_, boss)] = waiting(run)
    say(boss, "return", run_id=run, note="太多", now=LATER)
    with pytest.raises(AccessDenied):
        open_form(item_of(1, run), actor=actor(boss), now=LATER)
    assert open_form(item_of(1, run), actor=actor(1), now=LATER) == sheet
    again = find_sheet((RUN, run), part="a")
    assert (again.state, again.answers) == (SheetState.OPEN, {"fee": "250"})
    hand_in_sheet(sheet, given={"fee": "90"}, revision=1, actor=actor(1), now=LATER)
    assert FlowInstance.objects.get(id=run).state == InstanceState.ENDED


def test_who_was_not_asked_reads_and_does_not_write(run):
    sheet = open_form(item_of(1, run), actor=actor(1), now=NOW)
    hand_in_sheet(sheet, given={"fee": "250"}, revision=0, actor=actor(1), now=NOW)
    [(_, boss)] = waiting(run)
    with pytest.raises(SheetRefused):
        save_sheet(sheet, given={"note": "好"}, revision=1, actor=actor(boss), now=LATER)
