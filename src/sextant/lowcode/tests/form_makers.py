"""Forms and sheets for tests. Sheets of tests belong to a subject of their own kind, whose host knows three people."""

from sextant.engines.forms import Viewer
from sextant.foundation.access.contracts import Actor, Role
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.actions.sheets import begin_sheet
from sextant.lowcode.registry_sheets import register_sheet_host
from sextant.lowcode.tests.definition_makers import HR, NOW

ASKED = Actor(None, 9, frozenset({Role.EMPLOYEE}), "何书瑶")
BOSS = Actor(None, 3, frozenset({Role.EMPLOYEE}), "林清越")
STRANGER = Actor(None, 4, frozenset({Role.EMPLOYEE}), "周予安")
SUBJECT = "test_case"


class Host:
    """The person a sheet is about fills it in; one manager answers. Accounts of these tests have no person: they are
    known by their name."""

    def viewer(self, sheet, *, actor):
        if ASKED.person_id in (actor.person_id, sheet.about_id) and actor.label == ASKED.label:
            return Viewer(frozenset({"self"}))
        return Viewer(frozenset({"manager"})) if actor.person_id == BOSS.person_id else None

    def handed_in(self, sheet, *, values, actor, now):
        """Nothing follows."""


HOST = Host()


def fields():
    """A form with a condition, a table that adds up, and an answer of the manager alone."""
    return [
        {"name": "need", "label": "需要支持", "kind": "yes_no", "required": True},
        {"name": "what", "label": "所需资源", "visible_if": "[需要支持]", "required": True},
        {
            "name": "costs",
            "label": "费用",
            "kind": "table",
            "columns": [{"name": "item", "label": "项目"}, {"name": "fee", "label": "金额", "kind": "money"}],
        },
        {"name": "total", "label": "合计", "kind": "formula", "formula": "[费用.金额]"},
        {"name": "why", "label": "说明", "kind": "long_text"},
        {"name": "answer", "label": "主管意见", "see": ["manager"]},
    ]


def make_form(code="support", *, document=None, is_published=True, now=NOW):
    """(definition id, version id) of a form."""
    document = {"fields": fields()} if document is None else document
    made = create_definition("form", code=code, name="支持申请", document=document, actor=HR, now=now)
    if is_published:
        publish_definition(made.definition_id, revision=1, reason="首次发布", actor=HR, now=now)
    return made.definition_id, made.version_id


def make_sheet(version_id=None, *, subject_id=1, now=NOW):
    """An empty sheet about ASKED."""
    register_sheet_host(SUBJECT, HOST)
    version_id = make_form()[1] if version_id is None else version_id
    return begin_sheet(version_id, subject=(SUBJECT, subject_id), about_id=ASKED.person_id, now=now)
