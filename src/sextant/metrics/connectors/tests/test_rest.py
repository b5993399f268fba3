"""A web source that behaves, and every way in which one does not; nothing waits for real."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from sextant.metrics.connectors.contracts import Meter, Request, Row, SourceFailed, Window
from sextant.metrics.connectors.document import RestSource
from sextant.metrics.connectors.rest import RestDriver
from sextant.metrics.connectors.tests.stub import Answering, Asked, Reply, Stub, serving
from sextant.metrics.connectors.web import Clock

ROWS = [{"id": n, "amount": n * 10} for n in range(1, 8)]
JANUARY = Request(Window(date(2026, 1, 1), date(2026, 2, 1)), since=None)


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def clock(self) -> Clock:
        today = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
        return Clock(lambda: self.at, self.sleep, lambda: 1.0, lambda: today)


def read(
    stub: Stub, time: Time | None = None, *, meter: Meter | None = None, request: Request = JANUARY, **source: Any
) -> list[Row]:
    declared = RestSource.model_validate({"kind": "rest", "url": f"{stub.url}/rows", **source})
    secrets = {"token": "t-123", "password": "pä"}
    driver = RestDriver(
        declared,
        secrets=lambda name: secrets[name],
        allowed_hosts={"127.0.0.1"},
        clock=(time or Time()).clock(),
    )
    return list(driver.rows(request, meter=meter or Meter()))


def refusal(answer: Answering, time: Time | None = None, **source: Any) -> tuple[str, dict[str, object], Stub]:
    with serving(answer) as stub, pytest.raises(SourceFailed) as caught:
        try:
            read(stub, time, **source)
        finally:
            stub.over.set()
    problem = caught.value.problem
    return problem.code.removeprefix("connector."), dict(problem.params), stub


@contextmanager
def answers(*replies: Reply) -> Iterator[Stub]:
    """A source that gives these answers one after another, the last one for ever."""
    waiting = list(replies)
    with serving(lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]) as stub:
        yield stub


def paged(asked: Asked, *, size: int = 3) -> Reply:
    page = int(asked.params.get("page", 1))
    return Reply({"rows": ROWS[(page - 1) * size : page * size], "total": len(ROWS)})


class TestPages:
    def test_page_numbers_are_followed_to_the_first_empty_page(self) -> None:
        with serving(paged) as stub:
            assert read(stub, rows="rows", pages={"kind": "page", "size_param": "n", "size": 3}) == ROWS
        assert [(one.params["page"], one.params["n"]) for one in stub.asked] == [(str(n), "3") for n in range(1, 5)]

    def test_a_total_saves_the_empty_page(self) -> None:
        with serving(paged) as stub:
            assert read(stub, rows="rows", pages={"kind": "page", "total": "total"}) == ROWS
        assert len(stub.asked) == 3

    def test_a_source_that_gives_less_than_asked_for_loses_no_rows_by_offset(self) -> None:
        def capped(asked: Asked) -> Reply:
            start = int(asked.params["offset"])
            return Reply(ROWS[start : start + 2])

        with serving(capped) as stub:
            assert read(stub, pages={"kind": "offset", "size": 5}) == ROWS
        assert {one.params["limit"] for one in stub.asked} == {"5"}

    def test_a_cursor_is_handed_back_until_there_is_none(self) -> None:
        def cursor(asked: Asked) -> Reply:
            start = int(asked.params.get("after", 0))
            rest = ROWS[start + 3 :]
            return Reply({"data": ROWS[start : start + 3], "meta": {"next": start + 3 if rest else None}})

        with serving(cursor) as stub:
            pages = {"kind": "cursor", "next": "meta.next", "param": "after"}
            assert read(stub, rows="data", pages=pages) == ROWS

    def test_addresses_of_next_pages_are_followed_from_the_answer_and_from_the_header(self) -> None:
        def linked(asked: Asked) -> Reply:
            page = int(asked.params.get("p", 1))
            following = f"/rows?p={page + 1}" if page < 3 else None
            rows = ROWS[(page - 1) * 3 : page * 3]
            header = {"Link": f'<{following}>; rel="next", </rows?p=1>; rel="first"'} if following else {}
            return Reply({"rows": rows, "next": following}, headers=header)

        with serving(linked) as stub:
            assert read(stub, rows="rows", pages={"kind": "cursor", "next": "next"}) == ROWS
            assert read(stub, rows="rows", pages={"kind": "link"}) == ROWS

    def test_a_404_ends_the_pages_only_where_the_document_says_so(self) -> None:
        def to_404(asked: Asked) -> Reply:
            return paged(asked) if int(asked.params["page"]) < 4 else Reply({"detail": "Invalid page"}, status=404)

        with serving(to_404) as stub:
            assert read(stub, rows="rows", pages={"kind": "page", "past_end": "not_found"}) == ROWS
        assert refusal(to_404, rows="rows", pages={"kind": "page"})[0] == "not_found"

    def test_the_same_page_twice_is_refused_instead_of_read_for_ever(self) -> None:
        code, params, stub = refusal(lambda _: Reply(ROWS), pages={"kind": "page"})
        assert (code, params["page"], len(stub.asked)) == ("page_twice", 2, 2)

    def test_rows_that_went_missing_between_pages_are_seen_by_the_total(self) -> None:
        def shrinking(asked: Asked) -> Reply:
            page = int(asked.params["page"])
            return Reply({"rows": ROWS[:3] if page == 1 else [], "total": 7})

        code, params, _ = refusal(shrinking, rows="rows", pages={"kind": "page", "total": "total"})
        assert (code, params) == ("total_differs", {"total": 7, "rows": 3})

    def test_more_pages_rows_or_bytes_than_allowed_are_refused(self) -> None:
        def endless(asked: Asked) -> Reply:
            return Reply([{"id": asked.params["page"], "text": "x" * 300_000}])

        pages = {"kind": "page"}
        assert refusal(endless, pages=pages, limits={"pages": 2})[0] == "too_many_pages"
        assert refusal(endless, pages=pages, limits={"rows": 2})[0] == "too_many_rows"
        assert refusal(endless, pages=pages, limits={"megabytes": 1})[0] == "too_many_bytes"


class TestFaults:
    def test_a_500_that_passes_is_tried_again_with_growing_waits(self) -> None:
        time, meter = Time(), Meter()
        with answers(Reply("oops", status=500), Reply("oops", status=502), Reply(ROWS)) as stub:
            assert read(stub, time, meter=meter) == ROWS
        assert time.slept == [0.5, 1.0]
        assert (meter.requests, meter.rows) == (3, 7)

    def test_a_500_that_stays_fails_after_the_agreed_attempts_and_says_what_the_source_said(self) -> None:
        code, params, stub = refusal(lambda _: Reply(b"database down", status=500), limits={"attempts": 3})
        assert (code, params["status"], params["answer"]) == ("source_error", 500, "database down")
        assert len(stub.asked) == 3

    @pytest.mark.parametrize(
        "asked_wait", ["17", format_datetime(datetime(2026, 1, 5, 9, 0, 17, tzinfo=UTC), usegmt=True)]
    )
    def test_a_429_waits_as_long_as_the_source_asks(self, asked_wait: str) -> None:
        time = Time()
        with answers(Reply("slow down", 429, {"Retry-After": asked_wait}), Reply(ROWS)) as stub:
            assert read(stub, time) == ROWS
        assert time.slept == [17.0]

    def test_a_429_that_would_wait_beyond_the_whole_time_fails_at_once(self) -> None:
        time = Time()
        code, _, _ = refusal(lambda _: Reply("", 429, {"Retry-After": "9000"}), time, limits={"total_seconds": 60})
        assert (code, time.slept) == ("too_often", [])

    def test_html_instead_of_json_names_the_kind_and_the_first_words(self) -> None:
        page = Reply(b"<html><title>Sign in</title></html>", headers={"Content-Type": "text/html; charset=utf-8"})
        code, params, stub = refusal(lambda _: page)
        assert (code, params["kind"], len(stub.asked)) == ("not_json", "text/html", 1)
        assert "Sign in" in str(params["answer"])

    def test_a_hanging_socket_is_given_up_and_tried_again(self) -> None:
        code, params, stub = refusal(lambda _: Reply(hang=True), limits={"attempts": 1, "read_seconds": 1})
        assert (code, params["seconds"], len(stub.asked)) == ("silent", 1, 1)

    @pytest.mark.parametrize("status", [401, 403])
    def test_wrong_credentials_are_not_tried_again(self, status: int) -> None:
        code, params, stub = refusal(lambda _: Reply({"error": "bad token"}, status=status))
        assert (code, params["status"], len(stub.asked)) == ("credentials_refused", status, 1)

    def test_another_shape_names_what_is_there(self) -> None:
        code, params, _ = refusal(lambda _: Reply({"items": ROWS, "count": 7}), rows="rows")
        assert (code, params["found"]) == ("rows_not_found", "items, count")

    def test_nobody_at_home_is_said_as_such(self) -> None:
        with serving(paged) as stub:
            pass
        with pytest.raises(SourceFailed) as caught:
            read(stub, limits={"attempts": 2})
        assert caught.value.problem.code == "connector.no_connection"

    def test_a_reading_that_takes_too_long_in_all_is_given_up(self) -> None:
        time = Time()

        def slow(asked: Asked) -> Reply:
            time.at += 40
            return paged(asked)

        code, _, stub = refusal(slow, time, rows="rows", pages={"kind": "page"}, limits={"total_seconds": 100})
        assert (code, len(stub.asked)) == ("too_slow", 3)


class TestManners:
    def test_requests_keep_the_agreed_distance(self) -> None:
        time = Time()
        with serving(paged) as stub:
            read(stub, time, rows="rows", pages={"kind": "page"}, limits={"requests_per_minute": 30})
        assert time.slept == [2.0, 2.0, 2.0]

    def test_days_and_cursor_are_written_into_parameters_and_left_out_while_unknown(self) -> None:
        params = {"from": "{from:%Y%m%d}", "q": "closed<{until}", "since": "{since}"}
        cursor = {"field": "id", "type": "number"}
        with serving(lambda _: Reply([])) as stub:
            read(stub, params=params, cursor=cursor)
            read(stub, params=params, cursor=cursor, request=Request(JANUARY.window, since="812"))
        assert stub.asked[0].params == {"from": "20260101", "q": "closed<2026-02-01"}
        assert stub.asked[1].params["since"] == "812"

    def test_rows_can_be_reshaped_on_the_way(self) -> None:
        with serving(lambda _: Reply({"d": [{"id": 1, "owner": {"name": "沈"}}, {"id": 2}]})) as stub:
            assert read(stub, rows="d[].{id: id, who: owner.name}") == [{"id": 1, "who": "沈"}, {"id": 2, "who": None}]


class TestCredentials:
    def test_header_basic_and_client_credentials_reach_the_source(self) -> None:
        def door(asked: Asked) -> Reply:
            if asked.path == "/token":
                granted = asked.form == {
                    "grant_type": "client_credentials",
                    "client_id": "sextant",
                    "client_secret": "t-123",
                    "scope": "read",
                }
                return Reply(
                    {"access_token": "abc"} if granted else {"error": "invalid_client"}, 200 if granted else 400
                )
            return Reply([{"key": asked.headers.get("x-key") or asked.headers.get("authorization")}])

        with serving(door) as stub:
            oauth = {"kind": "oauth2", "token_url": f"{stub.url}/token", "client_id": "sextant", "secret": "token"}
            key = {"kind": "header", "header": "X-Key", "prefix": "", "secret": "token"}
            basic = {"kind": "basic", "user": "u", "secret": "password"}
            bearer = {"kind": "header", "secret": "token"}
            assert read(stub, auth=key) == [{"key": "t-123"}]
            assert read(stub, auth=bearer) == [{"key": "Bearer t-123"}]
            assert read(stub, auth=basic) == [{"key": "Basic dTpww6Q="}]
            assert read(stub, auth={**oauth, "scope": "read"}) == [{"key": "Bearer abc"}]
            with pytest.raises(SourceFailed) as caught:
                read(stub, auth={**oauth, "scope": "write"})
        assert caught.value.problem.code == "connector.no_token"

    def test_a_token_is_renewed_before_it_ends_and_once_when_the_source_ends_it_early(self) -> None:
        time, issued, pages_read = Time(), [], []

        def door(asked: Asked) -> Reply:
            if asked.path == "/token":
                issued.append(time.at)
                return Reply({"access_token": f"t{len(issued)}", "expires_in": 100})
            time.at += 40
            page = int(asked.params["page"])
            if (page, len(issued)) == (5, 2):  # taken back long before its end
                return Reply({"error": "invalid_token"}, status=401)
            pages_read.append((page, asked.headers["authorization"]))
            return Reply(ROWS[page - 1 : page])

        with serving(door) as stub:
            auth = {"kind": "oauth2", "token_url": f"{stub.url}/token", "client_id": "c", "secret": "token"}
            rows = read(stub, time, auth=auth, pages={"kind": "page"}, limits={"total_seconds": 900})
        assert rows == ROWS
        # 100 seconds are 90 to be safe: three pages by the first token, one by the second, taken back at the fifth
        used = ((1, 1), (2, 1), (3, 1), (4, 2), (5, 3), (6, 3), (7, 3), (8, 4))
        assert pages_read == [(page, f"Bearer t{token}") for page, token in used]

    def test_a_fresh_token_that_is_refused_is_not_asked_for_again(self) -> None:
        def door(asked: Asked) -> Reply:
            return Reply({"access_token": "t"}) if asked.path == "/token" else Reply({"error": "no"}, status=401)

        with serving(door) as stub, pytest.raises(SourceFailed) as caught:
            auth = {"kind": "oauth2", "token_url": f"{stub.url}/token", "client_id": "c", "secret": "token"}
            read(stub, auth=auth)
        assert (caught.value.problem.code, len(stub.asked)) == ("connector.credentials_refused", 2)

    def test_a_redirect_to_another_host_is_refused_and_gets_no_credentials(self) -> None:
        with serving(lambda _: Reply([])) as other:
            moved = Reply("", 302, {"Location": f"{other.url}/rows"})
            code, params, _ = refusal(lambda _: moved, auth={"kind": "header", "secret": "token"})
        assert (code, params["target"], other.asked) == ("elsewhere", f"{other.url}/rows", [])

    def test_a_redirect_on_the_same_host_is_followed_and_a_circle_is_not(self) -> None:
        with answers(Reply("", 301, {"Location": "/new"}), Reply(ROWS)) as stub:
            assert read(stub) == ROWS
        assert refusal(lambda _: Reply("", 302, {"Location": "/rows"}))[0] == "too_many_redirects"

    def test_a_next_page_on_another_host_is_refused(self) -> None:
        reply = Reply({"rows": ROWS, "next": "http://other.example/rows?p=2"})
        assert refusal(lambda _: reply, rows="rows", pages={"kind": "cursor", "next": "next"})[0] == "elsewhere"
