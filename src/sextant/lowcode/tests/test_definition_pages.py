"""方案中心 in the browser's words: what it shows, what it costs, what its buttons do, and who is refused."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.lowcode.actions.definitions import save_draft
from sextant.lowcode.queries.definitions import find_current, find_definition, find_draft, list_versions
from sextant.lowcode.tests.definition_makers import HR, NOW, formula, make_formula

PAGE_QUERIES, PAGE_BYTES = 15, 120 * 1024


def sign_in(name, *roles):
    user = User.objects.create(username=name, name=name, password="!", created_at=NOW)
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=NOW) for role in roles])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def hr(db, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    return sign_in("许念安", Role.HR)


def read(client, name, /, *args, **query):
    with CaptureQueriesContext(connection) as spent:
        response = client.get(reverse(f"lowcode:{name}", args=args), query)
    assert response.status_code == 200 and len(spent) <= PAGE_QUERIES, [one["sql"][:90] for one in spent]
    assert len(response.content) < PAGE_BYTES
    return response.content.decode()


def send(client, name, /, *args, **fields):
    response = client.post(reverse(f"lowcode:{name}", args=args), fields, follow=True)
    return response.content.decode()


def test_the_centre_shows_everything_at_a_constant_cost(hr):
    page = read(hr, "definitions")
    assert "还没有方案" in page and "目标模板" in page and reverse("metrics:library") in page
    one = make_formula(text="2", name="季度绩效得分" * 8)
    save_draft(one, document=formula("3"), revision=0, actor=HR, now=NOW)
    for place in range(35):
        make_formula(f"formula_{place}", name=f"公式 {place}", is_published=place % 2)
    page = read(hr, "definitions", q="季度")
    for text in ("v1 · 有改动", "与 v1 相比", "修改", '<del class="sx-del">2</del>', "发布 v2", "使用中", "首次发布"):
        assert text in page, text
    assert "草稿" in read(hr, "definitions", kind="formula", page=2)
    assert "没有符合条件的方案" in read(hr, "definitions", q="没有这样的")
    part = hr.get(reverse("lowcode:definition", args=[one]), headers={"HX-Request": "true"}).content.decode()
    assert "发布 v2" in part and "<table" not in part.split("版本")[0]
    schema = json.loads(hr.get(reverse("lowcode:definition_schema", args=["formula"])).content)
    assert schema["title"] == "公式"
    assert hr.get(reverse("lowcode:definition_schema", args=["poem"])).status_code == 404
    auditor = sign_in("auditor", Role.AUDITOR)
    page = read(auditor, "definition", one)
    assert "与 v1 相比" in page and "发布 v2" not in page and "放弃草稿" not in page
    assert "目标模板" not in page, "no way to where the reader is refused"


def test_the_buttons_publish_roll_back_and_retire(hr):
    page = send(hr, "definition_new", kind="formula", name="得分", code="Wrong Code")
    assert "不能用" in page
    send(hr, "definition_new", kind="formula", name="得分", code="score")
    page = read(hr, "definitions")
    assert "sx-note-bad" in page and "发布 v1" not in page, "an empty formula stays a draft, and the page says why"
    one = find_definition("formula", "score")
    save_draft(one, document=formula("1"), revision=1, actor=HR, now=NOW)
    assert "请写明改动原因" in send(hr, "definition_publish", one, revision=2, when="now", reason="x")
    assert "请选择日期" in send(hr, "definition_publish", one, revision=2, when="day", reason="因为")
    assert "刚刚有人改过" in send(hr, "definition_publish", one, revision=1, when="now", reason="因为")
    assert "已发布 v1" in send(hr, "definition_publish", one, revision=2, when="now", reason="因为")
    save_draft(one, document=formula("2"), revision=0, actor=HR, now=NOW)
    waiting = send(hr, "definition_publish", one, revision=1, when="day", from_on="2026-12-01", reason="下月起")
    assert "v2 · 待生效" in waiting and "2026-12-01 00:00 生效" in waiting
    assert "已撤回 v2" in send(hr, "definition_act", one, act="withdraw", number=2)
    assert "已按 v2 建立草稿" in send(hr, "definition_act", one, act="roll_back", number=2)
    assert "由另一个人审核后发布" in send(hr, "definition_review", "formula", needed="1")
    assert "提交审核" in read(hr, "definition", one)
    assert "已提交审核" in send(hr, "definition_act", one, act="submit", revision=1)
    assert "要由另一个人发布" in send(hr, "definition_publish", one, revision=1, when="now", reason="因为")
    assert "已退回起草" in send(hr, "definition_act", one, act="return")
    assert "已放弃草稿" in send(hr, "definition_act", one, act="discard", revision=1)
    assert "已停用" in send(hr, "definition_act", one, act="retire")
    assert "已恢复" in send(hr, "definition_act", one, act="restore")
    assert find_current("formula", "score", on=NOW).document["text"] == "1"
    assert [row.number for row in list_versions(one)] == [2, 1]
    assert hr.post(reverse("lowcode:definition_act", args=[one]), {"act": "dance"}).status_code == 404
    assert hr.get(reverse("lowcode:definition", args=[10**6])).status_code == 404


def test_files_are_looked_at_before_they_are_taken(hr):
    one = make_formula(text="2")
    address = reverse("lowcode:definition_file", args=[one, 1])
    answer = hr.get(address)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="formula.bonus.yaml"'

    def offer(act):
        changed = answer.content.decode().replace("'2'", "'3'").encode()
        files = [SimpleUploadedFile("../../a.yaml", changed), SimpleUploadedFile("b<i>.yaml", b"kind: [")]
        return hr.post(reverse("lowcode:definition_import"), {"act": act, "files": files}).content.decode()

    looked = offer("look")
    assert "改动" in looked and "不是有效的 YAML" in looked and "b<i>" not in looked and find_draft(one) is None
    assert "已导入 1 个方案" in offer("take")
    assert find_draft(one).document["text"] == "3"
