"""Template tags: what they take, and what they make of nothing."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from sextant.engines.values import Light
from sextant.ui.templatetags import sx


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@dataclass
class Entry:
    href: str


@dataclass
class Frame:
    main: tuple[Entry, ...]
    admin: tuple[Entry, ...]
    bottom: tuple[Entry, ...]


@dataclass
class Person:
    id: int
    name: str


class Sample(forms.Form):
    name = forms.CharField(label="名称", help_text="别人也会看到")
    words = forms.CharField(widget=forms.Textarea, required=False)


def draw(text: str, path: str = "/", **context: object) -> str:
    request = RequestFactory().get(path)
    return Template(text).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("light", "tone", "word"),
    [
        (Light.GREEN, "good", "正常"),
        (Light.YELLOW, "warn", "关注"),
        (Light.RED, "bad", "风险"),
        (Light.NONE, "none", "无数据"),
        (None, "none", "无数据"),
        ("warn", "warn", "关注"),
    ],
)
def test_every_light_has_a_tone_and_a_word(light, tone, word):
    assert (sx.tone(light), sx.light_word(light)) == (tone, word)


@pytest.mark.parametrize(
    ("ratio", "share"),
    [(None, "0"), (Decimal("-0.2"), "0.00"), (Decimal("0.402"), "40.20"), (Decimal("1.34"), "100.00")],
)
def test_share_stays_within_the_bar(ratio, share):
    assert sx.share(ratio) == share


def test_number_that_is_none_is_a_dash():
    assert (
        draw("{{ a|num }} {{ b|num:places }} {{ c|pct:1 }}", a="abc", b=Decimal("2.5"), places=2, c=None) == "— 2.50 —"
    )


def test_query_changes_one_parameter_and_keeps_the_rest():
    assert draw("{% query page=2 %}", "/?unit=3&page=1&light=a&light=b") == "?unit=3&amp;page=2&amp;light=a&amp;light=b"


def test_query_takes_a_parameter_out():
    assert draw("{% query unit='' %}", "/?unit=3") == "?"


def test_query_escapes_what_came_from_outside():
    assert "<" not in draw("{% query page=2 %}", "/?q=%22%3E%3Cscript%3E")


def test_avatar_works_for_rows_dicts_names_and_nothing():
    texts = [sx.avatar_text(one) for one in (Person(3, "林清越"), {"name": "Ada King"}, "田野", {"name": ""}, None)]
    assert texts == ["清越", "AK", "田野", "?", "?"]
    assert sx.avatar_tint(Person(8, "x")) == 2
    assert all(0 <= sx.avatar_tint(one) < 6 for one in ("田野", {"name": ""}, None))


def test_entries_left_out_of_the_bar_are_still_reachable():
    one, two, three = Entry("/1"), Entry("/2"), Entry("/3")
    frame = Frame(main=(one, two), admin=(three,), bottom=(one, two, three))
    assert sx.left_out(frame, 1) == [two, three]
    assert sx.left_out(None, 4) == []


def test_control_ties_help_and_errors_to_the_input():
    form = Sample({"name": ""})
    html = str(sx.control(form["name"], "1"))
    assert 'aria-describedby="id_name-help id_name-error-0"' in html
    assert 'aria-invalid="true"' in html
    assert "autofocus" in html
    assert 'rows="4"' in str(sx.control(form["words"]))


@pytest.mark.parametrize(
    ("done", "total", "part"), [(0, 0, "0"), (None, 5, "0.00"), (748, 1860, "40.22"), (9, 5, "100.00")]
)
def test_part_of_nothing_is_nothing(done, total, part):
    assert sx.part_of(done, total) == part


def test_spark_of_no_values_is_empty_and_of_equal_values_is_level():
    assert sx.spark_path([], 96, 28) == ""
    assert sx.spark_path([5, 5], 96, 28) == "M2 14L94 14"
