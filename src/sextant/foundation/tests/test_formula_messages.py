"""Every code of the formula engine has a sentence, in the language asked for, with place and remedy."""

import re

import pytest
from django.utils.translation import override

from sextant.engines.formula import Code, FormulaType, parse
from sextant.engines.formula.codes import PARAMETERS, SUGGESTED, report
from sextant.engines.values import Step
from sextant.foundation.formula_messages import SENTENCES, STEPS, SUGGESTIONS, say, say_step

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
WITHOUT_PLACE = {Code.EMPTY, Code.TOO_LONG, Code.TOO_COSTLY, Code.WRONG_RESULT}
NAMES = {"完成率": FormulaType.NUMBER, "回款": FormulaType.NUMBER}


@pytest.fixture(autouse=True)
def in_chinese():
    with override("zh-hans"):
        yield


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence_that_uses_only_what_it_carries(code):
    sentence = str(SENTENCES[code])
    used = set(PLACEHOLDER.findall(sentence))
    assert used <= {*PARAMETERS.get(code, ()), "position"}
    assert ("position" in used) is (code not in WITHOUT_PLACE)
    params = dict.fromkeys(PARAMETERS.get(code, ()), 7)
    assert "%(" not in say(report(code, at=4, **params))


def test_codes_with_a_suggestion_have_a_sentence_that_names_it():
    assert set(SUGGESTIONS) == SUGGESTED
    for code in SUGGESTED:
        params = dict.fromkeys(PARAMETERS[code], "甲")
        assert "挑战完成率" in say(report(code, at=0, suggestion="挑战完成率", **params))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 + [完成律]", "第 5 个字符：没有“完成律”这项数据，是不是“完成率”？"),
        ("IF([完成率], 1, 2)", "第 4 个字符：IF 的第 1 个参数应是是或否，这里是数字。请改正。"),
        ("（[完成率] + 1", "第 1 个字符：这个括号没有合上。请补上 )。"),
        (
            'TEXT(1, "0.0.0")',
            '第 9 个字符：格式“0.0.0”不能用在这里。数字可用 "0.00"、"0.0%"、"#,##0"，日期可用 "YYYY-MM-DD"。',
        ),
    ],
)
def test_wrong_formula_is_explained_with_its_place_and_the_remedy(text, sentence):
    assert say(parse(text, names=NAMES).problems[0]) == sentence


def test_warning_while_saving_names_the_branch_and_the_condition():
    formula = parse('IF([完成率]<0.7,"黄",IF([完成率]<0.5,"红","绿"))', names=NAMES).value
    assert say(formula.lint()[0]) == (
        '第 31 个字符："红" 永远取不到，因为走到“[完成率] < 0.5”时结果已经确定。请调整条件的先后。'
    )


def test_code_of_another_engine_is_refused():
    with pytest.raises(ValueError, match="light"):
        say(report(Code.EMPTY).__class__(code="light.late"))


def test_steps_of_an_explanation_have_sentences():
    trace = parse("[完成率] < 回款", names=NAMES).value.explain({"完成率": 1}).trace
    assert [say_step(step) for step in trace] == [
        "[完成率] 的值是 1",
        "[回款] 的值是 缺失",
        "[完成率] < [回款] 得 缺失",
    ]
    assert {step.code for step in trace} == set(STEPS)
    assert say_step(Step("formula.call", {"text": "1 < 2"}, True)) == "1 < 2 得 是"
