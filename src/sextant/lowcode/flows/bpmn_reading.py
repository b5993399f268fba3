"""A flow from a BPMN 2.0 file: one of ours comes back whole, one of another tool as far as it uses the same subset.

The file is somebody's upload. Entities and document types are refused before anything is parsed, so nothing in it can
grow or reach out.
"""

import json
import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from pydantic import ValidationError

from sextant.engines.values import Outcome, Problem, Severity
from sextant.lowcode.flows.bpmn_writing import MODEL, OWN, PICTURE
from sextant.lowcode.flows.document import FlowDocument

MOST_BYTES = 2_000_000
_PASSED_OVER = frozenset(
    {"sequenceFlow", "extensionElements", "documentation", "startEvent", "laneSet", "textAnnotation", "association"}
)
_KINDS = {
    "userTask": "approve",
    "manualTask": "approve",
    "task": "approve",
    "sendTask": "copy",
    "serviceTask": "call",
    "scriptTask": "call",
    "callActivity": "subflow",
    "intermediateCatchEvent": "wait",
    "exclusiveGateway": "branch",
    "parallelGateway": "fork",
    "endEvent": "end",
}
_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")
_REFUSED = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.I)


def read_bpmn(content: bytes) -> Outcome[FlowDocument]:
    """The flow in the file, as a draft for HR to look at; or why not. Codes: `bpmn.*`.

    Who is asked is known only for files that were written here. Conditions come as they stand there and are checked
    like any others when the draft is published. The picture is drawn anew; a file of another tool is told so by a note
    (bpmn.no_picture, bpmn.redrawn).
    """
    if len(content) > MOST_BYTES:
        return Outcome(None, (Problem("bpmn.too_large"),))
    try:
        # as text: a file in another encoding could hide from the search what the parser would then see
        text = content.decode("utf-8-sig")
        if _REFUSED.search(text):
            return Outcome(None, (Problem("bpmn.not_xml"),))
        root = fromstring(text)
    except (ParseError, ValueError, LookupError):
        return Outcome(None, (Problem("bpmn.not_xml"),))
    process = root.find(f"{{{MODEL}}}process")
    if process is None:
        return Outcome(None, (Problem("bpmn.no_process"),))
    read = _Reading(process).document()
    return Outcome(read.value, (*read.problems, *_picture(root, process))) if read.value else read


def _picture(root: Element, process: Element) -> tuple[Problem, ...]:
    """What becomes of the picture in the file."""
    if _own(process, "flow") is not None:
        return ()
    has_shapes = next(root.iter(f"{{{PICTURE}}}BPMNShape"), None) is not None
    return (Problem("bpmn.redrawn" if has_shapes else "bpmn.no_picture", severity=Severity.NOTE),)


class _Reading:
    """One process, read element by element."""

    def __init__(self, process: Element) -> None:
        self.process = process
        self.lines = {one.get("id", ""): one for one in process.findall(f"{{{MODEL}}}sequenceFlow")}
        self.problems: list[Problem] = []
        self.codes: dict[str, str] = {}

    def document(self) -> Outcome[FlowDocument]:
        elements = [one for one in self.process if _kind(one) not in _PASSED_OVER]
        for one in elements:
            self.codes[one.get("id", "")] = self._code(one)
        steps = [step for one in elements if (step := self._step(one)) is not None]
        if self.problems:
            return Outcome(None, tuple(self.problems))
        kept = _own(self.process, "flow") or {}
        try:
            return Outcome(FlowDocument.model_validate({**kept, "steps": self._in_order(steps)}))
        except ValidationError as error:
            told = error.errors()[0]
            place = ".".join(str(one) for one in told["loc"])
            return Outcome(None, (Problem("bpmn.unknown_element", {"step": place, "kind": told["type"]}),))

    def _step(self, element: Element) -> dict[str, Any] | None:
        kind, key = _kind(element), element.get("id", "")
        if kind not in _KINDS:
            self.problems.append(Problem("bpmn.unknown_element", {"step": element.get("name") or key, "kind": kind}))
            return None
        own = _own(element, "step")
        ways = [(line, self.codes.get(line.get("targetRef", ""), "")) for line in self._leaving(key)]
        step: dict[str, Any] = {**(own or {"kind": _KINDS[kind]}), "code": self.codes[key]}
        if element.get("name"):
            step["name"] = element.get("name")
        if kind == "parallelGateway" and own is None:
            step["kind"] = self._gateway(element, key)
        if own is None:
            self._details(element, step)
        if step["kind"] in {"branch", "fork"}:
            step["arms"] = _arms(ways, step, element.get("default"))
        elif step["kind"] != "end":
            step["next"] = ways[0][1] if ways else ""
        return step

    def _gateway(self, element: Element, key: str) -> str:
        """A parallel gateway with several ways out splits, with several in joins; both at once is not of the subset."""
        out, into = len(self._leaving(key)), sum(1 for one in self.lines.values() if one.get("targetRef") == key)
        if out > 1 and into > 1:
            self.problems.append(Problem("bpmn.mixed_gateway", {"step": element.get("name") or key}))
        return "fork" if out > 1 else "join"

    def _details(self, element: Element, step: dict[str, Any]) -> None:
        if step["kind"] == "wait":
            written = element.findtext(f"{{{MODEL}}}timerEventDefinition/{{{MODEL}}}timeDuration") or ""
            step["span"] = _span(written.strip().strip("\"'"))
        if step["kind"] == "subflow":
            step["flow"] = _plain(element.get("calledElement", ""))

    def _leaving(self, key: str) -> list[Element]:
        return [one for one in self.lines.values() if one.get("sourceRef") == key]

    def _in_order(self, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The step that the start leads to comes first: a flow begins with its first step."""
        starts = [one.get("id", "") for one in self.process if _kind(one) == "startEvent"]
        first = next(
            (self.codes.get(one.get("targetRef", "")) for start in starts for one in self._leaving(start)), None
        )
        return sorted(steps, key=lambda step: step["code"] != first)

    def _code(self, element: Element) -> str:
        """A code of ours for an element of theirs, each once."""
        code = _plain(element.get("id", "")) or "step"
        taken, number = set(self.codes.values()), 2
        wanted = code
        while wanted in taken:
            wanted, number = f"{code[:55]}_{number}", number + 1
        return wanted


def _arms(ways: list[tuple[Element, str]], step: dict[str, Any], default: str | None) -> list[dict[str, str]]:
    """Ways of a branch in their order, 其他情况 last; those of ours keep their names."""
    named = {(arm.get("when", ""), arm.get("next")): arm.get("name", "") for arm in step.get("arms", ())}
    arms = []
    for line, target in ways:
        condition = (line.findtext(f"{{{MODEL}}}conditionExpression") or "").strip()
        if step["kind"] == "fork" or line.get("id") == default:
            condition = ""
        name = line.get("name") or named.get((condition, target), "")
        arms.append({"when": condition, "next": target, "name": name})
    return sorted(arms, key=lambda arm: not arm["when"]) if step["kind"] == "branch" else arms


def _span(written: str) -> dict[str, object] | None:
    """An ISO length of time in one unit, the smallest that it names."""
    found = _DURATION.match(written)
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes = (int(one or 0) for one in found.groups())
    if minutes:
        return {"amount": days * 1440 + hours * 60 + minutes, "unit": "minute"}
    if hours:
        return {"amount": days * 24 + hours, "unit": "hour"}
    return {"amount": days, "unit": "workday"}


def _own(element: Element, name: str) -> dict[str, Any] | None:
    written = element.findtext(f"{{{MODEL}}}extensionElements/{{{OWN}}}{name}")
    try:
        kept = json.loads(written) if written else None
    except ValueError:
        return None
    return kept if isinstance(kept, dict) else None


def _kind(element: Element) -> str:
    space, _, kind = element.tag.rpartition("}")
    return kind if space == f"{{{MODEL}" else "extensionElements"


def _plain(text: str) -> str:
    """What is left of an id that our codes may hold."""
    code = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")[:60]
    return code if code[:1].isalpha() else f"s_{code}"[:60] if code else ""
