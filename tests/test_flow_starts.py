"""发起 across the floors: the list of flows of a real person, by unit and role, and what starting one leads to."""

from datetime import timedelta

import pytest
from django.urls import reverse

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now as clock_now
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.models import FlowInstance
from sextant.people.models import Unit
from tests.cast import make_cast

SYSTEM = Actor.system("test")
END = {"code": "z", "kind": "end"}


def make_flow(code, name, *steps, **more):
    before = clock_now() - timedelta(days=1)
    document = {"steps": [*steps, END], **more}
    made = create_definition("flow", code=code, name=name, document=document, actor=SYSTEM, now=before)
    publish_definition(made.definition_id, revision=made.revision, reason="首次发布", actor=SYSTEM, now=before)


def ask(source, code="a", kind="approve"):
    return {"code": code, "kind": kind, "name": "审批", "assignees": [{"source": source}], "next": "z"}


@pytest.mark.django_db
def test_start_page_leads_to_the_form_or_to_the_run(client, django_assert_max_num_queries):
    cast = make_cast()
    company = Unit.objects.get(name="公司")
    unit = {"who": "some", "among": [{"source": "unit", "params": {"unit": company.code}}]}
    other = {"who": "some", "among": [{"source": "unit", "params": {"unit": Unit.objects.get(name="二组").code}}]}
    form = {**ask("starter", "f", "form"), "next": "a"}
    make_flow("fill", "报销", form, ask("people.line_manager"), starters=unit, note="先和主管说一声")
    make_flow("choose", "借调", ask("chosen"), starters={"who": "everyone"})
    make_flow("others", "二组的事", ask("chosen"), starters=other)
    cast.sign_in(client, "employee")
    with django_assert_max_num_queries(15):
        page = client.get(reverse("lowcode:flow_starts")).content.decode()
    assert "报销" in page and "借调" in page and "先和主管说一声" in page and "二组的事" not in page
    assert reverse("lowcode:flow_starts") in client.get(reverse("lowcode:inbox")).content.decode()
    assert client.get(reverse("lowcode:flow_begin", args=["others"])).status_code == 404

    fill, choose = (reverse("lowcode:flow_begin", args=[code]) for code in ("fill", "choose"))
    begun = client.post(fill, {"title": "六月差旅", "key": "0a"})
    assert begun["Location"].endswith("/form/")
    assert client.post(fill, {"title": "六月差旅", "key": "0a"})["Location"] == reverse("lowcode:work_started")
    assert "“审批”由谁处理" in client.get(choose).content.decode()
    refused = client.post(choose, {"c-a": "查无此人"})
    assert refused.status_code == 422 and "查无此人" in refused.content.decode()
    begun = client.post(choose, {"c-a": "陈主管"})
    run = FlowInstance.objects.get(definition__code="choose")
    assert begun["Location"] == reverse("lowcode:flow_run", args=[run.pk])
    assert run.chosen == {"a": [cast.objects["manager_person"]]} and run.title == "借调"
