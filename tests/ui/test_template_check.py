"""tools/template_check.py finds what it promises, where it is, and leaves clean templates alone."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools/template_check.py"
spec = importlib.util.spec_from_file_location("template_check", TOOL)
assert spec and spec.loader
template_check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(template_check)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('<p style="color:red">', "inline style"),
        ('<b\n  STYLE = "x">', "inline style"),
        ('<a onclick="go()">', "event handler"),
        ("<a hx-on:click='go()'>", "hx-on"),
        ('<a hx-vals="js:{a: 1}">', "hx-vals"),
        ('<a href="javascript:go()">', "javascript:"),
        ('<p x-html="text">', "x-html"),
        ('<p :style="`width:1px`">', ":style"),
        ("<script>go()</script>", "script with text"),
        ("<style>p{}</style>", "style element"),
        ('<img src="https://example.org/a.png">', "another host"),
        ('<script src="//example.org/a.js"></script>', "another host"),
        ("<p>目标</p>", "not tagged"),
        ('<p title="目标">', "not tagged"),
        ('{{ name|default:"无" }}', "not tagged"),
        ("{% trans '甲' %}乙", "not tagged"),
    ],
)
def test_offence_is_found(text, word):
    found = list(template_check.problems(text))
    assert len(found) == 1
    assert word in found[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "{% trans '目标' %}",
        '<p title="{% trans "目标" %}">',
        "{% blocktrans trimmed count n=n %}一个{% plural %}{{ n }} 个{% endblocktrans %}",
        '{{ name|default:_("无") }}',
        "{# 说明 #}{% comment %}说明{% endcomment %}<!-- 说明 -->",
        '<script type="module" src="{{ url }}"></script>',
        "the words style= and onclick= in a sentence",
        '<rect width="{{ pct }}%"/><p :class="{on: shown}" @click="go">plain</p>',
    ],
)
def test_clean_template_passes(text):
    assert list(template_check.problems(text)) == []


def test_line_is_named():
    assert [line for line, _ in template_check.problems("<p>\n\n<b>目标</b>")] == [3]


def test_exit_status_and_place_of_a_bad_folder(tmp_path):
    (tmp_path / "bad.html").write_text("<p>\n<i style='x'>", encoding="utf-8")
    done = subprocess.run([sys.executable, TOOL, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "bad.html:2: inline style" in done.stdout


def test_templates_of_the_product_are_clean():
    assert template_check.check(template_check.TEMPLATES) == []
