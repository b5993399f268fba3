"""The page of the flow designer: every act saves the draft, what is wrong is told with its remedy."""

import json

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.lowcode.actions.definitions import create_definition, publish_definition, save_draft
from sextant.lowcode.policy.flow_tree import steps_of
from sextant.lowcode.queries.definitions import find_draft
from sextant.lowcode.tests.definition_makers import HR, NOW, OTHER_HR
from sextant.lowcode.tests.flow_makers import approve, end, persons
from sextant.lowcode.tests.form_makers import make_form
from sextant.lowcode.tests.test_definition_pages import sign_in


@pytest.fixture
def scene(db, monkeypatch, company):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    made = create_definition("flow", code="expense", name="费用审批", actor=HR, now=NOW)
    return made.definition_id, sign_in("许念安", Role.HR)


def act(client, flow_id, op, at="", status=200, **posted):
    posted = {"op": op, "at": at, "revision": str(find_draft(flow_id).revision), **posted}
    answer = client.post(reverse("lowcode:flow_design_act", args=[flow_id]), posted, headers={"HX-Request": "true"})
    assert answer.status_code == status
    return answer.content.decode()


def step(flow_id, code):
    return next(one for one in steps_of(find_draft(flow_id).document) if one["code"] == code)


def test_flow_is_made_from_an_empty_page(scene, django_assert_max_num_queries):
    flow_id, hr = scene
    page = hr.get(reverse("lowcode:flow_design", args=[flow_id])).content.decode()
    assert "加第一步" in page and "流程还没有步骤" in page
    make_form("expense_form", document={"fields": [{"name": "amount", "kind": "money", "label": "报销金额"}]})
    text = act(hr, flow_id, "add", kind="form", to="")
    assert 'data-chosen="s1"' in text and "没有设时限" in text and "发起人" in text
    what = {"shown": ["name", "form", "assignees"], "name": "填写", "form": "expense_form"}
    act(hr, flow_id, "set", "s1", **what, **{"a-n": "1", "a-0-source": "starter"})
    assert step(flow_id, "s1") == {
        "code": "s1",
        "kind": "form",
        "name": "填写",
        "form": "expense_form",
        "next": "end",
        "assignees": [{"source": "starter", "params": {}}],
    }
    assert find_draft(flow_id).document["fields"] == [{"name": "报销金额", "type": "number"}]
    assert find_draft(flow_id).name == "费用审批", "naming a step renames no flow"
    act(hr, flow_id, "add", kind="branch", to="s1")
    text = act(hr, flow_id, "set", "s2:0", name="大额", text="[报销金颔] > 50000")
    assert "改成 [报销金额]" in text and "大额" in text
    act(hr, flow_id, "write_condition", "s2:0", value="[报销金额] > 50000")
    text = act(hr, flow_id, "add", kind="approve", to="s2:0")
    assert "[报销金额] &gt; 50000" in text
    text = act(hr, flow_id, "set", "s3", shown="assignees", **{"a-n": "0"})
    assert "没有指定由谁处理" in text and "交给直属主管" in text
    act(hr, flow_id, "ask_manager", "s3")
    act(hr, flow_id, "add_limit", "s3")
    limit = {"shown": "limits", "l-n": "1", "l-0-code": "r1", "l-0-amount": "4", "l-0-unit": "hour"}
    act(hr, flow_id, "set", "s3", **limit, **{"l-0-do": "escalate", "l-0-t-n": "1", "l-0-t-0-source": "people.role"})
    to = [{"source": "people.role", "params": {"role": "hr"}}]
    assert step(flow_id, "s3")["limits"] == [
        {"code": "r1", "after": {"amount": 4, "unit": "hour"}, "do": "escalate", "to": to}
    ]
    act(hr, flow_id, "set", "s3", **limit, **{"l-0-do": "escalate", "l-0-t-n": "0"})
    act(hr, flow_id, "ask_manager", "s3")
    assert step(flow_id, "s3")["limits"][0]["to"] == [{"source": "people.line_manager", "params": {}}]
    act(hr, flow_id, "set", "s3", **limit, **{"l-0-do": "escalate"})
    assert step(flow_id, "s3")["limits"][0]["to"] == to, "what escalates from now on, to HR"
    text = act(hr, flow_id, "add_limit", "s1")
    assert "可以发布" in text and "升级到人力资源" in text
    with django_assert_max_num_queries(15):
        page = hr.get(reverse("lowcode:flow_design", args=[flow_id]), {"at": "s2:0"}).content.decode()
    assert "去发布" in page and 'aria-current="true"' in page and "运行中" not in page


def test_act_that_would_break_the_flow_is_refused_in_words(scene):
    flow_id, hr = scene
    act(hr, flow_id, "add", kind="approve", to="")
    before = find_draft(flow_id).document
    act(hr, flow_id, "add", kind="approve", to="s1")
    text = act(hr, flow_id, "end", to="s1")
    assert "没有改动。否则：没有路走到" in text and len(steps_of(find_draft(flow_id).document)) == 3
    act(hr, flow_id, "restore", document=json.dumps(before))
    assert find_draft(flow_id).document == before
    old = str(find_draft(flow_id).revision)
    save_draft(flow_id, document={"fields": [], "steps": []}, revision=int(old), actor=OTHER_HR, now=NOW)
    assert "沈亦舟 刚刚改过" in act(hr, flow_id, "add", kind="wait", to="", revision=old)
    assert steps_of(find_draft(flow_id).document) == []
    url = reverse("lowcode:flow_design_act", args=[flow_id])
    posted = {"op": "add", "kind": "wait", "to": "", "revision": str(find_draft(flow_id).revision)}
    without_script = hr.post(url, posted)
    assert without_script.status_code == 302 and without_script["Location"].endswith("?at=s1")
    assert "在此添加步骤" in hr.get(reverse("lowcode:flow_design", args=[flow_id]), {"add": "s1"}).content.decode()


def test_persons_rows_and_starters_are_read_from_the_panel(scene):
    flow_id, hr = scene
    act(hr, flow_id, "add", kind="approve", to="")
    shown = {"shown": ["assignees", "quorum", "count"], "quorum": "count", "count": "2", "a-n": "2"}
    rows = {"a-0-source": "person", "a-0-ids": ["2"], "a-0-add": "查无此人", "a-1-source": "people.line_manager"}
    text = act(hr, flow_id, "set", "s1", redraws="1", **shown, **rows, **{"a-1-grade": "9"})
    assert "找不到“查无此人”" in text and "何书瑶" in text
    assert step(flow_id, "s1")["assignees"] == [
        {"source": "person", "params": {"ids": [2]}},
        {"source": "people.line_manager", "params": {"grade": 9}},
    ]
    assert "2 人同意即可" in text and "主管（9 级以上）" in text
    act(hr, flow_id, "drop:a-1", "s1", **shown, **rows)
    act(hr, flow_id, "grow:l", "s1", shown="limits", **{"l-n": "0"})
    act(hr, flow_id, "unname:a-0:2", "s1", shown="assignees", **{"a-n": "1", "a-0-source": "person", "a-0-ids": "2"})
    assert step(flow_id, "s1")["assignees"] == [{"source": "person", "params": {"ids": []}}]
    assert step(flow_id, "s1")["limits"][0]["code"] == "r1"
    some = {"who": "some", "w-n": "1", "w-0-source": "people.role", "w-0-role": "hr", "may_withdraw": "1"}
    act(hr, flow_id, "set", "@start", note="先和主管说一声", **some)
    document = find_draft(flow_id).document
    assert document["starters"] == {"who": "some", "among": [{"source": "people.role", "params": {"role": "hr"}}]}
    assert document["note"] == "先和主管说一声" and document["may_withdraw"] is True
    act(hr, flow_id, "grow:f", "@fields", **{"f-n": "0"})
    text = act(
        hr, flow_id, "set", "@fields", **{"f-n": "1", "f-0-was": "数据", "f-0-name": "金额", "f-0-type": "number"}
    )
    assert find_draft(flow_id).document["fields"] == [{"name": "金额", "type": "number"}]
    found = hr.get(reverse("lowcode:flow_people", args=[flow_id]), {"q": "何"}).json()
    assert found == {"people": [{"name": "何书瑶", "note": ""}]}
    judged = hr.post(reverse("lowcode:flow_condition", args=[flow_id]), {"text": "[金额] >"}).content.decode()
    assert "data-problems" in judged and "可以判断" not in judged


def test_real_flow_fits_the_page(scene, django_assert_max_num_queries):
    flow_id, hr = scene
    long = "集团总部及各事业部年度重大专项采购与费用报销联合审批"
    ways = [f"w{place}" for place in range(5)]
    arms = [{"when": f"[金额] > {5 - place}", "next": way, "name": f"{long}{place}"} for place, way in enumerate(ways)]
    steps = [
        *(approve(f"a{place}", persons(1, 2, 3), then=f"a{place + 1}", name=f"{long}{place}") for place in range(20)),
        {"code": "a20", "kind": "branch", "name": long, "arms": [*arms, {"when": "", "next": "z"}]},
        *(approve(way, persons(4, 66), then="z") for way in ways),
        end(),
    ]
    document = {"fields": [{"name": "金额", "type": "number"}], "steps": steps}
    save_draft(flow_id, document=document, revision=1, actor=HR, now=NOW)
    publish_definition(flow_id, revision=2, reason="试用", actor=HR, now=NOW)
    with django_assert_max_num_queries(15):
        page = hr.get(reverse("lowcode:flow_design", args=[flow_id])).content.decode()
    assert len(page) < 120_000 and page.count("sx-cond") >= 6
    broken = {"steps": [{"code": "a", "kind": "hologram"}, 7], "fields": "x"}
    save_draft(flow_id, document=broken, revision=0, actor=HR, now=NOW)
    assert hr.get(reverse("lowcode:flow_design", args=[flow_id])).status_code == 200
