"""Forms are published when they hold together; answers are kept, put together, and closed when complete."""

import threading
from datetime import timedelta

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.utils.translation import override

from sextant.engines.forms import Code, Field, FieldKind, Reach
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied
from sextant.lowcode.access_sheets import access_sheet
from sextant.lowcode.actions.definitions import publish_definition
from sextant.lowcode.actions.sheets import hand_in_sheet, save_sheet
from sextant.lowcode.contracts.definitions import DefinitionRefused
from sextant.lowcode.contracts.sheets import SheetRefused, SheetState
from sextant.lowcode.messages.definitions import say_all
from sextant.lowcode.messages.forms import KINDS, SENTENCES, say_form, say_reach
from sextant.lowcode.models import FormSheet, SheetChange
from sextant.lowcode.queries.sheets import find_sheet, list_changes
from sextant.lowcode.registry import get_kind
from sextant.lowcode.tests.definition_makers import HR, NOW
from sextant.lowcode.tests.form_makers import ASKED, BOSS, STRANGER, SUBJECT, fields, make_form, make_sheet

LATER = NOW + timedelta(minutes=5)
pytestmark = pytest.mark.django_db


def test_form_whose_formula_names_nothing_is_not_published() -> None:
    broken = [*fields(), {"name": "more", "label": "补充", "visible_if": "[需要支特]"}]
    definition_id, _ = make_form(document={"fields": broken}, is_published=False)
    with pytest.raises(DefinitionRefused) as refused:
        publish_definition(definition_id, revision=1, reason="首次发布", actor=HR, now=NOW)
    said = say_all(refused.value.problems, get_kind("form"))
    assert said == ["“补充”的“何时显示”：第 1 个字符：没有“需要支特”这项数据，是不是“需要支持”？"]


def test_two_write_different_answers_and_both_stay() -> None:
    sheet = make_sheet()
    mine = save_sheet(sheet.id, given={"need": "yes", "why": "样机"}, revision=0, actor=ASKED, now=NOW)
    theirs = save_sheet(sheet.id, given={"answer": "同意"}, revision=0, actor=BOSS, now=LATER)
    assert mine.sheet.revision == 1
    assert theirs.clashes == ()
    assert theirs.sheet.answers == {"need": True, "why": "样机", "answer": "同意"}
    assert [change.changes for change in list_changes(sheet.id)] == [
        {"answer": (None, "同意")},
        {"need": (None, True), "why": (None, "样机")},
    ]


def test_clash_is_told_and_what_was_saved_first_stays() -> None:
    sheet = make_sheet()
    save_sheet(sheet.id, given={"why": "样机", "need": True}, revision=0, actor=ASKED, now=NOW)
    late = save_sheet(sheet.id, given={"why": "培训", "what": "讲师"}, revision=0, actor=BOSS, now=LATER)
    assert late.sheet.answers == {"why": "样机", "need": True, "what": "讲师"}
    assert [(clash.name, clash.mine, clash.theirs) for clash in late.clashes] == [("why", "培训", "样机")]
    with pytest.raises(SheetRefused) as refused:
        hand_in_sheet(sheet.id, given={"why": "培训"}, revision=0, actor=ASKED, now=LATER)
    assert say_form(refused.value.problems[0]) == "“说明”刚被别人改过。请看过新的内容后再提交。"


def test_handing_in_wants_everything_and_closes() -> None:
    sheet = make_sheet()
    with pytest.raises(SheetRefused) as refused:
        hand_in_sheet(sheet.id, given={"need": True, "costs": [{"fee": "三千"}]}, revision=0, actor=ASKED, now=NOW)
    assert [say_form(problem) for problem in refused.value.problems] == [
        "“费用”第 1 行：“金额”：“三千”不是数字。请只写数字，如 1234.5。",
        "请填写“所需资源”。",
    ]
    assert FormSheet.objects.get(id=sheet.id).revision == 0
    given = {"need": True, "what": "样机", "costs": [{"item": "样机", "fee": "3,000"}]}
    closed = hand_in_sheet(sheet.id, given=given, revision=0, actor=ASKED, now=NOW)
    assert closed.state is SheetState.HANDED_IN
    assert closed.computed == {"total": "3000"}
    with pytest.raises(SheetRefused) as refused:
        save_sheet(sheet.id, given={"why": "晚了"}, revision=1, actor=ASKED, now=LATER)
    assert [problem.code for problem in refused.value.problems] == ["sheet.handed_in"]


def test_unchanged_save_writes_nothing_and_unknown_revision_is_refused() -> None:
    sheet = make_sheet()
    save_sheet(sheet.id, given={"why": "样机"}, revision=0, actor=ASKED, now=NOW)
    assert save_sheet(sheet.id, given={"why": "样机 "}, revision=1, actor=ASKED, now=LATER).sheet.revision == 1
    with pytest.raises(SheetRefused):
        save_sheet(sheet.id, given={"why": "样机"}, revision=7, actor=ASKED, now=LATER)
    assert find_sheet((SUBJECT, 1)) == find_sheet((SUBJECT, 1))


def test_stranger_finds_no_sheet_and_the_owner_no_answer_of_the_manager() -> None:
    sheet = make_sheet()
    with pytest.raises(AccessDenied):
        access_sheet(STRANGER, sheet_id=sheet.id)
    with pytest.raises(AccessDenied):
        access_sheet(ASKED, sheet_id=sheet.id + 1)
    with pytest.raises(SheetRefused) as refused:
        save_sheet(sheet.id, given={"answer": "同意"}, revision=0, actor=ASKED, now=NOW)
    assert [problem.code for problem in refused.value.problems] == [Code.UNKNOWN_FIELD]


def test_saves_cannot_be_rewritten() -> None:
    sheet = make_sheet()
    save_sheet(sheet.id, given={"why": "样机"}, revision=0, actor=ASKED, now=NOW)
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        SheetChange.objects.update(changes={})


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_the_same_instant_lose_nothing() -> None:
    sheet = make_sheet()
    start = threading.Barrier(2)

    def write(given, actor):
        start.wait()
        try:
            save_sheet(sheet.id, given=given, revision=0, actor=actor, now=NOW)
        finally:
            connection.close()

    writers = [
        threading.Thread(target=write, args=({"why": "样机"}, ASKED)),
        threading.Thread(target=write, args=({"answer": "同意"}, BOSS)),
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    kept = FormSheet.objects.get(id=sheet.id)
    assert (kept.revision, kept.answers) == (2, {"why": "样机", "answer": "同意"})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_code_has_a_sentence(language: str) -> None:
    params = dict.fromkeys(
        ("field", "name", "value", "least", "most", "length", "places", "first", "last", "count", "source", "table"), 1
    )
    cause = {"cause": "formula.division_by_zero", "circle": ("甲", "乙")}
    with override(language):
        for code in Code:
            for part in ("formula", "visible_if", "required_if"):
                assert "%(" not in say_form(Problem(code, {**params, **cause, "part": part}))
        assert set(KINDS) == set(FieldKind)
        assert all(str(sentence) for sentence in SENTENCES.values())


def test_who_will_see_the_answer_is_said() -> None:
    assert say_reach(Field("a", FieldKind.TEXT, "甲")) == "打开这张表的人都能看到"
    close = Field("a", FieldKind.TEXT, "甲", reach=Reach(see=frozenset({"hr", "manager"})))
    assert say_reach(close) == "只有直接主管、人力资源能看到"
