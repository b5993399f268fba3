"""Forms through the front door: what is wrong with one, what people see of it, what becomes of their answers."""

from decimal import Decimal
from typing import Any

import pytest

from sextant.engines.forms import (
    Code,
    Field,
    FieldKind,
    Form,
    Option,
    Reach,
    ReadForm,
    Viewer,
    hand_in,
    json_schema,
    merge_answers,
    open_sheet,
    read_form,
    save_answers,
    ui_schema,
)
from sextant.engines.values import Outcome

SELF, MANAGER = Viewer(frozenset({"self"}), "fill"), Viewer(frozenset({"manager"}), "review")
YES = Field("need", FieldKind.YES_NO, "需要支持", is_required=True)
WHAT = Field("what", FieldKind.TEXT, "所需资源", visible_if="[需要支持]", is_required=True)
COSTS = Field(
    "costs",
    FieldKind.TABLE,
    "费用",
    visible_if="[需要支持]",
    columns=(
        Field("item", FieldKind.TEXT, "项目", is_required=True),
        Field("fee", FieldKind.MONEY, "金额", least=Decimal(0)),
    ),
)
TOTAL = Field("total", FieldKind.FORMULA, "合计", formula="[费用.金额] * 1.06")
WHY = Field("why", FieldKind.LONG_TEXT, "说明", required_if="[合计] > 5000")
NOTE = Field("note", FieldKind.TEXT, "主管意见", reach=Reach(see=frozenset({"manager"}), steps=frozenset({"review"})))
FORM = Form((YES, WHAT, COSTS, TOTAL, WHY, NOTE))


def ready(*fields: Field) -> ReadForm:
    found = read_form(Form(fields))
    assert found.value is not None, found.problems
    return found.value


def codes(outcome: Outcome[Any]) -> list[str]:
    return [problem.code for problem in outcome.problems]


def test_condition_opens_fields_and_a_table_adds_up() -> None:
    read = ready(*FORM.fields)
    closed = {line.field.name: line.is_shown for line in open_sheet(read, {}, viewer=SELF).lines}
    assert closed == {"need": True, "what": False, "costs": False, "total": True, "why": True}
    rows = [{"item": "差旅", "fee": "4000"}, {"item": "样机", "fee": "1,000.50"}]
    taken = save_answers(read, {}, {"need": "yes", "costs": rows}, viewer=SELF)
    assert taken.value is not None
    assert taken.value.computed == {"total": "5300.53"}
    lines = {line.field.name: line for line in open_sheet(read, taken.value.answers, viewer=SELF).lines}
    assert lines["what"].is_shown
    assert lines["total"].answer == "5300.53"
    assert lines["why"].is_required
    assert not lines["total"].is_editable


def test_handing_in_names_every_gap() -> None:
    read = ready(*FORM.fields)
    found = hand_in(read, {}, {"need": True, "costs": [{"fee": "多"}, {"item": "样机", "fee": "-3"}]}, viewer=SELF)
    told = [(problem.code, problem.params.get("field"), problem.params.get("row")) for problem in found.problems]
    assert found.value is None
    assert told == [
        (Code.MISSING, "项目", 1),
        (Code.NOT_A_NUMBER, "金额", 1),
        (Code.BELOW, "金额", 2),
        (Code.MISSING, "所需资源", None),
    ]


def test_answer_whose_condition_fell_away_stays_in_the_draft_and_leaves_the_record() -> None:
    read = ready(*FORM.fields)
    kept = {"need": True, "what": "样机", "costs": [{"item": "样机", "fee": "9000"}]}
    draft = save_answers(read, kept, {"need": False}, viewer=SELF).value
    assert draft is not None
    assert draft.answers["what"] == "样机"
    assert draft.computed == {}
    record = hand_in(read, kept, {"need": False}, viewer=SELF).value
    assert record is not None
    assert record.answers == {"need": False}


def test_what_others_answer_can_neither_be_seen_nor_set() -> None:
    read = ready(*FORM.fields)
    assert "note" not in {line.field.name for line in open_sheet(read, {"note": "好"}, viewer=SELF).lines}
    assert codes(save_answers(read, {}, {"note": "好"}, viewer=SELF)) == [Code.UNKNOWN_FIELD]
    assert codes(save_answers(read, {}, {"note": "好"}, viewer=Viewer(MANAGER.relations, "fill"))) == [Code.NOT_YOURS]
    taken = save_answers(read, {"need": True}, {"note": " 好 "}, viewer=MANAGER).value
    assert taken is not None
    assert taken.answers == {"need": True, "note": "好"}


def test_unchanged_answer_that_is_not_mine_passes() -> None:
    read = ready(YES, Field("what", FieldKind.TEXT, "资源", reach=Reach(edit=frozenset({"manager"}))))
    assert save_answers(read, {"what": "样机"}, {"what": "样机", "need": "no"}, viewer=SELF).problems == ()


def test_unreadable_answer_in_a_draft_keeps_the_former_one() -> None:
    read = ready(Field("n", FieldKind.NUMBER, "数量", places=0))
    taken = save_answers(read, {"n": "3"}, {"n": "三.5"}, viewer=SELF)
    assert taken.value is not None
    assert taken.value.answers == {"n": "3"}
    assert codes(taken) == [Code.NOT_A_NUMBER]


@pytest.mark.parametrize(
    ("one", "given", "kept"),
    [
        (Field("f", FieldKind.NUMBER, "数"), "１２．５", "12.5"),
        (Field("f", FieldKind.NUMBER, "数", places=1), "1.25", Code.PLACES),
        (Field("f", FieldKind.NUMBER, "数", most=Decimal(9)), "9.5", Code.ABOVE),
        (Field("f", FieldKind.NUMBER, "数"), "9" * 23, Code.NOT_A_NUMBER),
        (Field("f", FieldKind.NUMBER, "数"), True, Code.NOT_A_NUMBER),
        (Field("f", FieldKind.TEXT, "文", max_length=2), "三个字", Code.TOO_LONG),
        (Field("f", FieldKind.TEXT, "文"), 3, Code.SHAPE),
        (Field("f", FieldKind.DATE, "日"), "2026-02-30", Code.NOT_A_DATE),
        (Field("f", FieldKind.PERIOD, "期"), ["2026-01-01", "2026-01-01"], ["2026-01-01", "2026-01-01"]),
        (Field("f", FieldKind.PERIOD, "期"), ["2026-01-02", "2026-01-01"], Code.PERIOD_CROSSED),
        (Field("f", FieldKind.PERIOD, "期"), ["", ""], None),
        (Field("f", FieldKind.PERSON, "人"), "12", 12),
        (Field("f", FieldKind.PERSON, "人"), "12.5", Code.NOT_A_CHOICE),
        (Field("f", FieldKind.FILE, "附件"), [{"file": 3, "name": "a.pdf"}], [{"file": 3, "name": "a.pdf"}]),
        (Field("f", FieldKind.FILE, "附件", most=Decimal(1)), [{"file": 3, "name": "a"}] * 2, Code.MANY_ROWS),
        (Field("f", FieldKind.FILE, "附件"), ["a.pdf"], Code.SHAPE),
    ],
)
def test_value_is_kept_in_one_form_or_refused(one: Field, given: object, kept: object) -> None:
    found = save_answers(ready(one), {}, {"f": given}, viewer=SELF)
    assert found.value is not None
    assert (codes(found) or [found.value.answers.get("f")]) == [kept]


def test_choices_keep_the_order_of_the_form_and_a_rating_its_anchor() -> None:
    options = (Option("a", "甲"), Option("b", "乙"))
    steps = tuple(Option(str(n), f"{n} 分") for n in (1, 2, 3))
    many = Field("many", FieldKind.CHOICES, "多选", options=options)
    rating = Field("r", FieldKind.RATING, "评分", options=steps)
    matrix = Field(
        "m", FieldKind.MATRIX, "能力", is_required=True, options=steps, rows=(Option("x", "沟通"), Option("y", "执行"))
    )
    mean = Field("mean", FieldKind.FORMULA, "平均", formula="([能力.沟通]+[能力.执行])/2")
    read = ready(many, rating, matrix, mean)
    taken = save_answers(read, {}, {"many": ["b", "a", "b"], "r": 3, "m": {"x": 2, "y": "3"}}, viewer=SELF).value
    assert taken is not None
    assert taken.answers == {"many": ["a", "b"], "r": "3", "m": {"x": "2", "y": "3"}}
    assert taken.computed == {"mean": "2.5"}
    gap = hand_in(read, {}, {"m": {"x": 2}}, viewer=SELF)
    assert [(p.code, p.params["rows"]) for p in gap.problems] == [(Code.MISSING, ("执行",))]
    assert codes(save_answers(read, {}, {"m": {"z": 2}}, viewer=SELF)) == [Code.NO_SUCH_OPTION]
    assert codes(save_answers(read, {}, {"r": ["1"]}, viewer=SELF)) == [Code.NO_SUCH_OPTION]


def test_hidden_section_hides_what_stands_under_it() -> None:
    part = Field("part", FieldKind.SECTION, "支持", visible_if="[需要支持]")
    read = ready(YES, part, Field("deep", FieldKind.TEXT, "细节", is_required=True))
    assert hand_in(read, {}, {"need": False}, viewer=SELF).problems == ()
    assert codes(hand_in(read, {}, {"need": True}, viewer=SELF)) == [Code.MISSING]


def test_condition_that_fails_leaves_its_question_open() -> None:
    number = Field("n", FieldKind.NUMBER, "数")
    asked = Field("q", FieldKind.TEXT, "问", visible_if="1/[数] > 2")
    sheet = open_sheet(ready(number, asked), {"n": "0"}, viewer=SELF)
    assert [line.is_shown for line in sheet.lines] == [True, True]
    assert [problem.code for problem in sheet.problems] == [Code.FORMULA_FAILED]
    assert not open_sheet(ready(number, asked), {}, viewer=SELF).lines[1].is_shown


FLAWS = [
    ((), [Code.EMPTY]),
    ((YES, Field("need", FieldKind.TEXT, "另一个")), [Code.NAME_TAKEN, Code.NAME_TAKEN]),
    ((YES, Field("b", FieldKind.TEXT, "需要支持")), [Code.LABEL_TAKEN, Code.LABEL_TAKEN]),
    ((Field("b", FieldKind.TEXT, "带[括号]"),), [Code.LABEL_MISSING]),
    ((Field("b", FieldKind.CHOICE, "选", options=(Option("a", "甲"),)),), [Code.OPTIONS_FEW]),
    ((Field("b", FieldKind.CHOICE, "选", options=(Option("a", "甲"), Option("a", "乙"))),), [Code.OPTION_TAKEN]),
    ((Field("b", FieldKind.NUMBER, "数", least=Decimal(2), most=Decimal(1)),), [Code.BOUNDS_CROSSED]),
    ((Field("b", FieldKind.TABLE, "表"),), [Code.COLUMNS_MISSING]),
    (
        (Field("b", FieldKind.TABLE, "表", columns=(Field("c", FieldKind.FILE, "附件"),)),),
        [Code.COLUMN_KIND],
    ),
    ((YES, Field("b", FieldKind.TEXT, "乙", visible_if="[需要支特]")), [Code.FORMULA]),
    ((YES, Field("b", FieldKind.TEXT, "乙", visible_if="1+1")), [Code.FORMULA]),
    ((YES, Field("b", FieldKind.TEXT, "乙", visible_if='[乙]="a"')), [Code.FORMULA_CIRCLE]),
    (
        (
            YES,
            Field("b", FieldKind.FORMULA, "乙", formula="[丙]+1"),
            Field("c", FieldKind.FORMULA, "丙", formula="[乙]+1"),
        ),
        [Code.FORMULA_CIRCLE, Code.FORMULA_CIRCLE],
    ),
]


@pytest.mark.parametrize(("fields", "expected"), FLAWS)
def test_flaw_of_a_form_is_named(fields: tuple[Field, ...], expected: list[Code]) -> None:
    found = read_form(Form(fields))
    assert found.value is None
    assert codes(found) == expected


def test_formula_that_tells_of_a_hidden_answer_is_warned_of() -> None:
    pay = Field("pay", FieldKind.MONEY, "工资", reach=Reach(see=frozenset({"hr"})))
    half = Field("half", FieldKind.FORMULA, "一半", formula="[工资]/2")
    found = read_form(Form((pay, half)))
    assert found.value is not None
    assert codes(found) == [Code.FORMULA_REVEALS]
    kept_close = Field("half", FieldKind.FORMULA, "一半", formula="[工资]/2", reach=Reach(see=frozenset({"hr"})))
    assert read_form(Form((pay, kept_close))).problems == ()


def test_formula_problem_says_where_and_what_was_meant() -> None:
    found = read_form(Form((YES, Field("b", FieldKind.TEXT, "乙", visible_if="not([需要支特])"))))
    problem = found.problems[0]
    assert problem.params["part"] == "visible_if"
    assert problem.params["said"] == "需要支特"
    assert problem.at == 4


def test_clash_is_shown_and_everything_else_put_together() -> None:
    merged = merge_answers(
        {"a": "1", "b": "1", "c": "1"}, mine={"a": "2", "b": "2"}, theirs={"a": "1", "b": "3", "c": "1", "d": "4"}
    )
    assert merged.answers == {"a": "2", "b": "3", "d": "4"}
    assert [(clash.name, clash.was, clash.mine, clash.theirs) for clash in merged.clashes] == [("b", "1", "2", "3")]


def test_schema_tells_programs_what_an_answer_looks_like() -> None:
    schema = json_schema(FORM)
    assert schema["required"] == ["need"]
    assert sorted(schema["properties"]) == ["costs", "need", "note", "what", "why"]
    assert schema["properties"]["costs"]["items"]["required"] == ["item"]
    assert ui_schema(FORM)[1] == {"name": "what", "kind": "text", "label": "所需资源", "visible_if": "[需要支持]"}
