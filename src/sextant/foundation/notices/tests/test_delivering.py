"""Deliveries leave once, survive a dead server and a dead worker, and are given up in the end."""

import email
import importlib
import json
from datetime import timedelta
from email.policy import default

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.foundation.notices.actions.delivering import deliver, list_due_kinds, release_dead_claims
from sextant.foundation.notices.actions.escalating import escalate_unread
from sextant.foundation.notices.contracts import ChannelKind
from sextant.foundation.notices.models import Channel, ContactPoint, Delivery, Habits, Notice
from sextant.foundation.notices.tests.makers import NOON, make_channel, make_recipient, tell
from sextant.foundation.outbound.tests.stub import Mailbox, mail_stub, web_stub
from sextant.foundation.secrets import seal

EMAIL = ChannelKind.EMAIL
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def inside(settings) -> None:
    settings.SEXTANT_OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    settings.SEXTANT_ADDRESS = "https://sextant.example.com"


def make_mail_channel(port: int) -> Channel:
    said = {"host": "127.0.0.1", "port": str(port), "security": "none", "sender": "notice@example.com"}
    return make_channel(EMAIL, settings=said)


def states() -> list[tuple[str, int, str]]:
    return list(Delivery.objects.order_by("id").values_list("state", "attempts", "problem"))


def subjects(box: Mailbox) -> list[str]:
    return [email.message_from_bytes(one, policy=default)["Subject"] for one in box.mails]


def test_mail_goes_once_in_the_readers_words_with_a_way_back(db) -> None:
    # loading Apprise changes for the whole process how mail is written
    importlib.import_module("apprise.plugins.email")
    person = make_recipient(email="a@example.com")
    with mail_stub() as box:
        make_mail_channel(box.port)
        tell(person)
        assert deliver("email", now=NOON) is False
        deliver("email", now=NOON)
    assert states() == [("sent", 1, "")]
    [mail] = [email.message_from_bytes(one, policy=default) for one in box.mails]
    assert mail["Subject"] == "自动化测试覆盖率 今天截止"
    text = mail.get_content()
    assert "还差 2 项" in text and f"https://sextant.example.com/notices/{Notice.objects.get().pk}/open/" in text


def test_a_digest_holds_everything_that_waited_for_it(db) -> None:
    person = make_recipient(email="a@example.com")
    Habits.objects.create(person_id=person, digest="daily")
    with mail_stub() as box:
        make_mail_channel(box.port)
        for number in range(70):
            tell(person, key=str(number))
        deliver("email", now=NOON + timedelta(hours=20))
        assert box.mails == []
        deliver("email", now=NOON + timedelta(hours=21))
    assert subjects(box) == ["70 条通知"]
    assert set(states()) == {("sent", 1, "")}


def test_ten_thousand_wait_for_a_dead_server_and_lose_nothing(db, django_assert_max_num_queries) -> None:
    people = [make_recipient(email=f"p{number}@example.com") for number in range(300)]
    channel = make_mail_channel(9)
    assert tell(*people) == 300
    with django_assert_max_num_queries(20):
        assert deliver("email", now=NOON) is False
    channel.refresh_from_db()
    assert (channel.problem, channel.failures) == ("no_connection", 1)
    assert channel.paused_until == NOON + timedelta(seconds=30)
    assert set(states()) == {("waiting", 0, ""), ("waiting", 0, "no_connection")}, "no message lost a try"
    assert list_due_kinds(now=NOON + timedelta(seconds=29)) == []
    later = NOON + timedelta(seconds=31)
    deliver("email", now=later)
    channel.refresh_from_db()
    assert channel.paused_until == later + timedelta(seconds=60)
    with mail_stub() as box:
        Channel.objects.update(settings={**channel.settings, "port": str(box.port)})
        deliver("email", now=later + timedelta(seconds=61))
        assert box.connections <= 6
    assert len(box.mails) == 300 and set(states()) == {("sent", 1, "")}
    channel.refresh_from_db()
    assert (channel.failures, channel.paused_until) == (0, None)


def test_what_a_dead_worker_had_goes_out_again_and_a_mailbox_that_is_gone_is_a_dead_letter(db) -> None:
    person, gone = make_recipient(email="a@example.com"), make_recipient(email="gone@example.com")
    with mail_stub() as box:
        box.refused.add("gone@")
        make_mail_channel(box.port)
        tell(person, gone)
        Delivery.objects.filter(person_id=person).update(
            state="sending", claimed_until=NOON + timedelta(minutes=5), attempts=1
        )
        deliver("email", now=NOON)
        assert states() == [("sending", 1, ""), ("dead", 1, "no_such_mailbox")]
        assert release_dead_claims(now=NOON + timedelta(minutes=4)) == 0
        assert list_due_kinds(now=NOON + timedelta(minutes=6)) == ["email"]
        deliver("email", now=NOON + timedelta(minutes=6))
    assert states() == [("sent", 2, ""), ("dead", 1, "no_such_mailbox")]


def test_a_refused_message_is_tried_again_later_and_then_given_up(db) -> None:
    person = make_recipient()
    ContactPoint.objects.create(person_id=person, kind="wecom", value=seal("zhou"), hint="zhou", changed_at=NOON)
    answers = iter([{"errcode": 40058}] * 7)
    with web_stub(lambda _: (200, json.dumps(next(answers)).encode())) as stub:
        make_channel(ChannelKind.WECOM, secret=json.dumps({"url": stub.url}))
        tell(person)
        now = NOON
        for _ in range(7):
            assert states()[0][0] == "waiting"
            deliver("wecom", now=now)
            now += timedelta(hours=7)
    assert states() == [("dead", 7, "refused")]
    assert json.loads(stub.asked[0].body)["text"]["content"].startswith("今天截止\nhttps://"), "colleagues read it too"


def test_a_message_over_which_the_other_side_falls_silent_lets_others_pass(db) -> None:
    first, second = make_recipient(), make_recipient()
    for person in (first, second):
        ContactPoint.objects.create(person_id=person, kind="wecom", value=seal(f"p{person}"), hint="", changed_at=NOON)

    def answer(asked):
        return (200, b'{"errcode": 0}') if f"p{second}" in asked.body.decode() else (0, b"")

    with web_stub(answer) as stub:
        make_channel(ChannelKind.WECOM, secret=json.dumps({"url": stub.url}))
        tell(first, second)
        deliver("wecom", now=NOON)
        deliver("wecom", now=NOON + timedelta(seconds=31))
    assert [state for state, _, _ in states()] == ["waiting", "delivered"]


def test_what_nobody_reads_goes_further_once(db) -> None:
    boss = make_recipient(name="徐景行")
    person = make_recipient(name="周以宁", manager_id=boss)
    ContactPoint.objects.create(person_id=person, kind="sms", value=seal("13800006021"), hint="", changed_at=NOON)
    make_channel(ChannelKind.SMS)
    tell(person, code="test.hot")
    read = make_recipient()
    tell(read, code="test.hot")
    Notice.objects.filter(person_id=read).update(read_at=NOON)
    assert escalate_unread(now=NOON + timedelta(minutes=29)) == 0
    assert escalate_unread(now=NOON + timedelta(minutes=30)) == 1
    assert escalate_unread(now=NOON + timedelta(minutes=31)) == 0
    assert list(Delivery.objects.values_list("person_id", "kind", "reason")) == [(person, "sms", "escalated")]
    [up] = Notice.objects.filter(person_id=boss)
    assert up.params == {"person": "周以宁", "what": "急事"}
