"""A sheet over HTTP: filled in with and without a script, with files, by the one it is about and nobody else."""

import io

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.lowcode.actions.sheets import save_sheet
from sextant.lowcode.models import FormSheet
from sextant.lowcode.tests.definition_makers import NOW
from sextant.lowcode.tests.form_makers import ASKED, STRANGER, fields, make_form, make_sheet
from sextant.lowcode.tests.test_definition_pages import sign_in

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000"
    "000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture
def scene(db):
    """A sheet about one person, and clients of that person and of a stranger."""
    proof = {"name": "proof", "label": "证据", "kind": "file"}
    made = make_sheet(make_form(document={"fields": [*fields(), proof], "note": "五个工作日内填好"})[1])
    return made.id, sign_in(ASKED.label, Role.EMPLOYEE), sign_in(STRANGER.label, Role.EMPLOYEE)


def page(client, sheet_id):
    return client.get(reverse("lowcode:sheet", args=[sheet_id]))


def send(client, sheet_id, *, autosave=False, **posted):
    headers = {"X-Autosave": "1"} if autosave else {}
    asked = ["need", "what", "costs", "why", "proof"]
    return client.post(reverse("lowcode:sheet_save", args=[sheet_id]), {"asked": asked, **posted}, headers=headers)


def test_sheet_is_filled_in_refused_with_reasons_and_handed_in(scene, django_assert_max_num_queries):
    sheet_id, own, _ = scene
    with django_assert_max_num_queries(15):
        text = page(own, sheet_id).content.decode()
    assert "五个工作日内填好" in text and "主管意见" not in text
    assert len(text) < 120_000
    refused = send(own, sheet_id, act="hand_in", revision="0", **{"a-need": "yes", "a-costs-0-fee": "三千"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "“三千”不是数字" in text and "请填写“所需资源”。" in text
    assert FormSheet.objects.get(id=sheet_id).answers == {"need": True}, "what could be read is kept"
    done = send(
        own,
        sheet_id,
        act="hand_in",
        revision="1",
        **{"a-need": "yes", "a-what": "样机", "a-costs-0-item": "样机", "a-costs-0-fee": "3000"},
    )
    assert done.status_code == 302
    text = page(own, sheet_id).content.decode()
    assert "已提交，不能再改" in text and "3000" in text and "<textarea" not in text


def test_script_is_told_what_to_show(scene):
    sheet_id, own, _ = scene
    answer = send(own, sheet_id, autosave=True, revision="0", **{"a-need": "yes", "a-costs-3-fee": "12.5"}).json()
    assert answer["revision"] == 1
    assert "what" in answer["shown"] and answer["computed"] == {"total": "12.5"}
    answer = send(own, sheet_id, autosave=True, revision="1", **{"a-need": "no", "a-costs-0-fee": "1e9"}).json()
    assert "what" not in answer["shown"] and list(answer["problems"]) == ["costs"]


def test_what_somebody_else_wrote_meanwhile_is_shown(scene):
    sheet_id, own, _ = scene
    save_sheet(sheet_id, given={"why": "样机"}, revision=0, actor=ASKED, now=NOW)
    answer = send(own, sheet_id, autosave=True, revision="0", **{"a-why": "培训"}).json()
    assert answer["clashes"] == [{"name": "why", "theirs": "样机"}]
    text = own.post(
        reverse("lowcode:sheet_save", args=[sheet_id]), {"asked": "why", "revision": "0", "a-why": "培训"}, follow=True
    ).content.decode()
    assert "您写的是“培训”" in text and ">样机<" in text


def test_file_is_kept_given_back_and_taken_out(scene):
    sheet_id, own, stranger = scene
    upload = io.BytesIO(PNG)
    upload.name = "截图.png"
    assert send(own, sheet_id, revision="0", **{"u-proof": upload}).status_code == 302
    [file] = FormSheet.objects.get(id=sheet_id).answers["proof"]
    address = reverse("lowcode:sheet_file", args=[sheet_id, file["file"]])
    assert b"".join(own.get(address).streaming_content) == PNG
    assert stranger.get(address).status_code == 404
    assert own.get(reverse("lowcode:sheet_file", args=[sheet_id, file["file"] + 1])).status_code == 404
    send(own, sheet_id, revision="1")
    assert "proof" not in FormSheet.objects.get(id=sheet_id).answers
    wrong = io.BytesIO(b"MZ not a picture")
    wrong.name = "a.png"
    send(own, sheet_id, revision="2", **{"u-proof": wrong})
    assert "“a.png”的内容不是" in page(own, sheet_id).content.decode()


def test_stranger_finds_nothing_and_an_old_page_is_told_so(scene):
    sheet_id, own, stranger = scene
    assert page(stranger, sheet_id).status_code == 404
    assert send(stranger, sheet_id, revision="0").status_code == 404
    assert send(own, sheet_id, autosave=True, revision="9").status_code == 409
    foreign = {"asked": "answer", "revision": "0", "a-answer": "好"}
    assert own.post(reverse("lowcode:sheet_save", args=[sheet_id]), foreign).status_code == 302
    assert FormSheet.objects.get(id=sheet_id).answers == {}
