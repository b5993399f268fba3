"""Every fix that is offered leads to a formula with one problem less, wherever characters of two units stand before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.formula import FormulaType, fix_of, parse, span_of

NAMES = {"完成率": FormulaType.NUMBER, "𠮷野家客单价": FormulaType.NUMBER, "x y": FormulaType.NUMBER}


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("[𠮷野家客单价] + [完成律]", "[𠮷野家客单价] + [完成率]"),
        ("完成律 * 2", "完成率 * 2"),
        ("四舍五人([完成率], 1)", "四舍五入([完成率], 1)"),
        ("最小(1, 2", "最小(1, 2)"),
        ("(1 + 2))", "(1 + 2)"),
        ("【完成律】＋1", "[完成率]＋1"),
    ],
)
def test_a_fix_mends_what_it_is_for(text, mended):
    (problem,) = parse(text, names=NAMES).problems
    assert fix_of(text, problem).apply(text) == mended
    assert parse(mended, names=NAMES).value is not None


def test_where_the_writer_decides_nothing_is_offered():
    for text in ("1 +", "[完成率] > ", '"a" * 2', "[完成率", "[没有的名称]", ""):
        for problem in parse(text, names=NAMES).problems:
            assert fix_of(text, problem) is None, problem


@given(st.text('[]【】()（）"“”完成率律x+-*/,，1. 如果最小\n𠮷%', max_size=24))
def test_spans_lie_in_the_text_and_fixes_can_be_applied(text):
    outcome = parse(text, names=NAMES)
    for problem in (*outcome.problems, *(outcome.value.lint() if outcome.value else ())):
        span = span_of(text, problem)
        assert span is None or 0 <= span[0] <= span[1] <= len(text)
        if (fix := fix_of(text, problem)) is not None:
            assert fix.apply(text) != text
