"""A flow as BPMN 2.0, with its picture: other tools open it, and what they change comes back (`bpmn_reading`).

Kinds of steps become the elements that fit them; what BPMN has no word for (who is asked, the ladder's reactions) goes
along as an extension element with the step as we write it, so that a round trip loses nothing.
"""

import json
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from sextant.lowcode.flows.bpmn_layout import LINE, TASKS, goes_around, lay_out, place_of_label
from sextant.lowcode.flows.document import BranchStep, FlowDocument, ForkStep, StepDocument

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PICTURE = "http://www.omg.org/spec/BPMN/20100524/DI"
SHAPES = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
OWN = "urn:sextant:flow:1"
for _prefix, _name in {"bpmn": MODEL, "bpmndi": PICTURE, "dc": SHAPES, "di": LINES, "sextant": OWN}.items():
    register_namespace(_prefix, _name)

ELEMENTS = {
    "form": "userTask",
    "approve": "userTask",
    "copy": "sendTask",
    "wait": "intermediateCatchEvent",
    "call": "serviceTask",
    "subflow": "callActivity",
    "branch": "exclusiveGateway",
    "fork": "parallelGateway",
    "join": "parallelGateway",
    "end": "endEvent",
}
_DURATIONS = {"minute": "PT{0}M", "hour": "PT{0}H", "workday": "P{0}D"}
START = "start_event"
Way = tuple[str, str, str, str, bool, str]
"""Id, from, to, condition, whether it is the way of all other cases, name."""


def write_bpmn(document: FlowDocument, *, code: str, name: str) -> bytes:
    """The flow as a BPMN 2.0 file (UTF-8), its process called by the flow's code, with its picture (`bpmn_layout`)."""
    root = Element(f"{{{MODEL}}}definitions", {"id": f"definitions_{code}", "targetNamespace": OWN})
    process = SubElement(root, f"{{{MODEL}}}process", {"id": code, "name": name, "isExecutable": "true"})
    _keep(process, "flow", document.model_dump(mode="json", exclude={"steps"}))
    flows = list(_flows(document))
    nodes = {START: "startEvent", **{step.code: ELEMENTS[step.kind] for step in document.steps}}
    defaults = {source: key for key, source, _, condition, is_default, _ in flows if is_default and not condition}
    _write_node(process, START, "startEvent", flows)
    for step in document.steps:
        element = _write_node(process, step.code, nodes[step.code], flows, name=step.name)
        if step.code in defaults:
            element.set("default", defaults[step.code])
        _write_details(element, step)
    for key, source, target, condition, _, called in flows:
        line = SubElement(process, f"{{{MODEL}}}sequenceFlow", {"id": key, "sourceRef": source, "targetRef": target})
        if called:
            line.set("name", called)
        if condition:
            SubElement(line, f"{{{MODEL}}}conditionExpression").text = condition
    _draw(root, code, nodes, flows, {step.code: step.name for step in document.steps})
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _flows(document: FlowDocument) -> Iterator[Way]:
    """Every line between steps; one that leads to no step there is, is left out."""
    known = {step.code for step in document.steps}
    if document.steps:
        yield "flow_0", START, document.steps[0].code, "", False, ""
    number = 0
    for step in document.steps:
        if isinstance(step, BranchStep | ForkStep):
            is_branch = isinstance(step, BranchStep)
            ways = [(arm.next, arm.when, not arm.when and is_branch, arm.name) for arm in step.arms]
        else:
            ways = [(getattr(step, "next", ""), "", False, "")]
        for target, condition, is_default, called in ways:
            if target in known:
                number += 1
                yield f"flow_{number}", step.code, target, condition, is_default, called


def _write_node(process: Element, key: str, kind: str, flows: list[Way], *, name: str = "") -> Element:
    element = SubElement(process, f"{{{MODEL}}}{kind}", {"id": key, **({"name": name} if name else {})})
    element.text = None
    for flow, source, target, *_ in flows:
        for word, end in (("incoming", target), ("outgoing", source)):
            if end == key:
                SubElement(element, f"{{{MODEL}}}{word}").text = flow
    return element


def _write_details(element: Element, step: StepDocument) -> None:
    """What the element says by itself, and the whole step as an extension in front."""
    if step.kind == "wait" and step.span is not None:
        timer = SubElement(element, f"{{{MODEL}}}timerEventDefinition", {"id": f"{step.code}_timer"})
        length = _DURATIONS[step.span.unit.value].format(step.span.amount)
        SubElement(timer, f"{{{MODEL}}}timeDuration").text = f'"{length}"'
    if step.kind == "subflow" and step.flow:
        element.set("calledElement", step.flow)
    _keep(element, "step", step.model_dump(mode="json", exclude_defaults=True) | {"kind": step.kind})


def _keep(element: Element, name: str, value: object) -> None:
    """Our own words, first in the element as BPMN wants extensions."""
    extension = Element(f"{{{MODEL}}}extensionElements")
    SubElement(extension, f"{{{OWN}}}{name}").text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    element.insert(0, extension)


def _draw(root: Element, code: str, nodes: dict[str, str], flows: list[Way], names: dict[str, str]) -> None:
    diagram = SubElement(root, f"{{{PICTURE}}}BPMNDiagram", {"id": f"diagram_{code}"})
    plane = SubElement(diagram, f"{{{PICTURE}}}BPMNPlane", {"id": f"plane_{code}", "bpmnElement": code})
    layout = lay_out(nodes, [(source, target) for _, source, target, *_ in flows], start=START)
    for key, box in layout.boxes.items():
        shape = SubElement(plane, f"{{{PICTURE}}}BPMNShape", {"id": f"{key}_shape", "bpmnElement": key})
        _bounds(shape, box.x - box.width // 2, box.y - box.height // 2, box.width, box.height)
        if nodes[key] not in TASKS and names.get(key):  # beside the shape: lines come in above it and go out below
            _label(shape, box.x + box.width // 2 + 8, box.y - 8, names[key])
    taken: dict[str, int] = {}
    for (key, source, *_, called), points in zip(flows, layout.lines, strict=True):
        edge = SubElement(plane, f"{{{PICTURE}}}BPMNEdge", {"id": f"{key}_edge", "bpmnElement": key})
        for x, y in points:
            SubElement(edge, f"{{{LINES}}}waypoint", {"x": str(x), "y": str(y)})
        if called:
            x, y = place_of_label(points, _width(called))
            if goes_around(points):  # several lines of a gate turn at one height: their names stand side by side
                x = taken.get(source, x)
                taken[source] = x + _width(called) + LINE
            _label(edge, x, y, called)


def _label(element: Element, x: int, y: int, text: str) -> None:
    _bounds(SubElement(element, f"{{{PICTURE}}}BPMNLabel"), x, y, _width(text), LINE)


def _width(text: str) -> int:
    """About how wide a text is drawn: Chinese characters are twice as wide as others."""
    return sum(12 if ord(letter) > 0x2E80 else 7 for letter in text) + 4


def _bounds(element: Element, x: int, y: int, width: int, height: int) -> None:
    sizes = {"x": str(x), "y": str(y), "width": str(width), "height": str(height)}
    SubElement(element, f"{{{SHAPES}}}Bounds", sizes)
