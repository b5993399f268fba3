"""Fragments opened by hand: a page around them, for every view, and only when htmx did not ask."""

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory

from sextant.ui.whole_page import WholePageMiddleware, name_part

FRAGMENT = '<ol class="sx-trace"><li>一</li></ol>'


def _answer(response, *, title: str = "", **headers: str):
    request = RequestFactory().get("/goals/7/explain/", headers=headers)

    def view(request):
        if title:
            name_part(request, title=title, tab="light")
        return response

    return WholePageMiddleware(view)(request)


def test_a_fragment_opened_by_hand_is_a_whole_page_that_leads_back():
    page = _answer(HttpResponse(FRAGMENT, status=422), title="这个结果怎么来的")
    text = page.content.decode()
    assert text.lstrip().lower().startswith("<!doctype html>")
    assert FRAGMENT in text
    assert "这个结果怎么来的" in text
    assert 'data-tab="light"' in text
    assert 'href="/goals/7/"' in text
    assert (page.status_code, page["Vary"]) == (422, "HX-Request")


def test_htmx_gets_the_fragment_alone():
    part = _answer(HttpResponse(FRAGMENT), **{"HX-Request": "true"})
    assert (part.content.decode(), part["Vary"]) == (FRAGMENT, "HX-Request")


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("\n<!DOCTYPE html><html></html>"),
        HttpResponse("", status=302),
        HttpResponse("a,b", content_type="text/csv"),
        JsonResponse({"a": "<p>"}),
        StreamingHttpResponse(iter(["<p>"])),
    ],
)
def test_whatever_is_no_fragment_is_left_alone(response):
    before = b"" if response.streaming else response.content
    after = _answer(response)
    assert after is response
    assert after.streaming or after.content == before
    assert "Vary" not in after
