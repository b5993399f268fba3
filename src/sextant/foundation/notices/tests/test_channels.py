"""Each channel against a stub of its API: what it is sent, and how its answers are read."""

import email
import json
from email.policy import default
from urllib.parse import parse_qs, urlsplit

import pytest

from sextant.foundation.notices.channels import dingtalk, feishu
from sextant.foundation.notices.channels.contracts import Message, SendFailed
from sextant.foundation.notices.channels.dingtalk import DingTalkRobot
from sextant.foundation.notices.channels.email import MailServer
from sextant.foundation.notices.channels.feishu import FeishuRobot
from sextant.foundation.notices.channels.other import OtherService
from sextant.foundation.notices.channels.sms import SmsGateway
from sextant.foundation.notices.channels.wecom import WeComRobot
from sextant.foundation.outbound.calls import Caller
from sextant.foundation.outbound.tests.stub import Mailbox, mail_stub, web_stub

HERE = frozenset({"127.0.0.1"})
MESSAGE = Message("notice-7", "13800006021", "周以宁", "计划待你签署", '再看一遍 "各项"', "", "请登录六分仪查看。")


def said(answer: dict[str, object]):
    return lambda asked: (200, json.dumps(answer).encode())


def test_robots_name_the_person_and_sign_as_their_vendors_say() -> None:
    with web_stub(said({"errcode": 0, "code": 0})) as stub:
        caller = Caller(allowed_hosts=HERE)
        for robot in (
            WeComRobot(url=f"{stub.url}/wecom?key=k", caller=caller),
            DingTalkRobot(url=f"{stub.url}/ding?access_token=t", sign="SEC", caller=caller, clock=lambda: 1795255200.5),
            FeishuRobot(url=f"{stub.url}/hook/h", sign="SEC", caller=caller, clock=lambda: 1795255200.5),
        ):
            assert robot.send(MESSAGE).is_confirmed
        caller.__exit__(None, None, None)
    wecom, ding, lark = (json.loads(one.body) for one in stub.asked)
    text = '计划待你签署\n再看一遍 "各项"\n请登录六分仪查看。'
    assert wecom == {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": ["13800006021"]}}
    assert ding["at"] == {"atMobiles": ["13800006021"], "isAtAll": False} and "@13800006021" in ding["text"]["content"]
    signed = parse_qs(urlsplit(stub.asked[1].path).query)
    assert signed["timestamp"] == ["1795255200500"] and signed["sign"] == [dingtalk.sign("SEC", "1795255200500")]
    assert lark["content"]["text"].startswith('<at user_id="13800006021">周以宁</at> 计划')
    assert (lark["timestamp"], lark["sign"]) == ("1795255200", feishu.sign("SEC", "1795255200"))


def test_signatures_are_those_another_program_makes() -> None:
    # made with openssl: printf … | openssl dgst -sha256 -hmac … -binary | base64
    assert dingtalk.sign("SEC", "1") == "3KZIhMzb3vx2uIxYqE3AoV0z65ctlCr2gwV1u5ipMJo="
    assert feishu.sign("SEC", "1") == "xF6bmMWrulQjVqoxr22uj9eLI3+kMwtLdNECgjJxDRg="


@pytest.mark.parametrize(
    ("answer", "code", "is_whole"),
    [
        ((200, b'{"errcode": 45009, "errmsg": "too often"}'), "busy", True),
        ((200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'), "refused_us", True),
        ((200, b'{"errcode": 40058, "errmsg": "content exceed"}'), "refused", False),
        ((200, b"<html>"), "not_understood", True),
        ((503, b"later"), "busy", True),
        ((302, b""), "refused_us", True),
        ((400, b"bad"), "refused", False),
    ],
)
def test_an_answer_says_whether_the_message_or_the_whole_channel_failed(answer, code: str, is_whole: bool) -> None:
    with web_stub(lambda _: answer) as stub, Caller(allowed_hosts=HERE) as caller, pytest.raises(SendFailed) as caught:
        WeComRobot(url=stub.url, caller=caller).send(MESSAGE)
    assert (caught.value.code, caught.value.is_whole) == (code, is_whole)


def test_a_receiver_that_hangs_or_hides_inside_is_left_in_time() -> None:
    with web_stub(said({}), hangs=True) as stub:
        with Caller(allowed_hosts=HERE, seconds=0.2) as caller, pytest.raises(SendFailed) as hanging:
            WeComRobot(url=stub.url, caller=caller).send(MESSAGE)
        with Caller(allowed_hosts=()) as caller, pytest.raises(SendFailed) as inside:
            WeComRobot(url=stub.url, caller=caller).send(MESSAGE)
    assert (hanging.value.code, inside.value.code) == ("silent", "host_private")
    assert len(stub.asked) == 1


def test_a_gateway_is_spoken_to_by_template_and_judged_by_condition() -> None:
    settings = {"format": "json", "template": '{"to": "{phone}", "text": "{text}", "nonce": "{id}"}'}
    settings |= {"success": "code == '0'", "id_path": "data.id"}
    answers = iter([{"code": "0", "data": {"id": "m1"}}, {"code": "7"}, {}])
    with web_stub(lambda _: (200, json.dumps(next(answers)).encode())) as stub, Caller(allowed_hosts=HERE) as caller:
        gateway = SmsGateway(settings={**settings, "url": stub.url}, headers={"Authorization": "k"}, caller=caller)
        sent = gateway.send(MESSAGE)
        assert (sent.remote_id, sent.is_confirmed) == ("m1", False)
        with pytest.raises(SendFailed):
            gateway.send(MESSAGE)
        form = SmsGateway(
            settings={"format": "form", "template": "m={phone}&c={text}", "url": stub.url}, headers={}, caller=caller
        )
        form.send(MESSAGE)
    first, _, third = stub.asked
    assert first.headers["authorization"] == "k"
    assert json.loads(first.body) == {
        "to": "13800006021",
        "text": '计划待你签署\n再看一遍 "各项"\n请登录六分仪查看。',
        "nonce": "notice-7",
    }
    assert parse_qs(third.body.decode())["c"][0].startswith("计划待你签署")


def server_at(box: Mailbox, **changes: object) -> MailServer:
    usual = {"security": "none", "username": "", "password": "", "sender": "六分仪 <notice@example.com>"}
    return MailServer(**{"host": "127.0.0.1", "port": box.port, "allowed": HERE, **usual, **changes})  # type: ignore[arg-type]


def test_mails_share_a_connection_and_keep_their_id() -> None:
    with mail_stub() as box:
        box.refused.add("gone@")
        server = server_at(box)
        for to in ("a@example.com", "b@example.com"):
            server.send(Message("notice-7", to, "周", "第一行\n第二行", "正文", "", "链接"))
        with pytest.raises(SendFailed) as caught:
            server.send(Message("notice-8", "gone@example.com", "周", "x", "y", ""))
        server.close()
    assert (caught.value.code, caught.value.is_final, caught.value.is_whole) == ("no_such_mailbox", True, False)
    assert (len(box.mails), box.connections) == (2, 1)
    mail = email.message_from_bytes(box.mails[0], policy=default)
    assert (mail["Message-ID"], mail["Subject"]) == ("<notice-7@example.com>", "第一行 第二行")
    with pytest.raises(SendFailed) as away:
        server_at(box).send(MESSAGE)
    assert (away.value.code, away.value.is_whole) == ("no_connection", True)


def test_any_other_service_goes_through_apprise() -> None:
    with web_stub(said({})) as stub:
        OtherService(url=f"json://127.0.0.1:{stub.port}/{{to}}").send(MESSAGE)
    assert stub.asked[0].path.startswith("/13800006021")
    assert json.loads(stub.asked[0].body)["title"] == "计划待你签署"
