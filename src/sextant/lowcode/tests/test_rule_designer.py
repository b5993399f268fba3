"""The rule designer over HTTP: sentences, acts, stale saves, and what it draws of broken documents."""

import json

import pytest
from django.urls import reverse
from django.utils import translation

from sextant.foundation.access.contracts import Role
from sextant.lowcode.actions.definitions import create_definition, save_draft
from sextant.lowcode.messages import rule_sentences
from sextant.lowcode.messages.rule_sentences import TEMPLATES, cut, fill, slots_of
from sextant.lowcode.queries.definitions import find_draft
from sextant.lowcode.tests.definition_makers import HR, NOW, OTHER_HR
from sextant.lowcode.tests.test_definition_pages import sign_in

EMPTY = {"when": {"kind": "light", "to": ["red"]}, "about": {"context": "person_cycle"}, "condition": "", "actions": []}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_clause_has_the_same_slots_in_each_language(language):
    wanted = {code: set(slots_of(code)) for code in TEMPLATES}
    with translation.override(language):
        for code in TEMPLATES:
            slots = slots_of(code)
            assert set(slots) == wanted[code] and len(set(slots)) == len(slots), code
            assert fill(code, dict.fromkeys(slots, "x")).count("x") >= len(slots)


def test_words_and_slots_come_in_the_order_of_the_language(monkeypatch):
    assert cut("line.of") == [(True, "figure"), (True, "sign"), (True, "of"), (False, "的"), (True, "number")]
    english = {**TEMPLATES, "line.of": "%(figure)s is %(sign)s %(number)s of %(of)s"}
    monkeypatch.setattr(rule_sentences, "TEMPLATES", english)
    assert slots_of("line.of") == ["figure", "sign", "number", "of"]
    assert fill("line.of", {"figure": "visits", "sign": "below", "number": "70%"}) == "visits is below 70% of —"


@pytest.fixture
def scene(db, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    made = create_definition("rule", code="falling", name="业绩连续走低预警", document=EMPTY, actor=HR, now=NOW)
    return made.definition_id, sign_in("许念安", Role.HR)


def act(client, rule_id, **posted):
    """One act on the newest revision, and the answer."""
    data = {"revision": find_draft(rule_id).revision, **posted}
    answer = client.post(reverse("lowcode:rule_act", args=[rule_id]), data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def document(rule_id):
    return find_draft(rule_id).document


def test_rule_is_built_from_an_empty_page(scene, django_assert_max_num_queries):
    rule_id, hr = scene
    assert "没有条件，每次都成立" in hr.get(reverse("lowcode:rule_design", args=[rule_id])).content.decode()
    act(hr, rule_id, op="set", at="when", kind="schedule")
    act(
        hr, rule_id, op="set", at="when", kind="schedule", every="weekly", weekday="1", hour="8", context="person_cycle"
    )
    act(hr, rule_id, op="add", at="c:", what="line")
    act(hr, rule_id, op="set", at="c:0", figure="完成率", sign="<", number="７０ ％")
    act(hr, rule_id, op="set", at="c:0", figure="完成率", sign="<", number="７０ ％")
    act(hr, rule_id, op="add", at="c:", what="group")
    act(hr, rule_id, op="set", at="c:1", kind="none")
    act(hr, rule_id, op="set", at="c:1.0", figure="职务")
    act(hr, rule_id, op="set", at="c:1.0", figure="职务", sign="=", word='见习"生')
    act(hr, rule_id, op="set", at="hold", weeks="2")
    text = act(hr, rule_id, op="add", at="a:", do="task")
    assert 'data-chosen="a:0"' in text and "请" in text and "个工作日内完成" in text
    said = {"to_source": ["about", "people.line_manager"], "to": ["1"], "to_1_grade": "9", "shown": ["to"]}
    act(hr, rule_id, op="set", at="a:0", title="写明原因", days="3", needs_yes="1", **said)
    act(hr, rule_id, op="set", at="but", kind="window", quiet="at_once")
    built = document(rule_id)
    assert find_draft(rule_id).name == "业绩连续走低预警"
    assert built["when"] == {"kind": "schedule", "every": "weekly", "weekday": 1, "hour": 8}
    assert built["condition"] == {"all": ["[完成率] < 70%", {"none": ['[职务] = "见习""生"']}]}
    asked = [{"source": "people.line_manager", "params": {"grade": 9}}]
    assert built["actions"] == [{"do": "task", "title": "写明原因", "days": 3, "to": asked, "needs_yes": True}]
    assert (built["weeks"], built["repeat"], built["quiet"]) == (2, {"kind": "window", "days": 14}, "at_once")
    with django_assert_max_num_queries(15):
        page = hr.get(reverse("lowcode:rule_design", args=[rule_id])).content.decode()
    assert "直属主管（9）" in page and "人力资源</option>" not in page and "都不 成立" in page and len(page) < 120_000


def test_line_is_compared_with_another_name_asked_for_data_and_written_as_a_formula(scene):
    rule_id, hr = scene
    act(hr, rule_id, op="add", at="c:", what="line")

    def line(**posted):
        act(hr, rule_id, op="set", at="c:0", **posted)
        return document(rule_id)["condition"]["all"][0]

    assert line(figure="红灯数") == "[红灯数] >= 1"
    assert line(figure="红灯数", sign="<*", number="1") == "[红灯数] < [目标得分] * 100%"
    assert line(figure="红灯数", sign="<*", of="目标数", number="70%") == "[红灯数] < [目标数] * 70%"
    assert line(figure="红灯数", sign="<*", of="目标数", number="七成") == "[红灯数] < [目标数] * 70%"
    assert line(figure="红灯数", sign="missing") == "ISBLANK([红灯数])"
    assert line(figure="红灯数", sign=">=") == "[红灯数] >= 1"
    opened = act(hr, rule_id, op="formula", at="c:0")
    assert 'id="c-0-text"' in opened and "[红灯数] &gt;= 1" in opened
    assert line(text="[红灯数] + [黄灯数] > 3") == "[红灯数] + [黄灯数] > 3"
    assert line(figure="完成率", sign="<") == "[红灯数] + [黄灯数] > 3"  # a free formula has no parts to set
    assert "sx-line-code" in act(hr, rule_id, op="", at="c:0")
    assert line(text="[完成率] < 0.6") == "[完成率] < 0.6"
    assert 'id="c-0-number"' in act(hr, rule_id, op="", at="c:0")


def test_lines_and_acts_are_moved_switched_off_and_taken_back(scene):
    rule_id, hr = scene
    start = {**EMPTY, "condition": {"all": ["[红灯数] > 1", {"any": ["[黄灯数] > 2"]}]}}
    start["actions"] = [{"do": "points", "points": 1}, {"do": "flow", "flow": ""}]
    act(hr, rule_id, op="restore", document=json.dumps(start))
    text = act(hr, rule_id, op="down", at="c:0")
    assert 'data-chosen="c:0.0"' in text
    assert document(rule_id)["condition"] == {"all": [{"any": ["[红灯数] > 1", "[黄灯数] > 2"]}]}
    act(hr, rule_id, op="move", at="c:0.1", into="", to="0")
    assert document(rule_id)["condition"] == {"all": ["[黄灯数] > 2", {"any": ["[红灯数] > 1"]}]}
    act(hr, rule_id, op="move", at="a:0", to="2")
    act(hr, rule_id, op="up", at="a:1")
    assert [one["do"] for one in document(rule_id)["actions"]] == ["points", "flow"]
    assert 'aria-checked="false"' in act(hr, rule_id, op="switch", on="0")
    assert document(rule_id)["on"] is False
    for place in ("c:1.0", "c:0"):
        act(hr, rule_id, op="remove", at=place)
    assert document(rule_id)["condition"] == ""
    for wrong in ("c:9.9", "a:77", "x", "", "c:0.x"):
        before = document(rule_id)
        for op in ("set", "up", "remove", "move", "formula", "explode"):
            act(hr, rule_id, op=op, at=wrong, to="1", text="x")
        assert document(rule_id) == before
    act(hr, rule_id, op="restore", document="[1")
    assert document(rule_id) == before


def test_older_page_is_refused_and_told_what_somebody_else_changed(scene):
    rule_id, hr = scene
    save_draft(rule_id, document={**EMPTY, "quiet": "at_once"}, revision=1, actor=OTHER_HR, now=NOW)
    text = act(hr, rule_id, op="add", at="a:", do="notice", revision=1)
    assert "沈亦舟 刚刚改过" in text and "免打扰时段" in text and "立即执行" in text
    assert document(rule_id)["actions"] == []
    plain = hr.post(reverse("lowcode:rule_act", args=[rule_id]), {"op": "add", "at": "a:", "do": "flow", "revision": 2})
    assert plain.status_code == 302 and plain["Location"].endswith("?at=a:0")


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {
            "when": 7,
            "about": [],
            "condition": {"all": [7, {"some": []}, {"any": "x"}]},
            "actions": [{"do": "dance"}, 3],
        },
        {
            "when": {"kind": "hologram"},
            "condition": {"all": ["1 +", "[没有] > 1"]},
            "actions": [{"do": "notice", "to": 7}],
        },
        {"when": {"kind": "light", "to": 7}, "actions": [{"do": "task", "to": [7, {"source": "x", "params": 7}]}]},
        {"when": {"kind": "schedule", "every": "hourly"}, "repeat": {"kind": "never"}, "actions": {"do": "x"}},
    ],
)
def test_broken_document_is_still_drawn(scene, broken):
    rule_id, hr = scene
    save_draft(rule_id, document=broken, revision=1, actor=HR, now=NOW)
    page = hr.get(reverse("lowcode:rule_design", args=[rule_id]))
    assert page.status_code == 200 and "当" in page.content.decode()
    act(hr, rule_id, op="add", at="a:", do="notice")
    assert document(rule_id)["actions"][-1]["do"] == "notice"


def test_definition_of_another_kind_is_not_there(scene):
    _rule_id, hr = scene
    form_id = create_definition("form", code="other", name="表", actor=HR, now=NOW).definition_id
    for name in ("rule_design", "rule_log", "rule_why"):
        assert hr.get(reverse(f"lowcode:{name}", args=[form_id])).status_code == 404
