"""Two people at one definition, or at two that name each other, in the same instant."""

import pytest

from sextant.lowcode.actions.definitions import publish_definition, retire, save_draft
from sextant.lowcode.contracts.definitions import DefinitionRefused, SaveIsStale
from sextant.lowcode.models import Definition, DefinitionVersion
from sextant.lowcode.queries.definitions import find_current, list_versions
from sextant.lowcode.tests.definition_makers import HR, NOW, OTHER_HR, formula, make_formula
from tests.at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_first_and_told():
    one = make_formula(text="1")

    # both open a draft: one is first, the other is shown what the first wrote
    def save(text, revision, actor):
        return lambda: save_draft(one, document=formula(text), revision=revision, actor=actor, now=NOW)

    found = at_once(save("2", 0, HR), save("3", 0, OTHER_HR))
    (stale,) = [each for each in found if isinstance(each, SaveIsStale)]
    assert stale.since and DefinitionVersion.objects.filter(state="draft").count() == 1

    # both publish, and a third saves: one version, and never a text that nobody read
    def publish(actor):
        return lambda: publish_definition(one, revision=1, reason="同时", actor=actor, now=NOW)

    read = DefinitionVersion.objects.get(state="draft").document["text"]
    found = at_once(publish(HR), publish(OTHER_HR), save("4", 1, HR))
    published = [each for each in found if isinstance(each, int)]
    assert len(published) <= 1
    assert all(isinstance(each, DefinitionRefused | SaveIsStale) for each in found[:2] if each not in published)
    versions = list_versions(one)
    assert [row.number for row in versions if row.published_at] == ([2, 1] if published else [1])
    if published:
        assert find_current("formula", "bonus", on=NOW).document["text"] == read

    # one publishes a reference while the other retires what it names: never a reference into nothing
    named = make_formula("named")
    names = [{"name": "系数", "formula": "named"}]
    asking = make_formula("asking", text="[系数]", names=names, is_published=False)
    found = at_once(
        lambda: publish_definition(asking, revision=1, reason="同时", actor=HR, now=NOW),
        lambda: retire(named, is_retired=True, actor=OTHER_HR, now=NOW),
    )
    assert sum(isinstance(each, DefinitionRefused) for each in found) == 1
    assert Definition.objects.get(id=named).is_retired is isinstance(found[0], DefinitionRefused)
