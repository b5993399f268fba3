"""Every code that definitions and formulas of the centre can give has a sentence; differences read as sentences."""

import ast
import re
from pathlib import Path

import pytest

import sextant.engines.definitions
import sextant.lowcode
from sextant.engines.definitions import diff_documents
from sextant.engines.rules import Previous, Repeat, RepeatKind, decide_firing, read_condition
from sextant.engines.values import Problem
from sextant.lowcode.messages.definitions import SENTENCES, say, say_changes
from sextant.lowcode.messages.formulas import SENTENCES as FORMULA_SENTENCES
from sextant.lowcode.messages.rules import REASONS, say_reason, say_rule
from sextant.lowcode.messages.rules import SENTENCES as RULE_SENTENCES
from sextant.lowcode.registry import get_kind, list_kinds
from sextant.lowcode.tests.definition_makers import NOW

_CODE = re.compile(r"(definition|formula_table)\.[a-z_]+")


def codes_in_source():
    """Every text in the code that is one of ours, those of shape besides: they are renamed on their way."""
    for package in (sextant.lowcode, sextant.engines.definitions):
        for path in Path(package.__file__).parent.rglob("*.py"):
            if "tests" in path.parts or "messages" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
                    yield node.value


def test_every_code_has_a_sentence_and_every_sentence_a_code():
    shape = {f"definition.{one}" for one in ("too_long", "yaml", "not_a_document", "unknown_key", "unknown_key_near")}
    shape |= {f"definition.{one}" for one in ("missing_key", "bad_choice", "bad_value")}
    built = {f"definition.{one}_reference" for one in ("unknown", "retired", "unpublished")}
    known = {*codes_in_source(), *shape, *built, "definition.unknown_reference_kind"}
    said = {*SENTENCES, *FORMULA_SENTENCES}
    assert known == said
    with pytest.raises(KeyError):
        say(Problem("definition.nobody_wrote_it"))


def test_a_difference_reads_as_sentences_in_the_words_of_the_kind():
    old = {"text": "1", "names": [{"name": "系数", "type": "number"}, {"name": "旧", "type": "text"}]}
    new = {
        "names": [{"name": "系数", "type": "text"}, {"name": "底薪", "type": "number"}],
        "text": "[系数]",
        "note": "试",
    }
    lines = say_changes(diff_documents(old, new), get_kind("formula"))
    assert [(one.verb, one.place, one.old, one.new) for one in lines] == [
        ("修改", "公式", "1", "[系数]"),
        ("修改", "系数 · 类型", "数字", "文本"),
        ("新增", "数据", "", "底薪"),
        ("删除", "数据", "旧", ""),
        ("新增", "说明", "", "试"),
    ]


def test_every_upgrade_of_a_kind_has_a_case_before_and_after():
    import inspect
    import tomllib

    for kind in list_kinds():
        for upgrade in kind.upgrades:
            case = Path(inspect.getfile(upgrade)).parent / "cases" / f"{kind.code}.{upgrade.__name__}.toml"
            told = tomllib.loads(case.read_text(encoding="utf-8"))
            assert upgrade(told["before"]) == told["after"], case


def test_every_refusal_of_a_condition_and_every_reason_of_a_rule_is_said():
    refused = ({"all": []}, {"some": []}, {"all": ["真"] * 61}, {"all": ["1 +"]}, _nested(9))
    problems = [one for document in refused for one in read_condition(document, names={}).problems]
    own = {one.code for one in problems if one.code.startswith("rules.")}
    assert len(own) == 4 and own <= set(RULE_SENTENCES) and all(say_rule(one) for one in problems)
    asked = (
        (None, Repeat(), Previous()),
        (False, Repeat(), Previous()),
        (True, Repeat(), Previous()),
        (True, Repeat(), Previous(NOW, True)),
        (True, Repeat(RepeatKind.WINDOW, 14), Previous(NOW)),
    )
    steps = [decide_firing(holds, repeat=repeat, previous=before, at=NOW).reason for holds, repeat, before in asked]
    assert {one.code for one in steps} <= set(REASONS) and len({one.code for one in steps}) == len(steps)
    assert "2026" in say_reason(steps[-1]) and all(say_reason(one) for one in steps)


def _nested(levels):
    return "真" if not levels else {"any": [_nested(levels - 1)]}
