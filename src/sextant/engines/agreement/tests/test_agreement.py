"""One text, one form, one hash: whatever the spelling of a number, and whoever writes it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.agreement import (
    GoalTerms,
    GoalText,
    canonical,
    check_contract,
    diff,
    digest,
    hash_of,
    plain,
    plan_digest,
    read_terms,
    write_contract,
)
from sextant.engines.agreement.tests.strategies import numbers, plans, signatures, terms

AT = datetime(2026, 10, 6, 3, 40, tzinfo=UTC)


@given(terms)
def test_terms_written_and_read_say_the_same(one: GoalTerms):
    stored = json.loads(canonical(one))
    assert plain(read_terms(stored)) == stored
    assert digest(read_terms(stored)) == digest(one)


@given(terms, st.integers(0, 4))
def test_a_number_with_empty_places_is_the_same_number(one: GoalTerms, places: int):
    padded = replace(one, weight=one.weight + Decimal(0).scaleb(-places - 4))
    assert canonical(padded) == canonical(one)


@given(terms, terms)
def test_two_texts_differ_exactly_when_their_hashes_do(old: GoalTerms, new: GoalTerms):
    assert bool(diff(old, new)) == (digest(old) != digest(new))
    assert diff(old, old) == ()


@given(terms, terms)
def test_the_difference_one_way_is_the_difference_the_other_way_turned_round(old: GoalTerms, new: GoalTerms):
    there, back = diff(old, new), diff(new, old)
    assert [(one.field, one.old, one.new) for one in there] == [(one.field, one.new, one.old) for one in back]


@given(terms, numbers)
def test_one_changed_field_is_the_only_change_named(one: GoalTerms, number: Decimal):
    changed = replace(one, start=number)
    assert [change.field for change in diff(one, changed)] == ["start"]


@given(plans(), terms)
def test_a_plan_with_another_goal_or_another_order_has_another_digest(plan, extra: GoalTerms):
    more = replace(plan, goals=(*plan.goals, GoalText("new", extra)))
    assert plan_digest(more) != plan_digest(plan)
    turned = replace(more, goals=more.goals[::-1])
    assert (plan_digest(turned) == plan_digest(more)) == (len(more.goals) == 1)


@given(plans())
def test_a_contract_signed_by_both_holds(plan):
    text = write_contract(plan, number="SX-2026Q4-0417", version=1, signatures=signatures(plan), signed_at=AT)
    checked = check_contract(text, digest=hash_of(text))
    assert checked.value is not None and checked.value["number"] == "SX-2026Q4-0417"


@given(plans(), st.data())
def test_a_contract_with_one_changed_byte_never_holds_against_its_digest(plan, data):
    text = write_contract(plan, number="SX-2026Q4-0417", version=1, signatures=signatures(plan), signed_at=AT)
    at = data.draw(st.integers(0, len(text) - 1))
    forged = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    assert check_contract(forged, digest=hash_of(text)).problems[0].code == "contract.digest"


def _codes(document: object) -> list[str]:
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return [problem.code for problem in check_contract(text).problems]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "other/1"}', "[" * 100_000])
def test_something_else_is_no_contract(text):
    assert _codes(text) == ["contract.unreadable"]


@given(plans())
def test_what_was_changed_behind_the_signatures_is_named(plan):
    def written(signed):
        return write_contract(plan, number="N", version=1, signatures=signed, signed_at=AT)

    owner, counterpart = signatures(plan)
    assert _codes(written((owner, counterpart))) == []
    assert _codes(written((owner,))) == ["contract.signature_missing"]
    assert _codes(written((owner, replace(counterpart, digest="0" * 64)))) == ["contract.signature_text"]
    assert _codes(written((owner, replace(counterpart, number=owner.number)))) == ["contract.one_signer"]
    assert _codes(json.loads(written((owner, counterpart)))) == ["contract.form"]
