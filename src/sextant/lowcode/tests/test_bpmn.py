"""Flows as BPMN files: other tools read what is written, and what is written comes back whole."""

from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.parser import BpmnParser

from sextant.lowcode.flows.bpmn_reading import read_bpmn
from sextant.lowcode.flows.bpmn_writing import write_bpmn
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.flows.reading import read_flow
from sextant.lowcode.tests.flow_makers import approve, end, limit, manager, persons

STEPS = [
    {"code": "fill", "kind": "form", "name": "填写 <单>", "assignees": [{"source": "starter"}], "next": "cc"},
    {"code": "cc", "kind": "copy", "assignees": [persons(5)], "next": "by"},
    {
        "code": "by",
        "kind": "branch",
        "arms": [{"when": 'AND([金额] > 5, "a<" = "a<")', "next": "f", "name": "大额"}, {"next": "pause"}],
    },
    {"code": "f", "kind": "fork", "arms": [{"next": "one"}, {"next": "two"}]},
    approve("one", manager(9), then="m", limits=[limit("late", 4, do="escalate", to=[manager(10)])]),
    approve("two", persons(3, 4), then="m", quorum="count", count=2),
    {"code": "m", "kind": "join", "next": "act"},
    {"code": "act", "kind": "call", "action": "goals.close", "params": {"why": "x"}, "next": "sub"},
    {"code": "sub", "kind": "subflow", "flow": "review", "next": "z"},
    {"code": "pause", "kind": "wait", "span": {"amount": 30, "unit": "minute"}, "next": "z"},
    end(),
]
FLOW = FlowDocument.model_validate({"fields": [{"name": "金额"}], "steps": STEPS, "may_withdraw": False})
OTHER = (Path(__file__).parent / "cases" / "other_tool.bpmn").read_text(encoding="utf-8")


def test_another_tool_reads_what_is_written_and_it_comes_back_whole():
    assert [one for one in read_flow(FLOW).problems if one.severity == "error"] == []
    written = write_bpmn(FLOW, code="adjust", name="目标调整")
    parser = BpmnParser()
    parser.add_bpmn_str(written)
    names = set(parser.get_spec("adjust").task_specs)
    assert {step["code"] for step in STEPS} <= names
    assert (read_bpmn(written).value, read_bpmn(written).problems) == (FLOW, ())
    assert written.count(b"BPMNShape") >= 2 * len(STEPS)


def test_a_file_of_another_tool_comes_in_as_far_as_it_is_of_the_subset():
    read = read_bpmn(OTHER.encode())
    assert [one.code for one in read.problems] == ["bpmn.no_picture"]
    shape = '<b:BPMNShape xmlns:b="http://www.omg.org/spec/BPMN/20100524/DI"/></'
    drawn = shape.join(OTHER.rsplit("</", 1))
    assert [one.code for one in read_bpmn(drawn.encode()).problems] == ["bpmn.redrawn"]
    document = read.value
    assert [(step.code, step.kind) for step in document.steps] == [
        ("gateway_1", "branch"),
        ("e", "end"),
        ("task_a", "approve"),
        ("w", "wait"),
    ]
    branch, _, task, wait = document.steps
    assert [(arm.when, arm.next) for arm in branch.arms] == [("[金额] > 5", "e"), ("", "task_a")]
    assert (task.name, wait.span.amount, wait.span.unit) == ("看一看", 26, "hour")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not xml", "bpmn.not_xml"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "bpmn.not_xml"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16"), "bpmn.not_xml"),
        (b"<x/>", "bpmn.no_process"),
        (OTHER.replace("userTask", "businessRuleTask").encode(), "bpmn.unknown_element"),
        (b"x" * 2_000_001, "bpmn.too_large"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content, code):
    assert [one.code for one in read_bpmn(content).problems] == [code]
