"""The demo's clock: it goes on where the demo was last used, and never backwards."""

from datetime import UTC, datetime, timedelta

import pytest

from sextant.demo.moment import clock_behind, is_complete, mark_complete
from sextant.foundation import clock
from sextant.foundation.access.contracts import Actor
from sextant.foundation.accounts.actions import create_account, open_session

MADE = datetime(2026, 3, 7, 9, 30, tzinfo=UTC)
SYSTEM = Actor.system("test")


@pytest.mark.django_db
def test_clock_goes_on_where_the_demo_was_last_used() -> None:
    assert (is_complete(), clock_behind(MADE)) == (False, timedelta(0))
    mark_complete(actor=SYSTEM, now=MADE)
    assert is_complete()
    assert not is_complete("C1")
    assert clock_behind(MADE + timedelta(hours=11)) == timedelta(0)
    assert clock_behind(MADE + timedelta(days=200)) == timedelta(days=200)
    user_id = create_account("reader", password="correct horse battery", name="读者", roles=[], actor=SYSTEM, now=MADE)
    seen = MADE + timedelta(days=2)
    open_session("a" * 32, user_id=user_id, address=None, agent="", now=seen)
    assert clock_behind(MADE + timedelta(days=200)) == timedelta(days=198)


def test_clock_that_was_set_back_shows_an_earlier_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEXTANT_NOW", raising=False)
    before = clock.now()
    monkeypatch.setenv(clock.BEHIND, str(200 * 86_400))
    assert timedelta(days=199) < before - clock.now() < timedelta(days=201)
    monkeypatch.setenv("SEXTANT_NOW", "2026-01-12T10:00:00+08:00")
    assert clock.now() == datetime(2026, 1, 12, 2, 0, tzinfo=UTC)
