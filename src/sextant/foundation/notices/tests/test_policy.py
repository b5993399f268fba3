"""Pure decisions about notices: when one goes, when it is tried again, what its text says."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.foundation.notices.contracts import DigestRhythm
from sextant.foundation.notices.policy.again import decide_next_try, decide_rest
from sextant.foundation.notices.policy.when import Wishes, decide_when, end_of_quiet
from sextant.foundation.notices.policy.wording import TextProblem, braced, check_text, fill

CASES = tomllib.loads((Path(__file__).parent / "cases" / "when.toml").read_text(encoding="utf-8"))["case"]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MINUTES = st.integers(0, 1439)
WISHES = st.builds(
    Wishes,
    is_quiet=st.booleans(),
    quiet_from=MINUTES,
    quiet_until=MINUTES,
    is_quiet_on_weekends=st.booleans(),
    lets_urgent_pass=st.booleans(),
    digest=st.sampled_from(DigestRhythm),
    digest_hour=st.integers(0, 23),
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_notice_goes_when_the_cases_say(case: dict[str, Any]) -> None:
    said = dict(case.get("wishes", {}))
    if "digest" in said:
        said["digest"] = DigestRhythm(said["digest"])
    found = decide_when(
        Wishes(**said),
        now=case["now"],
        zone=ZoneInfo(case.get("zone", "Asia/Shanghai")),
        is_urgent=case.get("is_urgent", False),
        sent_lately=case.get("sent_lately", 0),
        per_hour=20,
    )
    assert (found.at, found.why.value, found.is_digest) == (
        case["at"],
        case.get("why", ""),
        case.get("is_digest", False),
    )


@given(
    wishes=WISHES,
    minutes=st.integers(0, 366 * 1440),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]),
)
def test_what_ends_quiet_is_not_quiet_and_not_earlier(wishes: Wishes, minutes: int, zone: str) -> None:
    start, place = NOON + timedelta(minutes=minutes), ZoneInfo(zone)
    end = end_of_quiet(wishes, at=start, zone=place)
    assert end >= start
    if wishes.quiet_until != wishes.quiet_from:
        assert end_of_quiet(wishes, at=end, zone=place) == end


@given(wishes=WISHES, minutes=st.integers(0, 20_000), lately=st.integers(0, 40), urgent=st.booleans())
def test_a_notice_never_goes_before_it_was_written_nor_much_later(
    wishes: Wishes, minutes: int, lately: int, urgent: bool
) -> None:
    now = NOON + timedelta(minutes=minutes)
    found = decide_when(
        wishes, now=now, zone=ZoneInfo("Asia/Shanghai"), is_urgent=urgent, sent_lately=lately, per_hour=20
    )
    assert now <= found.at <= now + timedelta(days=11)
    assert found.at == now or found.why


def test_tries_come_further_apart_and_end() -> None:
    waits = [decide_next_try(attempts, now=NOON) for attempts in range(1, 8)]
    minutes = [(at - NOON) / timedelta(minutes=1) if at else None for at in waits]
    assert minutes == [1, 5, 15, 60, 180, 360, None]
    rests = [(decide_rest(failures, now=NOON) - NOON).total_seconds() for failures in (1, 2, 3, 4, 5, 99)]
    assert rests == [30, 60, 120, 300, 600, 600]
    assert decide_rest(1, now=NOON, asked_seconds=90_000) == NOON + timedelta(hours=1)


def test_a_text_says_where_it_is_wrong() -> None:
    assert check_text("{unit}：{{{left}}} {", ["unit", "left"]) == [TextProblem("brace", 19)]
    assert check_text("{a b}", ["unit"]) == [TextProblem("unknown", 1, "a b", "")]
    assert fill("{gone} 完成 }}", {}) == "{gone} 完成 }"


@given(st.text(max_size=40), st.text(max_size=10))
def test_a_text_of_the_catalogue_says_the_same_in_braces(text: str, value: str) -> None:
    plain = text.replace("%", "%%") + "%(name)s"
    assert fill(braced(plain), {"name": value}) == plain % {"name": value}
