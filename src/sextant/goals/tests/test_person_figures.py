"""The formula editor and dry runs over people: figures of those in sight alone, the newest text beside the one in
force, and a page that says where a formula is wrong."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.goals.contracts import GoalState
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.lowcode.actions.definitions import create_definition, publish_definition, save_draft
from sextant.lowcode.formula_document import FormulaDocument
from sextant.lowcode.queries.definitions import find_definition, find_draft
from sextant.lowcode.queries.formula_dry_run import dry_run_formula
from sextant.lowcode.registry_formulas import find_context
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)
SYSTEM = Actor.system("测试")
TEXT = "如果([达成率] < 50%, 0, [目标得分]) - [红灯数] * 2"


@pytest.fixture
def company(db, monkeypatch):
    """A lead with one report: 90 points of weight 60, 50 of weight 20 and red, one goal nobody measured, one suspended;
    and a stranger with nothing measured."""
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    unit = make_unit("一组")
    lead = make_person("主管", unit=unit, is_head=True)
    rep = make_person("何书瑶", unit=unit, manager=lead)
    stranger = make_person("外人", unit=make_unit("二组"))
    good = make_goal(owner=rep, metric=make_metric(), weight=Decimal(60))
    bad = make_goal(owner=rep, metric=make_metric(), weight=Decimal(20))
    make_goal(owner=rep, metric=make_metric(), weight=Decimal(20))
    rest = make_goal(owner=rep, metric=make_metric(), weight=Decimal(20), state=GoalState.SUSPENDED)
    make_standing(good, Light.GREEN, score=Decimal(90), attainment=Decimal("0.9"), completion=Decimal(1))
    make_standing(bad, Light.RED, score=Decimal(50), attainment=Decimal("0.1"), completion=Decimal("0.4"))
    make_standing(rest, Light.RED, score=Decimal(0))
    make_goal(owner=stranger, metric=make_metric())
    return lead, rep, stranger


def test_figures_are_those_of_people_in_sight_and_missing_is_not_zero(company):
    lead, rep, stranger = company
    context = find_context("person_cycle")
    as_lead = Actor(1, lead.pk, frozenset({Role.EMPLOYEE}), "主管")
    assert [one.name for one in context.subjects(actor=as_lead, now=NOW)] == ["何书瑶"]
    assert [one.name for one in context.subjects(actor=SYSTEM, now=NOW, search="外")] == ["外人"]
    values = context.values([rep.pk, stranger.pk], actor=as_lead, now=NOW)
    assert set(values) == {rep.pk}, "whom one does not see, one computes nothing for"
    figures = values[rep.pk]
    assert (figures["目标得分"], figures["达成率"], figures["最低完成率"]) == (
        Decimal(80),
        Decimal("0.7"),
        Decimal("0.4"),
    )
    assert (figures["目标数"], figures["红灯数"], figures["部门"]) == (Decimal(3), Decimal(1), "一组")
    assert figures["时间进度"] == Decimal(45) / 90
    assert context.values([stranger.pk], actor=SYSTEM, now=NOW)[stranger.pk]["目标得分"] is None

    document = FormulaDocument(text=TEXT, context="person_cycle")
    before = FormulaDocument(text="[目标得分]", context="person_cycle")
    with CaptureQueriesContext(connection) as spent:
        report = dry_run_formula(document, before=before, code="x", actor=SYSTEM, now=NOW)
    assert len(spent) <= 14
    assert (report.subjects, report.changed, report.failed_before, report.failed_after) == (2, 1, 1, 1)
    assert (report.mean_before, report.mean_after) == (Decimal(80), Decimal(78))
    assert [(one.name, one.before, one.after) for one in report.movers] == [("何书瑶", Decimal(80), Decimal(78))]
    assert dry_run_formula(FormulaDocument(text="1 +"), before=None, code="x", actor=SYSTEM, now=NOW) is None


def sign_in(person: Person, *roles: Role) -> Client:
    user = User.objects.create(username=person.name, name=person.name, password="!", created_at=NOW)
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=NOW) for role in roles])
    Person.objects.filter(id=person.id).update(user=user)
    client = Client()
    client.force_login(user)
    return client


def test_the_editor_says_what_is_wrong_and_what_comes_out(company):
    lead, rep, stranger = company
    hr = sign_in(lead, Role.HR)
    document = {"text": "[目标得分]", "context": "person_cycle"}
    saved = create_definition("formula", code="score", name="季度得分", document=document, actor=SYSTEM, now=NOW)
    publish_definition(saved.definition_id, revision=1, reason="首次", actor=SYSTEM, now=NOW)
    address = reverse("lowcode:formula", args=[saved.definition_id])
    with CaptureQueriesContext(connection) as spent:
        page = hr.get(address)
    assert page.status_code == 200 and len(spent) <= 15, len(spent)
    assert len(page.content) < 120 * 1024

    def check(text, **more):
        sent = {"text": text, "context": "person_cycle", "result": "number", "code": "score", "subject": rep.pk, **more}
        with CaptureQueriesContext(connection) as spent:
            answer = hr.post(reverse("lowcode:formula_check"), sent)
        assert answer.status_code == 200 and len(spent) <= 15, len(spent)
        return answer.content.decode()

    said = check(TEXT)
    assert ">78</span>" in said and "现行版本为 80" in said and "70.0%" in said and "可以计算" in said
    said = check("[目标得份] * 2")
    assert 'data-fix data-from="0" data-until="6" data-text="[目标得分]"' in said and "改好错误后计算" in said
    assert "缺失" in check(TEXT, subject=stranger.pk) and "没有数据" in check(TEXT, subject=stranger.pk)
    for hostile in ("(" * 3000, "[" * 4001, "<script>alert(1)</script>", "\x00", "1" * 3999, "如果(" * 900, "𠮷" * 50):
        said = check(hostile)
        assert "data-problems" in said and "<script>alert" not in said, hostile[:20]
    check("1", own_name=["a", "a"], own_type=["number", "poem"], own_formula=["", "../.."])

    sent = {"text": TEXT, "context": "person_cycle", "result": "number", "revision": 0, "name": "季度绩效得分"}
    kept = hr.post(address, sent, headers={"X-Autosave": "1"})
    assert kept.json()["revision"] == 1 and find_draft(saved.definition_id).document["text"] == TEXT
    save_draft(saved.definition_id, document={**document, "text": "1"}, revision=1, actor=SYSTEM, now=NOW)
    stale = hr.post(address, {**sent, "revision": 1, "text": "2"}, headers={"X-Autosave": "1"})
    assert (
        stale.status_code == 409 and "data-overwrite" in stale.content.decode() and TEXT[:6] in stale.content.decode()
    )
    assert "已保存" in hr.post(address, {**sent, "revision": 2}, follow=True).content.decode(), "without scripts"
    dry = hr.get(reverse("lowcode:definition_dry_run", args=[saved.definition_id])).content.decode()
    assert "何书瑶" in dry and "78" in dry
    assert find_definition("formula", "score") == saved.definition_id
    other = sign_in(rep, Role.EMPLOYEE)
    assert other.post(reverse("lowcode:formula_check"), {"text": "1"}).status_code == 403
