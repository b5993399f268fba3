"""Who is told, over which channels and when, is written with the occasion itself."""

from datetime import timedelta

import pytest
from django.db import transaction

from sextant.foundation.notices.contracts import ChannelKind, NoticeUnknown
from sextant.foundation.notices.models import Choice, CompanyRule, ContactPoint, Delivery, Habits, Notice
from sextant.foundation.notices.tests.makers import NOON, make_channel, make_recipient, tell
from sextant.foundation.secrets import seal


def queued(person_id: int) -> dict[str, str]:
    return dict(Delivery.objects.filter(person_id=person_id).values_list("kind", "reason"))


def test_a_person_is_told_once_per_occasion_over_the_channels_that_are_wanted(
    db, django_assert_max_num_queries
) -> None:
    person, other, gone = make_recipient(email="a@b.cn"), make_recipient(), 888_888
    for kind in (ChannelKind.EMAIL, ChannelKind.SMS, ChannelKind.WECOM):
        make_channel(kind)
    for kind in (ChannelKind.SMS, ChannelKind.WECOM):
        ContactPoint.objects.create(person_id=person, kind=kind, value=seal("x"), hint="x", changed_at=NOON)
    Choice.objects.create(person_id=person, code="test.due", kind=ChannelKind.SMS, is_on=False)
    Choice.objects.create(person_id=person, code="test.due", kind=ChannelKind.WECOM, is_on=False)
    CompanyRule.objects.create(code="test.due", kind=ChannelKind.WECOM, is_on=True, is_fixed=True)
    with django_assert_max_num_queries(14):
        assert tell(person, other, gone) == 2
    assert queued(person) == {"email": "", "wecom": ""}, "the company's word stands above the person's"
    assert queued(other) == {}, "no address"
    assert tell(person, other) == 0
    assert tell(person, key="2") == 1
    assert Notice.objects.count() == 3
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(person, key="3")
        raise ZeroDivisionError
    assert not Notice.objects.filter(key="3").exists()
    with pytest.raises(NoticeUnknown):
        tell(person, code="test.rde")


def test_it_waits_for_the_morning_the_digest_or_the_next_hour(db) -> None:
    make_channel(ChannelKind.EMAIL, per_hour=2)
    plain, collector = make_recipient(email="a@b.cn"), make_recipient(email="c@d.cn")
    Habits.objects.create(person_id=collector, digest="daily")
    late = NOON + timedelta(hours=12)
    tell(plain, collector, now=late)
    tell(plain, code="test.red", key="r", now=late)
    when = dict(Delivery.objects.filter(person_id=plain).values_list("reason", "due_at"))
    assert when == {"quiet": NOON + timedelta(hours=20), "": late}, "urgent ones pass"
    assert Delivery.objects.get(person_id=collector).due_at == NOON + timedelta(hours=21)
    for number in range(3):
        tell(plain, key=f"n{number}", now=NOON + timedelta(days=1))
    assert list(Delivery.objects.order_by("id").values_list("reason", "is_digest"))[-3:] == [
        ("", False),
        ("", False),
        ("rate", True),
    ]
