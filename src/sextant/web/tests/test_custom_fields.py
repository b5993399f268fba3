"""Custom fields where they hang: who sees and writes which, wherever they turn up."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.goals.tests.makers import make_goal
from sextant.lowcode.actions.answer_lists import arrange_answers
from sextant.lowcode.actions.definitions import create_definition, discard_draft, publish_definition, save_draft
from sextant.lowcode.actions.field_import import set_field
from sextant.lowcode.actions.sheets import begin_sheet
from sextant.lowcode.contracts.definitions import DefinitionRefused
from sextant.lowcode.contracts.sheets import SheetRefused
from sextant.lowcode.models import FormSheet, SheetChange
from sextant.lowcode.queries.custom_fields import formula_values
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.registry_formulas import find_context
from sextant.lowcode.registry_rules import list_rule_actions
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit
from sextant.web.tests.makers import NOW, client_of, make_account

SYSTEM = Actor.system("测试")
LEVELS = [{"code": "a", "label": "高潜"}, {"code": "b", "label": "稳定"}]
FIELDS = [
    {"name": "level", "label": "潜力", "kind": "choice", "options": LEVELS, "see": ["manager", "hr"], "listed": True},
    {"name": "years", "label": "司龄", "kind": "number", "listed": True},
    {"name": "wish", "label": "发展意向", "edit": ["self"], "listed": True},
    {"name": "secret", "label": "薪酬备注", "see": ["hr"]},
]


@dataclass
class Company:
    """Persons by what they are to `rep`, and the browsers they are signed in with."""

    id: int
    sheet: int
    unit: Unit
    lead_person: Person
    rep_person: Person
    other_person: Person
    lead: Client
    rep: Client
    other: Client
    hr: Client
    auditor: Client


@pytest.fixture
def company(db):
    """HR, a lead with one report who has values, a stranger, and a set of fields on persons."""
    unit = make_unit("一组")
    lead = make_person("主管", unit=unit, is_head=True)
    rep = make_person("何书瑶", unit=unit, manager=lead)
    other = make_person("外人", unit=make_unit("二组"))
    hr = make_person("许念安", unit=make_unit("人力资源部"))
    definition_id = make_fields("talent", fields=FIELDS)
    clients = {
        "lead": client_of(make_account(lead)),
        "rep": client_of(make_account(rep)),
        "other": client_of(make_account(other)),
        "hr": client_of(make_account(hr, Role.HR)),
        "auditor": client_of(make_account(make_person("审计", unit=make_unit("审计部")), Role.AUDITOR)),
    }
    sheet_id = write(clients["hr"], "talent", rep.pk, level="a", years="3.5", secret="谈过")
    return Company(definition_id, sheet_id, unit, lead, rep, other, **clients)


def make_fields(code, *, fields, host="person", name="人才档案"):
    """Id of a published set."""
    document = {"host": host, "fields": fields, "note": ""}
    made = create_definition("fields", code=code, name=name, document=document, actor=SYSTEM, now=NOW)
    publish_definition(made.definition_id, revision=1, reason="首次发布", actor=SYSTEM, now=NOW)
    return made.definition_id


def write(client, code, subject_id, **answers):
    """Through the pages: the way from the section to the sheet, and a save."""
    opened = client.get(reverse("lowcode:fields_write", args=[code, subject_id]))
    assert opened.status_code == 302, opened.status_code
    sheet_id = int(opened.url.rstrip("/").split("/")[-1])
    revision = FormSheet.objects.get(id=sheet_id).revision
    posted = {"asked": list(answers), "revision": revision, **{f"a-{name}": text for name, text in answers.items()}}
    saved = client.post(reverse("lowcode:sheet_save", args=[sheet_id]), posted, headers={"X-Autosave": "1"})
    assert saved.status_code == 200, saved.content
    return sheet_id


def section(client, host, subject_id):
    return client.get(reverse("lowcode:fields_section", args=[host, subject_id]))


def test_everybody_sees_on_the_page_what_is_theirs_to_see(company, django_assert_max_num_queries):
    rep = company.rep_person.pk
    shown = {
        who: section(getattr(company, who), "person", rep).content.decode() for who in ("lead", "rep", "hr", "auditor")
    }
    assert "高潜" in shown["lead"] and "3.5" in shown["lead"] and "谈过" not in shown["lead"]
    assert "高潜" not in shown["rep"] and "潜力" not in shown["rep"] and "3.5" in shown["rep"]
    assert "谈过" in shown["hr"] and "谈过" in shown["auditor"]
    edit = reverse("lowcode:fields_write", args=["talent", rep])
    assert [who for who in shown if edit in shown[who]] == ["rep", "hr"], "the lead and auditors only read"
    assert section(company.other, "person", rep).status_code == 404
    assert section(company.hr, "planet", rep).status_code == 404
    with django_assert_max_num_queries(15):
        section(company.lead, "person", rep)
    person_page = company.hr.get(reverse("web:person", args=[rep])).content.decode()
    assert reverse("lowcode:fields_section", args=["person", rep]) in person_page


def test_a_save_names_only_what_the_writer_may_write_and_is_kept_for_good(company):
    rep, sheet_id = company.rep_person.pk, company.sheet
    assert write(company.rep, "talent", rep, wish="带团队") == sheet_id
    before = FormSheet.objects.get(id=sheet_id)
    for name, text in (("secret", "x"), ("level", "b"), ("years", "9")):
        posted = {"asked": [name], "revision": before.revision, f"a-{name}": text}
        refused = company.rep.post(reverse("lowcode:sheet_save", args=[sheet_id]), posted, headers={"X-Autosave": "1"})
        assert refused.status_code == 409 and "谈过" not in refused.content.decode()
    handed = company.rep.post(
        reverse("lowcode:sheet_save", args=[sheet_id]), {"act": "hand_in", "revision": before.revision}
    )
    assert handed.status_code != 200 and FormSheet.objects.get(id=sheet_id).state == "open"
    assert company.other.get(reverse("lowcode:sheet", args=[sheet_id])).status_code == 404
    page = company.lead.get(reverse("lowcode:sheet", args=[sheet_id])).content.decode()
    assert "高潜" in page and "谈过" not in page and 'name="asked"' not in page
    changes = list(SheetChange.objects.filter(sheet_id=sheet_id).order_by("revision").values_list("changes", flat=True))
    assert changes[-1] == {"wish": [None, "带团队"]}


def test_a_new_version_adds_and_retires_and_what_was_written_stays(company):
    def publish(fields, **document):
        saved = save_draft(
            company.id, document={"host": "person", "fields": fields, **document}, revision=0, actor=SYSTEM, now=NOW
        )
        publish_definition(company.id, revision=saved.revision, reason="改字段", actor=SYSTEM, now=NOW)

    added = [*FIELDS[:1], {**FIELDS[1], "retired": True}, *FIELDS[2:], {"name": "tag", "label": "标签"}]
    publish(added)
    assert "3.5" not in section(company.hr, "person", company.rep_person.pk).content.decode()
    write(company.hr, "talent", company.rep_person.pk, tag="讲师")
    assert FormSheet.objects.get(id=company.sheet).answers["years"] == "3.5"
    for fields, code in (
        (added[1:], "fields.field_missing"),
        ([{**added[0], "kind": "text"}, *added[1:]], "fields.kind_changed"),
    ):
        with pytest.raises(DefinitionRefused) as refused:
            publish(fields)
        assert code in [one.code for one in refused.value.problems]
        discard_draft(company.id, revision=1, actor=SYSTEM, now=NOW)
    with pytest.raises(DefinitionRefused) as twice:
        make_fields("more", fields=[{"name": "x", "label": "潜力"}])
    assert [one.code for one in twice.value.problems] == ["fields.label_elsewhere"]


def test_formulas_read_what_their_reader_may_see(company):
    rep, lead = company.rep_person, company.lead_person
    names = {one.name: one.type.value for one in find_context("person_cycle").names()}
    assert names["附加.潜力"] == "text" and names["附加.司龄"] == "number"
    day = NOW.date()
    as_rep, as_lead = (Actor(1, one.pk, frozenset({Role.EMPLOYEE}), one.name) for one in (rep, lead))
    values = {
        who: formula_values("person", [rep.pk], actor=actor, on=NOW, day=day)[rep.pk]
        for who, actor in (("rep", as_rep), ("lead", as_lead), ("system", SYSTEM))
    }
    assert "附加.潜力" not in values["rep"] and values["lead"]["附加.潜力"] == "高潜"
    assert "附加.薪酬备注" not in values["lead"] and values["system"]["附加.薪酬备注"] == "谈过"


def test_units_and_goals_have_fields_of_their_own(company):
    unit = company.unit
    goal = make_goal(owner=company.rep_person, metric=make_metric())
    make_fields("site", fields=[{"name": "city", "label": "城市", "edit": ["self"]}], host="unit", name="办公地点")
    make_fields("risk", fields=[{"name": "note", "label": "风险", "edit": ["manager"]}], host="goal", name="目标附记")
    write(company.lead, "site", unit.pk, city="上海")
    write(company.lead, "risk", goal.pk, note="依赖供应商")
    assert "上海" in section(company.rep, "unit", unit.pk).content.decode()
    assert "依赖供应商" in section(company.rep, "goal", goal.pk).content.decode()
    assert section(company.other, "goal", goal.pk).status_code == 404
    sheets = dict(FormSheet.objects.values_list("subject_kind", "about_id"))
    assert sheets["fields.unit"] is None and sheets["fields.goal"] == company.rep_person.pk


@pytest.mark.django_db(transaction=True)
def test_the_list_of_people_is_narrowed_sorted_and_told_by_fields_in_sight(company, django_assert_max_num_queries):
    for name, level, years in (("甲", "b", "10"), ("乙", "a", "2"), ("丙", None, None)):
        person = make_person(name, unit=company.unit, manager=company.lead_person)
        if level:
            write(company.hr, "talent", person.pk, level=level, years=years)
    arrange_answers(company.id, now=NOW)
    write(company.hr, "talent", company.other_person.pk, level="a")

    def names(client, **asked):
        page = client.get(reverse("web:people"), asked).context["page"]
        return [person.name for person, _, _ in page.people]

    assert names(company.hr, **{"x.talent.level": ["a"], "by": "talent.years"}) == ["乙", "何书瑶", "外人"]
    assert names(company.hr, **{"x.talent.years.from": "3", "by": "-talent.years"}) == ["甲", "何书瑶"]
    assert names(company.hr, by="talent.years")[:3] == ["乙", "何书瑶", "甲"]
    assert set(names(company.hr, **{"x.talent.level": ["-"]})) >= {"丙", "主管"}
    assert names(company.lead, **{"x.talent.level": ["a"]}) == ["何书瑶", "乙"], "outside the line nobody is told of"
    everyone = names(company.rep)
    assert names(company.rep, **{"x.talent.level": ["a"], "by": "talent.level"}) == everyone, "not theirs to ask by"
    page = company.lead.get(reverse("web:people"), {"col": ["talent.level", "talent.secret", "talent.years"]})
    assert "高潜" in page.content.decode() and "谈过" not in page.content.decode()
    assert "薪酬备注" not in page.content.decode() and "潜力" not in company.rep.get("/people/").content.decode()
    with django_assert_max_num_queries(15):
        company.lead.get(
            reverse("web:people"), {"col": ["talent.level"], "x.talent.years.from": "1", "by": "-talent.level"}
        )
    with connection.cursor() as cursor:
        cursor.execute(f"drop table lowcode_answer_{company.id}")


@pytest.mark.django_db(transaction=True)
def test_hr_lists_exports_and_imports_a_set(company, tmp_path, settings, django_assert_max_num_queries):
    settings.SEXTANT_HOME = tmp_path
    rep, lead = company.rep_person, company.lead_person
    page = reverse("lowcode:answers", args=[company.id])
    assert "列表正在准备" in company.hr.get(page).content.decode()
    arrange_answers(company.id, now=NOW)
    file = tmp_path / "in.csv"
    lines = [
        "工号,潜力,司龄,薪酬备注,不认识",
        f"{lead.number},稳定,12,不谈,x",
        f"{rep.number},高潜,三年,,",
        "Z999,高潜,1,,",
        f"{company.other_person.number},,,,",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    bring = reverse("lowcode:fields_import", args=[company.id])
    tried = company.hr.post(bring, {"file": file.open("rb")})
    told = tried.content.decode()
    assert tried.context["report"].changed == 1 and tried.context["refused"] == 2
    assert "“三年”不是数字" in told and "“Z999”没有找到" in told and "不认识" in told
    assert FormSheet.objects.count() == 1, "looked at, nothing is written"
    assert company.hr.post(bring, {"digest": tried.context["digest"], "act": "take"}).status_code == 302
    assert FormSheet.objects.get(subject_id=lead.pk).answers["years"] == "12"
    again = company.hr.post(bring, {"file": file.open("rb")})
    assert again.context["report"].changed == 0 and again.context["report"].same == 2

    with django_assert_max_num_queries(15):
        listed = company.hr.get(page, {"by": "-talent.years"})
    assert [row.whose for row in listed.context["rows"]] == ["主管", "何书瑶"]
    narrow = {"x.talent.level": ["a"], "col": ["talent.level", "talent.secret"]}
    text = b"".join(company.auditor.get(reverse("lowcode:answers_export", args=[company.id]), narrow)).decode(
        "utf-8-sig"
    )
    header, *rows = text.strip().splitlines()
    assert header == "编号,名称,时间,潜力,薪酬备注" and len(rows) == 1
    assert rows[0].startswith(f"{rep.number},何书瑶,") and rows[0].endswith(",高潜,谈过")
    book = company.hr.get(reverse("lowcode:answers_export", args=[company.id]), {**narrow, "format": "xlsx"})
    assert b"".join(book)[:2] == b"PK"
    for odd in (
        {"after": "1", "behind": "x\0"},
        {"after": "9", "by": "talent.years", "behind": "z"},
        {"x.talent.wish": "\0"},
    ):
        assert company.hr.get(page, odd).status_code == 200
    assert company.lead.get(page).status_code == 403
    with connection.cursor() as cursor:
        cursor.execute(f"drop table lowcode_answer_{company.id}")


@pytest.mark.django_db(transaction=True)
def test_the_list_of_goals_is_narrowed_and_its_export_carries_the_columns(company, django_assert_max_num_queries):
    owner = company.rep_person
    risky, calm = (make_goal(owner=owner, metric=make_metric(), title=title) for title in ("有风险", "平稳"))
    kinds = [{"code": "high", "label": "高"}, {"code": "low", "label": "低"}]
    set_id = make_fields(
        "risk",
        fields=[
            {"name": "risk", "label": "风险", "kind": "choice", "options": kinds, "listed": True, "see": ["manager"]}
        ],
        host="goal",
        name="目标附记",
    )
    arrange_answers(set_id, now=NOW)
    sheets = [(risky, "high"), (calm, "low")]
    for goal, answer in sheets:
        sheet = begin_sheet(
            find_current("fields", "risk", on=NOW).id,
            subject=("fields.goal", goal.pk),
            part="risk",
            about_id=None,
            now=NOW,
        )
        FormSheet.objects.filter(id=sheet.id).update(answers={"risk": answer})
    asked = {"view": "list", "x.risk.risk": ["high"], "col": ["risk.risk"], "by": "risk.risk"}
    with django_assert_max_num_queries(15):
        page = company.lead.get(reverse("goals:map"), asked)
    assert [card.goal.title for card in page.context["cards"]] == ["有风险"] and "高" in page.content.decode()
    assert len(company.rep.get(reverse("goals:map"), asked).context["cards"]) == 2, "not theirs to ask by"
    text = b"".join(company.lead.get(reverse("goals:export"), asked)).decode("utf-8-sig").strip().splitlines()
    assert text[0].endswith(",风险") and len(text) == 2 and text[1].endswith(",高")
    with connection.cursor() as cursor:
        cursor.execute(f"drop table lowcode_answer_{set_id}")


def test_rules_write_what_hr_may_write_of_what_the_set_hangs_on(company):
    given = {"code": "talent", "actor": SYSTEM, "now": NOW, "on": NOW.date()}
    rep = company.rep_person.pk
    set_field(("person", rep), label="潜力", text="稳定", **given)
    assert FormSheet.objects.get(id=company.sheet).answers["level"] == "b"
    set_field(("person", rep), label="潜力", text="", **given)
    assert "level" not in FormSheet.objects.get(id=company.sheet).answers
    for subject, label, text in ((("person", rep), "司龄", "三年"), (("person", rep), "没有", "1")):
        with pytest.raises(SheetRefused):
            set_field(subject, label=label, text=text, **given)
    with pytest.raises(AccessDenied):
        set_field(("goal", rep), label="司龄", text="3", **given)
    assert "fields.set_person" in list_rule_actions("person_cycle") and "fields.set_goal" in list_rule_actions("goal")
