"""The tree of a flow as it is drawn: every step a card with its verb and who, every place where one may be added."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sextant.engines.flow import StepKind
from sextant.lowcode.messages.flow_words import (
    ids_of,
    plain_list,
    say_after,
    say_assignees,
    say_quorum,
    say_reaction,
)
from sextant.lowcode.messages.flows import KINDS
from sextant.lowcode.policy.flow_sources import UNWRITTEN
from sextant.lowcode.policy.flow_tree import (
    START,
    Document,
    Item,
    Jump,
    Line,
    Split,
    Tree,
    arms_of,
    read_tree,
    steps_of,
)
from sextant.lowcode.registry_flows import list_flow_actions
from sextant.lowcode.registry_people import PersonName

ICONS: Mapping[str, str] = {
    "form": "square-pen",
    "approve": "stamp",
    "copy": "send",
    "wait": "timer",
    "branch": "split",
    "fork": "git-branch",
    "call": "zap",
    "subflow": "workflow",
    "join": "git-branch",
    "end": "flag",
}
FACES = 4


@dataclass(frozen=True, slots=True)
class Known:
    """What a drawing needs to know besides the document: names of persons, forms and flows; which step or arm has a
    problem ("bad", "warn"); what is chosen."""

    names: Mapping[int, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Plus:
    """A place where a step may be added. `is_last`: of an arm that may end here, or go to a step elsewhere."""

    at: str
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A step. `rungs` is its ladder: (after, what happens)."""

    code: str
    kind: str
    icon: str
    title: str
    who: str
    tag: str
    persons: Sequence[PersonName]
    rungs: Sequence[tuple[str, str]]
    tone: str
    is_on: bool
    plus: Plus | None
    shape: str = "step"


@dataclass(frozen=True, slots=True)
class ArmCard:
    """An arm with its head. `to` is the step it leads to first."""

    at: str
    title: str
    text: str
    tone: str
    is_on: bool
    to: str
    goes_on: bool
    line: "Drawn"


@dataclass(frozen=True, slots=True)
class SplitCard:
    """A branch or a fork with its arms."""

    code: str
    kind: str
    icon: str
    title: str
    tone: str
    is_on: bool
    merge: str
    arms: Sequence[ArmCard]
    plus: Plus | None
    shape: str = "split"

    @property
    def goes_on(self) -> bool:
        """Whether any arm leads on."""
        return any(arm.goes_on for arm in self.arms)


@dataclass(frozen=True, slots=True)
class JumpCard:
    """转到: the step the line goes on at, and the place before it."""

    to: str
    title: str
    at: str
    shape: str = "jump"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line: the place at its head, and what follows."""

    plus: Plus | None
    items: Sequence[Card | SplitCard | JumpCard]


def draw(document: Mapping[str, Any], known: Known) -> tuple[Drawn, list[Drawn]]:
    """The main line, and lines of steps that no way leads to."""
    drawing = _Drawing(read_tree(document), {str(one["code"]): one for one in steps_of(document)}, known)
    return drawing.line(drawing.tree.line), [drawing.line(one) for one in drawing.tree.strays]


def title_of(step: Mapping[str, Any]) -> str:
    """What a step is called: its name, else what it does."""
    kinds = {kind.value: said for kind, said in KINDS.items()}
    return str(step.get("name") or kinds.get(str(step.get("kind")), step.get("code", "")))


def arm_title(step: Mapping[str, Any], place: int) -> str:
    """What an arm is called: its name, else its number; the last of a branch is 其他情况."""
    arms = arms_of(step)
    if place < len(arms) and arms[place].get("name"):
        return str(arms[place]["name"])
    if step.get("kind") != "branch":
        return _("第 %(n)s 路") % {"n": place + 1}
    return _("其他情况") if place + 1 == len(arms) else _("条件 %(n)s") % {"n": place + 1}


def persons_of(document: Mapping[str, Any]) -> set[int]:
    """Everybody a document names: those asked, those told when it is late, those who may start it."""
    found: set[int] = set()
    starters = document.get("starters")
    among = plain_list(starters.get("among")) if isinstance(starters, Mapping) else []
    for step in steps_of(document):
        listed = [*plain_list(step.get("assignees"))]
        listed += [one for limit in plain_list(step.get("limits")) for one in plain_list(limit.get("to"))]
        found |= {person for one in listed for person in ids_of(one)}
    return found | {person for one in among for person in ids_of(one)}


class _Drawing:
    def __init__(self, tree: Tree, steps: Mapping[str, Document], known: Known) -> None:
        self.tree, self.steps, self.known = tree, steps, known

    def line(self, line: Line, *, is_arm: bool = False, is_passed: bool = False) -> Drawn:
        """One line; an arm that is passed through has its place below the split, where the others end."""
        head = None
        if line.way_in is not None and not is_passed:
            head = Plus(_before(line, 0), is_arm and not line.items)
        return Drawn(head, [self.item(line, place, one, is_arm=is_arm) for place, one in enumerate(line.items)])

    def item(self, line: Line, place: int, item: Item, *, is_arm: bool) -> Card | SplitCard | JumpCard:
        """One item of a line."""
        if isinstance(item, Jump):
            to = self.steps.get(item.to)
            return JumpCard(item.to, title_of(to) if to else "", _before(line, place))
        step, is_last = self.steps[item.code], is_arm and place + 1 == len(line.items)
        if isinstance(item, Split):
            plus = Plus(f"{item.code}>", is_last) if item.outs else None
            return self.split(item, step, plus)
        return self.card(step, Plus(item.code, is_last) if item.outs else None)

    def split(self, item: Split, step: Document, plus: Plus | None) -> SplitCard:
        """A branch or a fork."""
        arms = []
        for place, (line, arm) in enumerate(zip(item.arms, arms_of(step), strict=True)):
            at = f"{item.code}:{place}"
            is_passed = not line.items and line.outs == item.outs
            arms.append(
                ArmCard(
                    at=at,
                    title=arm_title(step, place),
                    text=_condition(arm) if item.kind == "branch" else "",
                    tone=self.known.tones.get(at, ""),
                    is_on=self.known.chosen == at,
                    to=str(arm.get("next") or ""),
                    goes_on=bool(line.outs),
                    line=self.line(line, is_arm=True, is_passed=is_passed),
                )
            )
        return SplitCard(
            code=item.code,
            kind=item.kind,
            icon=ICONS[item.kind],
            title=title_of(step),
            tone=self.known.tones.get(item.code, ""),
            is_on=self.known.chosen == item.code,
            merge=item.merge,
            arms=arms,
            plus=plus,
        )

    def card(self, step: Document, plus: Plus | None) -> Card:
        """A step that is no split."""
        code, kind = str(step["code"]), str(step.get("kind", ""))
        asked = plain_list(step.get("assignees"))
        faces = dict.fromkeys(person for one in asked for person in ids_of(one))
        names = self.known.names
        limits = plain_list(step.get("limits"))
        several = len(asked) > 1 or len(faces) > 1 or step.get("quorum") in ("any", "count")
        return Card(
            code=code,
            kind=kind,
            icon=ICONS.get(kind, "circle-dot"),
            title=title_of(step),
            who=_who(step, asked, self.known),
            tag=say_quorum(step) if kind == "approve" and several else "",
            persons=[PersonName(one, names.get(one, "—")) for one in list(faces)[:FACES]],
            rungs=[(say_after(one.get("after")), say_reaction(one, names, self.known.flows)) for one in limits],
            tone=self.known.tones.get(code, ""),
            is_on=self.known.chosen == code,
            plus=plus,
        )


def _before(line: Line, place: int) -> str:
    """The place before an item of a line."""
    if place:
        above = line.items[place - 1]
        return f"{above.code}>" if isinstance(above, Split) else getattr(above, "code", "")
    way = line.way_in
    return "" if way is None or way == START else f"{way.step}:{way.arm}"


def _who(step: Mapping[str, Any], asked: Iterable[Mapping[str, Any]], known: Known) -> str:
    """The second line of a card: who, or how long, or what."""
    match step.get("kind"):
        case StepKind.WAIT:
            return say_after(step.get("span")) or _("还没有写多久")
        case StepKind.CALL:
            action = list_flow_actions().get(str(step.get("action", "")))
            return str(action.name) if action else _("还没有选动作")
        case StepKind.SUBFLOW:
            code = str(step.get("flow") or "")
            return known.flows.get(code, code) or _("还没有选流程")
        case StepKind.END | StepKind.JOIN:
            return ""
    said = say_assignees(list(asked), known.names) or _("还没有指定由谁处理")
    form = str(step.get("form") or "")
    if not form:
        return said
    return _("%(who)s · 表单“%(form)s”") % {"who": said, "form": known.forms.get(form, form)}


def _condition(arm: Mapping[str, Any]) -> str:
    when = str(arm.get("when") or "").strip()
    return _("还没有写条件") if when == UNWRITTEN else when
