"""Answers as lists: the same filter for all, the index that is asked for, the order and its pages."""

from datetime import timedelta

import pytest
from django.db import connection

from sextant.lowcode.actions.answer_lists import arrange_answers
from sextant.lowcode.actions.definitions import publish_definition, save_draft
from sextant.lowcode.actions.sheets import hand_in_sheet, reopen_sheet
from sextant.lowcode.policy.answer_lists import listed_fields, read_test
from sextant.lowcode.queries.answer_lists import (
    Order,
    answers_of,
    expression,
    is_listed,
    list_answers,
    place_of,
    stream_answers,
)
from sextant.lowcode.queries.sheets import get_form, ready_form
from sextant.lowcode.tests.definition_makers import HR, NOW
from sextant.lowcode.tests.form_makers import ASKED, make_form, make_sheet

LEVELS = [{"code": "a", "label": "甲"}, {"code": "b", "label": "乙"}]
FIELDS = [
    {"name": "fee", "label": "费用", "kind": "money", "listed": True},
    {"name": "day", "label": "日期", "kind": "date", "listed": True},
    {"name": "level", "label": "级别", "kind": "choice", "options": LEVELS, "listed": True},
    {"name": "tags", "label": "标签", "kind": "choices", "options": LEVELS, "listed": True},
    {"name": "why", "label": "说明", "listed": True},
    {"name": "twice", "label": "双倍", "kind": "formula", "formula": "[费用] * 2", "listed": True},
]
ANSWERS = [
    {"fee": "10", "day": "2026-11-01", "level": "a", "tags": ["a"], "why": "出差"},
    {"fee": "9.5", "day": "2026-11-03", "level": "b", "tags": ["a", "b"], "why": "出差上海"},
    {"level": "a", "why": "'; drop table lowcode_answer; --"},
    {"fee": "-3", "day": "2026-11-02", "tags": ["b"]},
    {"fee": "10", "why": "x" * 400},
]


@pytest.mark.django_db(transaction=True)
def test_lists_filter_and_sort_by_what_forms_say(django_assert_max_num_queries):
    definition_id, version_id = make_form(document={"fields": FIELDS})
    before = [_hand_in(version_id, number, answers) for number, answers in enumerate(ANSWERS[:3], start=1)]
    assert not is_listed(definition_id)
    arrange_answers(definition_id, now=NOW)
    after = [_hand_in(version_id, number, answers) for number, answers in enumerate(ANSWERS[3:], start=4)]
    arrange_answers(definition_id, now=NOW)  # again: nothing is taken twice
    ids = [*before, *after]
    listed = {one.name: one for one in listed_fields(ready_form(get_form(version_id)), {f["name"] for f in FIELDS})}

    def found(name, **given):
        test = read_test(listed[name], {key.strip("_"): value for key, value in given.items()})
        return [ids.index(row.sheet_id) for row in list_answers(answers_of(definition_id, tests=[test]), **_PLAIN)]

    assert found("fee", **{"from": ["9.5"], "until": ["10"]}) == [0, 1, 4]
    assert found("twice", **{"from": ["20"]}) == [0, 4]
    assert found("day", until=["2026-11-02"]) == [0, 3]
    assert found("level", _=["a"]) == [0, 2]
    assert found("level", _=["b", "-"]) == [1, 3, 4]
    assert found("tags", _=["b"]) == [1, 3]
    assert found("why", _=["出差"]) == [0, 1]
    assert found("why", _=["';"]) == [2]

    for order, expected in (
        (Order(listed["fee"], is_down=False), [3, 1, 0, 4, 2]),
        (Order(listed["fee"], is_down=True), [4, 0, 1, 3, 2]),
        (Order(listed["day"], is_down=True), [1, 3, 0, 2, 4]),
        (Order(None, is_down=True), [4, 3, 2, 1, 0]),
    ):
        assert [ids.index(one) for one in _by_pages(definition_id, order, limit=2)] == expected
    assert [row.sheet_id for row in stream_answers(answers_of(definition_id))] == ids
    with django_assert_max_num_queries(2):
        list_answers(answers_of(definition_id), order=Order(listed["fee"]), limit=50)

    reopen_sheet(ids[0], now=NOW)
    assert found("fee", **{"from": ["10"]}) == [4]

    _fill(definition_id)
    for name, asked in (
        ("fee", {"from": ["5990"]}),
        ("level", {"": ["a"]}),
        ("why", {"": ["出"]}),
        ("tags", {"": ["a"]}),
    ):
        assert (
            f"lowcode_a{definition_id}_{name}"
            in answers_of(definition_id, tests=[read_test(listed[name], asked)]).explain()
        ), name
    first = answers_of(definition_id).alias(by=expression(listed["fee"])).order_by("by", "sheet_id")[:20]
    assert f"lowcode_a{definition_id}_fee_n" in first.explain()

    fewer = [{**one, "listed": one["name"] == "day"} for one in FIELDS]
    saved = save_draft(definition_id, document={"fields": fewer}, revision=0, actor=HR, now=NOW)
    publish_definition(definition_id, revision=saved.revision, reason="少几个", actor=HR, now=NOW)
    arrange_answers(definition_id, now=NOW + timedelta(minutes=1))
    assert _indexes(definition_id) == [f"lowcode_a{definition_id}_day_t"]
    with connection.cursor() as cursor:
        cursor.execute(f"drop table lowcode_answer_{definition_id}")


_PLAIN = {"order": Order(None, is_down=False), "limit": 50}


def _hand_in(version_id, number, answers):
    sheet = make_sheet(version_id, subject_id=number)
    at = NOW + timedelta(minutes=number)
    return hand_in_sheet(sheet.id, given=answers, revision=0, actor=ASKED, now=at).id


def _by_pages(definition_id, order, *, limit):
    after, ids = None, []
    while rows := list_answers(answers_of(definition_id), order=order, after=after, limit=limit):
        ids += [row.sheet_id for row in rows]
        after = place_of(rows[-1], order)
    return ids


def _fill(definition_id):
    """So many answers that an index is worth its while."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into lowcode_answer (definition_id, sheet_id, subject_id, at, answers) "
            "select %s, 1000000 + g, g, now(), jsonb_build_object('fee', g::text, 'why', md5(g::text), 'level', 'b', "
            "'tags', jsonb_build_array('b')) from generate_series(1, 6000) as g",
            [definition_id],
        )
        cursor.execute("analyze lowcode_answer")


def _indexes(definition_id):
    with connection.cursor() as cursor:
        cursor.execute(
            "select indexname from pg_indexes where indexname like %s order by 1", [f"lowcode\\_a{definition_id}\\_%"]
        )
        return [row[0] for row in cursor.fetchall()]
