"""The form designer: what its acts make of a document, and the page that saves each of them."""

import json
import re

import pytest
from django.urls import reverse

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import Role
from sextant.lowcode.actions.definitions import create_definition, publish_definition, save_draft
from sextant.lowcode.actions.sheets import hand_in_sheet
from sextant.lowcode.policy.form_editing import (
    add_field,
    columns_from,
    copy_field,
    lines_of,
    move_field,
    options_from,
    remove_field,
)
from sextant.lowcode.queries.definitions import find_draft
from sextant.lowcode.tests.definition_makers import HR, NOW, OTHER_HR
from sextant.lowcode.tests.form_makers import ASKED, make_form, make_sheet
from sextant.lowcode.tests.test_definition_pages import sign_in

EMPTY = {"fields": [], "note": ""}


def names(document):
    return [one["name"] for one in document["fields"]]


def test_fields_are_added_copied_moved_and_removed_under_names_of_their_own():
    document, first = add_field(EMPTY, kind=FieldKind.TEXT, label="单行")
    document, second = add_field(document, kind=FieldKind.CHOICE, label="单行", after=first)
    document, third = add_field(document, kind=FieldKind.TABLE, label="明细", after=first)
    assert names(document) == [first, third, second]
    assert [one["label"] for one in document["fields"]] == ["单行", "明细", "单行 2"]
    document, fourth = copy_field(document, first)
    assert names(document) == [first, fourth, third, second]
    assert names(move_field(document, first, to=9))[-1] == first
    assert names(move_field(document, second, to=-3))[0] == second
    document, near = remove_field(document, second)
    assert near == third
    assert names(remove_field(document, "nowhere")[0]) == names(document)
    assert EMPTY == {"fields": [], "note": ""}


def test_option_keeps_its_code_when_it_is_moved_or_renamed():
    was = [{"code": "o1", "label": "差旅"}, {"code": "o2", "label": "培训"}]
    assert options_from("出差\n培训", was=was, kind=FieldKind.CHOICE) == [
        {"code": "o1", "label": "出差"},
        {"code": "o2", "label": "培训"},
    ]
    codes = [one["code"] for one in options_from("培训\n\n 差旅 \n样机", was=was, kind=FieldKind.CHOICES)]
    assert codes == ["o2", "o1", "o3"]
    steps = options_from("1 未达到\n3、达到\n5", was=[], kind=FieldKind.RATING)
    assert [(one["code"], one["label"]) for one in steps] == [("1", "未达到"), ("3", "达到"), ("5", "5")]
    assert lines_of(steps, kind=FieldKind.RATING) == "1 未达到\n3 达到\n5"
    columns = columns_from(
        ["项目", "", "金额"], ["text", "text", "money"], ["2"], was=[{"name": "c7", "label": "事项"}]
    )
    assert [(one["name"], one["label"], one["required"]) for one in columns] == [
        ("c7", "项目", False),
        ("c1", "金额", True),
    ]


@pytest.fixture
def scene(db, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    made = create_definition("form", code="deviation", name="绩效偏差分析", actor=HR, now=NOW)
    return made.definition_id, sign_in("许念安", Role.HR)


def act(client, definition_id, **posted):
    answer = client.post(reverse("lowcode:form_act", args=[definition_id]), posted, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_form_is_made_from_an_empty_page(scene, django_assert_max_num_queries):
    form_id, hr = scene
    assert "加第一个字段" in hr.get(reverse("lowcode:form", args=[form_id])).content.decode()
    act(hr, form_id, op="add", kind="yes_no", revision="1", at="")
    text = act(
        hr, form_id, op="set", revision="2", at="f1", shown=["label", "required"], label="需要支持", required="1"
    )
    assert "data-keeps-panel" in text
    act(hr, form_id, op="add", kind="text", revision="3", at="f1")
    what = {"shown": ["label", "visible_if", "see"], "label": "所需资源", "see": ["manager"]}
    text = act(hr, form_id, op="set", revision="4", at="f2", visible_if="[需要支特]", **what)
    assert "是不是“需要支持”" in text and "改好检查里的问题" in text
    text = act(
        hr,
        form_id,
        op="set",
        revision="5",
        at="f2",
        label="所需资源",
        visible_if="[需要支持]",
        shown=["label", "visible_if"],
    )
    assert "是不是" not in text
    assert find_draft(form_id).document["fields"] == [
        {"name": "f1", "kind": "yes_no", "label": "需要支持", "required": True},
        {"name": "f2", "kind": "text", "label": "所需资源", "see": ["manager"], "visible_if": "[需要支持]"},
    ]
    with django_assert_max_num_queries(15):
        page = hr.get(reverse("lowcode:form", args=[form_id]), {"at": "f2"}).content.decode()
    assert 'id="p-visible"' in page and "有条件" in page and len(page) < 120_000
    # a condition is judged while it is written, by what the other fields offer
    offered = json.loads(re.search(r'id="formula-completions"[^>]*>(.*?)</script>', page)[1])["names"]
    assert offered == ["需要支持"]
    judge = reverse("lowcode:form_formula", args=[form_id])
    wrong = hr.post(f"{judge}?of=visible_if", {"at": "f2", "visible_if": "[需要支特]"}).content.decode()
    assert 'data-text="[需要支持]"' in wrong and 'data-tone="bad"' in wrong
    assert "可以判断" in hr.post(f"{judge}?of=visible_if", {"at": "f2", "visible_if": "[需要支持]"}).content.decode()
    assert "错误" in hr.post(f"{judge}?of=required_if", {"at": "f2", "required_if": "1 + 1"}).content.decode()
    assert "data-tone" not in hr.post(f"{judge}?of=label", {"at": "f2", "label": "["}).content.decode()


def test_phone_tries_answers_and_keeps_nothing(scene):
    form_id, hr = scene
    fields = [
        {"name": "need", "label": "需要支持", "kind": "yes_no"},
        {"name": "what", "label": "所需资源", "visible_if": "[需要支持]"},
    ]
    save_draft(form_id, document={"fields": fields}, revision=1, actor=HR, now=NOW)
    phone = reverse("lowcode:form_preview", args=[form_id])
    assert "所需资源" not in hr.post(phone, {"asked": "need", "a-need": "no"}).content.decode()
    assert "所需资源" in hr.post(phone, {"asked": "need", "a-need": "yes"}).content.decode()


def test_undo_brings_the_former_document_back_and_an_older_page_is_refused(scene):
    form_id, hr = scene
    former = json.dumps({"fields": [{"name": "a", "label": "甲"}], "note": ""})
    act(hr, form_id, op="restore", document=former, revision="1", at="")
    assert names(find_draft(form_id).document) == ["a"]
    save_draft(form_id, document={"fields": [], "note": ""}, revision=2, actor=OTHER_HR, now=NOW)
    text = act(hr, form_id, op="add", kind="text", revision="2", at="")
    assert "沈亦舟 刚刚改过" in text and find_draft(form_id).document["fields"] == []
    assert act(hr, form_id, op="restore", document="[1", revision="3", at="")
    without_script = hr.post(
        reverse("lowcode:form_act", args=[form_id]), {"op": "add", "kind": "date", "revision": "3"}
    )
    assert without_script.status_code == 302 and without_script["Location"].endswith("?at=f1")


def test_broken_document_is_still_drawn(scene):
    form_id, hr = scene
    broken = {"fields": [{"name": "a", "kind": "hologram", "label": "甲"}, 7, {"options": ["x"]}], "note": ""}
    save_draft(form_id, document=broken, revision=1, actor=HR, now=NOW)
    page = hr.get(reverse("lowcode:form", args=[form_id])).content.decode()
    assert "甲" in page and "改好检查里的问题" in page


def test_custom_fields_are_designed_on_the_same_page_and_retired_not_removed(scene):
    _, client = scene
    document = {"host": "person", "note": "", "fields": [{"name": "years", "label": "司龄", "kind": "number"}]}
    made = create_definition("fields", code="talent", name="人才档案", document=document, actor=HR, now=NOW)
    publish_definition(made.definition_id, revision=1, reason="首次发布", actor=HR, now=NOW)
    act = reverse("lowcode:form_act", args=[made.definition_id])
    page = client.get(reverse("lowcode:form", args=[made.definition_id])).content.decode()
    assert "挂在哪里" in page and "列表可筛选" in page and "填写的人" not in page
    client.post(
        act, {"op": "set", "at": "years", "revision": 0, "shown": ["label", "listed"], "label": "司龄", "listed": "1"}
    )
    client.post(act, {"op": "remove", "at": "years", "revision": 1})
    assert find_draft(made.definition_id).document["fields"][0] == {
        "name": "years",
        "label": "司龄",
        "kind": "number",
        "listed": True,
        "retired": True,
    }
    client.post(act, {"op": "bring_back", "at": "years", "revision": 2})
    client.post(act, {"op": "add", "kind": "text", "at": "years", "revision": 3})
    client.post(act, {"op": "remove", "at": "f1", "revision": 4})
    assert [one["name"] for one in find_draft(made.definition_id).document["fields"]] == ["years"]


def test_condition_says_of_how_many_past_records_it_would_show(scene):
    _, client = scene
    definition_id, version_id = make_form(
        code="past",
        document={
            "fields": [
                {"name": "fee", "label": "费用", "kind": "money"},
                {"name": "why", "label": "原因", "visible_if": "[费用] > 100"},
            ]
        },
    )
    for number, fee in enumerate(("50", "150", "200"), start=1):
        sheet = make_sheet(version_id, subject_id=number)
        hand_in_sheet(sheet.id, given={"fee": fee}, revision=0, actor=ASKED, now=NOW)
    page = client.get(reverse("lowcode:form", args=[definition_id]), {"at": "why"}).content.decode()
    assert "3 份中有 2 份会显示它" in page
