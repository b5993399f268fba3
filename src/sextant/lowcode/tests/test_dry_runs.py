"""What a draft of a form or a flow would have done with what was handed in and started before."""

from decimal import Decimal

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.lowcode.actions.sheets import hand_in_sheet
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.queries.flow_dry_run import dry_run_flow
from sextant.lowcode.queries.form_dry_run import dry_run_form
from sextant.lowcode.tests.definition_makers import HR, NOW
from sextant.lowcode.tests.flow_makers import approve, end, make_flow, persons, start
from sextant.lowcode.tests.form_makers import ASKED, fields, make_form, make_sheet

pytestmark = pytest.mark.django_db


def test_a_draft_of_a_form_says_who_could_not_hand_it_in_any_more(company, django_assert_num_queries) -> None:
    before = FormDocument.model_validate({"fields": fields()})
    _definition_id, version_id = make_form()
    assert dry_run_form(before, before=before, code="support", actor=HR, now=NOW) is None  # nothing was handed in yet
    for number, answers in enumerate(
        ({"need": False}, {"need": True, "what": "样机"}, {"need": False, "why": "已谈妥"})
    ):
        sheet = make_sheet(version_id, subject_id=number)
        hand_in_sheet(sheet.id, given=answers, revision=sheet.revision, actor=ASKED, now=NOW)
    changed = fields()
    changed[4] |= {"required": True}  # 说明
    changed[1]["visible_if"] = ""  # 所需资源 is asked of everybody
    with django_assert_num_queries(1):
        report = dry_run_form(
            FormDocument.model_validate({"fields": changed}), before=before, code="support", actor=HR, now=NOW
        )
    assert report is not None
    assert (report.subjects, report.changed, report.failed_before, report.failed_after) == (3, 3, 0, 3)
    assert (report.mean_before, report.mean_after) == (Decimal(13) / 3, Decimal(5))
    told = {one.after for one in report.movers}
    assert told == {"5 题，缺所需资源、说明", "5 题，缺说明", "5 题，缺所需资源"} and report.counted == "最近 3 份答卷"


def test_a_draft_of_a_flow_says_which_way_the_latest_would_go(company, django_assert_num_queries) -> None:
    steps = [approve("first", persons(2), then="by"), branch("[金额] > 100"), approve("second", persons(3)), end()]
    make_flow(steps, fields=[("金额", "number")])
    before = FlowDocument.model_validate({"steps": steps, "fields": [{"name": "金额"}]})
    for amount in (50, 150, None):
        start(values={} if amount is None else {"金额": amount})
    steps[1] = branch("[金额] > 10")
    after = FlowDocument.model_validate({"steps": steps, "fields": [{"name": "金额"}]})
    with django_assert_num_queries(1):
        report = dry_run_flow(after, before=before, code="adjust", actor=HR, now=NOW)
    assert report is not None and report.counted == "最近 3 次流程"
    assert (report.subjects, report.changed, report.failed_before, report.failed_after) == (3, 1, 1, 1)
    [mover] = report.movers
    assert (mover.name, mover.before, mover.after) == ("推迟两周", "审批first", "审批first → 审批second")
    employee = Actor(None, 9, frozenset({Role.EMPLOYEE}), "何书瑶")
    assert dry_run_flow(after, before=before, code="adjust", actor=employee, now=NOW) is None


def branch(when: str) -> dict[str, object]:
    return {"code": "by", "kind": "branch", "name": "看金额", "arms": [{"when": when, "next": "second"}, {"next": "z"}]}
