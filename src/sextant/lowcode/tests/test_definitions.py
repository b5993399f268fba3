"""A definition from its first draft to its last version: saved, refused, published, rolled back, retired."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from sextant.foundation.access.contracts import AccessDenied
from sextant.foundation.audit.models import AuditEntry
from sextant.lowcode.actions.definitions import (
    create_definition,
    discard_draft,
    publish_definition,
    retire,
    return_to_draft,
    roll_back,
    save_draft,
    set_review,
    submit_review,
    withdraw_version,
)
from sextant.lowcode.contracts.definitions import DefinitionRefused, SaveIsStale, VersionState
from sextant.lowcode.models import Definition, DefinitionVersion
from sextant.lowcode.queries.definitions import (
    count_definitions,
    current_versions,
    find_current,
    find_draft,
    get_definition,
    get_version,
    list_definitions,
    list_users,
    list_versions,
)
from sextant.lowcode.queries.formulas import document_of, read_formula
from sextant.lowcode.tests.definition_makers import EMPLOYEE, HR, NOW, OTHER_HR, formula, make_formula

LATER = NOW + timedelta(days=30)


def codes(error):
    return [one.code for one in error.value.problems]


def publish(definition_id, text, *, actor=HR, now=NOW, **changes):
    """Change the text and publish it; the id of the version."""
    draft = find_draft(definition_id)
    saved = save_draft(
        definition_id, document=formula(text), revision=draft.revision if draft else 0, actor=actor, now=now
    )
    return publish_definition(definition_id, revision=saved.revision, reason="调整", actor=actor, now=now, **changes)


@pytest.mark.django_db
def test_what_runs_keeps_its_version_and_rolling_back_adds_to_history():
    one = make_formula(text="2")
    began_with = find_current("formula", "bonus", on=NOW)
    assert began_with.number == 1 and began_with.published_by.label == "许念安"

    second = publish(one, "3")
    assert get_version(began_with.id).document["text"] == "2", "who runs on the first version goes on with it"
    assert find_current("formula", "bonus", on=NOW).id == second

    draft = roll_back(one, number=1, actor=OTHER_HR, now=NOW)
    assert find_current("formula", "bonus", on=NOW).id == second, "a draft changes nothing"
    with pytest.raises(DefinitionRefused) as refused:
        roll_back(one, number=2, actor=HR, now=NOW)
    assert codes(refused) == ["definition.draft_open"]
    publish_definition(one, revision=draft.revision, reason="退回", actor=HR, now=NOW)
    assert [(row.number, row.document["text"]) for row in list_versions(one)] == [(3, "2"), (2, "3"), (1, "2")]
    assert list_versions(one)[0].digest == began_with.digest and list_versions(one)[0].based_on == began_with.id

    for change in ({"document": {"text": "9"}}, {"reason": "x"}, {"state": "draft"}, {"effective_at": LATER}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DefinitionVersion.objects.filter(id=began_with.id).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        DefinitionVersion.objects.filter(id=began_with.id).delete()
    verbs = AuditEntry.objects.filter(object_kind="definition").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [
        "create_definition",
        "publish_definition",
        "open_draft",
        "publish_definition",
        "roll_back",
        "publish_definition",
    ]


@pytest.mark.django_db
def test_a_draft_may_be_wrong_and_only_its_publication_is_refused():
    made = create_definition("formula", code="score", name="得分", document=formula("1 +"), actor=HR, now=NOW)
    assert [one.code for one in made.problems] == ["formula.incomplete"]
    saved = save_draft(
        made.definition_id, document=formula("[底薪] * 2", caps=1), revision=1, name="季度得分", actor=OTHER_HR, now=NOW
    )
    assert (saved.revision, [one.code for one in saved.problems]) == (2, ["definition.unknown_key"])
    assert get_definition(made.definition_id, on=NOW).name == "季度得分"
    again = save_draft(made.definition_id, document=formula("[底薪] * 2", caps=1), revision=2, actor=HR, now=NOW)
    assert again.revision == 2, "nothing differs: nothing is written"
    for revision, reason, expected in (
        (2, "因为", ["definition.unknown_key"]),
        (2, " ", ["definition.reason_missing", "definition.unknown_key"]),
    ):
        with pytest.raises(DefinitionRefused) as refused:
            publish_definition(made.definition_id, revision=revision, reason=reason, actor=HR, now=NOW)
        assert codes(refused) == expected
    with pytest.raises(DefinitionRefused) as refused:
        save_draft(made.definition_id, document={"a": "x" * 600_000}, revision=2, actor=HR, now=NOW)
    assert codes(refused) == ["definition.too_large"]
    assert find_current("formula", "score", on=NOW) is None

    assert discard_draft(made.definition_id, revision=2, actor=HR, now=NOW) is False
    assert not Definition.objects.exists(), "what was never published goes with its draft"
    for changes, expected in (
        ({"code": "Score"}, "definition.bad_code"),
        ({"name": " "}, "definition.bad_name"),
        ({"kind": "poem"}, "definition.unknown_kind"),
    ):
        wanted = {"kind": "formula", "code": "score", "name": "得分", **changes}
        with pytest.raises(DefinitionRefused) as refused:
            create_definition(wanted.pop("kind"), **wanted, actor=HR, now=NOW)
        assert codes(refused) == [expected]


@pytest.mark.django_db
def test_a_stale_save_is_told_what_came_between():
    one = make_formula(text="2")
    save_draft(one, document=formula("3", note="旧"), revision=0, actor=HR, now=NOW)
    with pytest.raises(SaveIsStale) as stale:
        save_draft(one, document=formula("4"), revision=0, actor=OTHER_HR, now=NOW)
    assert stale.value.revision == 1 and stale.value.by.label == "许念安"
    assert {(change.fields, change.old, change.new) for change in stale.value.since} == {
        (("text",), "2", "3"),
        (("note",), None, "旧"),
    }
    save_draft(one, document=formula("5", note="旧"), revision=1, actor=HR, now=NOW)
    with pytest.raises(SaveIsStale) as stale:
        save_draft(one, document=formula("4"), revision=1, actor=OTHER_HR, now=NOW)
    assert [(change.fields, change.old, change.new) for change in stale.value.since] == [(("text",), "3", "5")]
    with pytest.raises(SaveIsStale):
        publish_definition(one, revision=1, reason="读过的已不是它", actor=OTHER_HR, now=NOW)
    publish_definition(one, revision=2, reason="改好了", actor=HR, now=NOW)
    with pytest.raises(SaveIsStale) as stale:
        save_draft(one, document=formula("6"), revision=2, actor=OTHER_HR, now=NOW)
    assert stale.value.revision == 0, "the draft is published: the next save opens another one"


@pytest.mark.django_db
def test_a_second_person_publishes_where_the_kind_asks_for_one():
    set_review("formula", is_needed=True, actor=HR, now=NOW)
    one = make_formula(is_published=False)
    with pytest.raises(DefinitionRefused) as refused:
        publish_definition(one, revision=1, reason="因为", actor=OTHER_HR, now=NOW)
    assert codes(refused) == ["definition.review_needed"]
    submit_review(one, revision=1, actor=HR, now=NOW)
    with pytest.raises(DefinitionRefused) as refused:
        save_draft(one, document=formula("9"), revision=1, actor=OTHER_HR, now=NOW)
    assert codes(refused) == ["definition.in_review"]
    with pytest.raises(DefinitionRefused) as refused:
        publish_definition(one, revision=1, reason="因为", actor=HR, now=NOW)
    assert codes(refused) == ["definition.own_review"]
    return_to_draft(one, actor=OTHER_HR, now=NOW)
    save_draft(one, document=formula("9"), revision=1, actor=OTHER_HR, now=NOW)
    submit_review(one, revision=2, actor=HR, now=NOW)
    with pytest.raises(DefinitionRefused) as refused:
        publish_definition(one, revision=2, reason="因为", actor=OTHER_HR, now=NOW)
    assert codes(refused) == ["definition.own_review"], "who wrote one word of it is a writer"
    set_review("formula", is_needed=False, actor=HR, now=NOW)
    publish_definition(one, revision=2, reason="因为", actor=OTHER_HR, now=NOW)


@pytest.mark.django_db
def test_a_version_for_later_waits_and_may_be_withdrawn():
    one = make_formula(text="2")
    later = publish(one, "3", effective_at=LATER)
    row = get_definition(one, on=NOW)
    assert (row.current, row.waiting) == (1, 2)
    assert find_current("formula", "bonus", on=LATER).number == 2
    with pytest.raises(DefinitionRefused) as refused:
        publish(one, "4")
    assert codes(refused) == ["definition.before_waiting"]
    withdraw_version(later, actor=HR, now=NOW)
    assert get_version(later).state is VersionState.WITHDRAWN
    publish(one, "4")
    assert find_current("formula", "bonus", on=LATER).number == 3
    with pytest.raises(DefinitionRefused) as refused:
        withdraw_version(
            get_definition(one, on=NOW).id and find_current("formula", "bonus", on=NOW).id, actor=HR, now=NOW
        )
    assert codes(refused) == ["definition.not_waiting"]
    with pytest.raises(DefinitionRefused) as refused:
        publish(one, "5", effective_at=NOW - timedelta(seconds=1))
    assert codes(refused) == ["definition.effective_in_the_past"]


@pytest.mark.django_db
def test_what_a_definition_names_must_be_there_before_it_is_published_and_before_it_goes():
    names = [{"name": "系数", "type": "number", "formula": "bonus"}]
    asking = make_formula("total", name="总分", text="[系数] * 10", names=names, is_published=False)
    publish_it = {"definition_id": asking, "revision": 1, "reason": "因为", "actor": HR, "now": NOW}
    with pytest.raises(DefinitionRefused) as refused:
        publish_definition(**publish_it)
    assert [(one.code, one.params["path"]) for one in refused.value.problems] == [
        ("definition.unknown_reference", "names[1].formula")
    ]
    named = make_formula(text="1.5", is_published=False)
    with pytest.raises(DefinitionRefused) as refused:
        publish_definition(**publish_it)
    assert codes(refused) == ["definition.unpublished_reference"]
    publish_definition(named, revision=1, reason="因为", actor=HR, now=NOW)
    publish_definition(**publish_it)
    total = read_formula(document_of(find_current("formula", "total", on=NOW)), on=NOW)
    assert total.value.evaluate({}).value == Decimal(15)

    assert [one.code for one in list_users("formula", "bonus", on=NOW)] == ["total"]
    with pytest.raises(DefinitionRefused) as refused:
        retire(named, is_retired=True, actor=HR, now=NOW)
    assert [(one.code, one.params["name"]) for one in refused.value.problems] == [("definition.in_use", "总分")]

    # a circle is seen where it would be closed
    with pytest.raises(DefinitionRefused) as refused:
        saved = save_draft(
            named,
            document=formula("[总]", names=[{"name": "总", "type": "number", "formula": "total"}]),
            revision=0,
            actor=HR,
            now=NOW,
        )
        publish_definition(named, revision=saved.revision, reason="因为", actor=HR, now=NOW)
    assert codes(refused) == ["formula_table.circle"]
    discard_draft(named, revision=1, actor=HR, now=NOW)

    retire(asking, is_retired=True, actor=HR, now=NOW)
    retire(named, is_retired=True, actor=HR, now=NOW)
    assert find_current("formula", "bonus", on=NOW) is None and current_versions("formula", on=NOW) == {}
    with pytest.raises(DefinitionRefused) as refused:
        retire(asking, is_retired=False, actor=HR, now=NOW)
    assert codes(refused) == ["definition.retired_reference"]
    with pytest.raises(DefinitionRefused) as refused:
        save_draft(asking, document=formula(), revision=0, actor=HR, now=NOW)
    assert codes(refused) == ["definition.retired"]


@pytest.mark.django_db
def test_lists_cost_one_query_and_who_may_not_is_refused(django_assert_num_queries):
    first, second = make_formula(), make_formula("other", name="其他", is_published=False)
    publish(first, "7", now=LATER, actor=OTHER_HR)
    save_draft(first, document=formula("8"), revision=0, actor=HR, now=LATER)
    with django_assert_num_queries(1):
        rows = list_definitions(on=LATER)
    assert [(one.id, one.current, one.draft, one.changed_by.label) for one in rows] == [
        (first, 2, 3, "许念安"),
        (second, None, 1, "许念安"),
    ]
    assert [one.id for one in list_definitions(on=NOW, search="其")] == [second]
    assert count_definitions() == {"formula": 2} and count_definitions(search="没有") == {}
    forbidden = (
        lambda: create_definition("formula", code="x", name="x", actor=EMPLOYEE, now=NOW),
        lambda: save_draft(first, document=formula(), revision=1, actor=EMPLOYEE, now=NOW),
        lambda: publish_definition(first, revision=1, reason="因为", actor=EMPLOYEE, now=NOW),
        lambda: retire(first, is_retired=True, actor=EMPLOYEE, now=NOW),
        lambda: roll_back(first, number=1, actor=EMPLOYEE, now=NOW),
        lambda: discard_draft(first, revision=1, actor=EMPLOYEE, now=NOW),
        lambda: submit_review(first, revision=1, actor=EMPLOYEE, now=NOW),
        lambda: set_review("formula", is_needed=True, actor=EMPLOYEE, now=NOW),
        lambda: withdraw_version(first, actor=EMPLOYEE, now=NOW),
        lambda: publish_definition(10**9, revision=1, reason="因为", actor=HR, now=NOW),
    )
    for act in forbidden:
        with pytest.raises(AccessDenied):
            act()
