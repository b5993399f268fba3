"""Which notices a person gets over which channels, and when."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from sextant.foundation.notices.contracts import ChannelKind, NoticeGroup, NoticeSpec, Recipient
from sextant.foundation.notices.messages import CHANNELS, GROUPS
from sextant.foundation.notices.models import Channel, Choice, CompanyRule, ContactPoint, Habits
from sextant.foundation.notices.policy.preferring import is_wanted
from sextant.foundation.notices.policy.when import Wishes
from sextant.foundation.notices.registry import list_notices


@dataclass(frozen=True, slots=True)
class Head:
    """A channel as the head of a column. `hint` is the person's address there, shortened; `must_bind`: the person says
    themselves where they are reached, in the product; e-mail addresses come from the personnel file."""

    kind: ChannelKind
    text: str | Promise
    is_bound: bool
    hint: str
    must_bind: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One notice on one channel. Fixed: the company decided."""

    head: Head
    key: str
    is_on: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of notice."""

    code: str
    name: str | Promise
    hint: str | Promise
    cells: tuple[Cell, ...]

    @property
    def on(self) -> list[Head]:
        """The channels over which it comes."""
        return [cell.head for cell in self.cells if cell.is_on and cell.head.is_bound]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything a person can choose."""

    heads: tuple[Head, ...]
    groups: tuple[tuple[str | Promise, tuple[Line, ...]], ...]

    def find(self, code: str) -> Line | None:
        """The line of one kind of notice."""
        return next((line for _, lines in self.groups for line in lines if line.code == code), None)


def get_matrix(person_id: int, *, person: Recipient | None) -> Matrix:
    """The person's matrix: all notices, and the channels that are in use. Four queries."""
    hints = dict(ContactPoint.objects.filter(person_id=person_id).values_list("kind", "hint"))
    in_use = set(Channel.objects.filter(is_active=True).values_list("kind", flat=True))
    heads = tuple(
        _head(kind, hints, person) for kind in ChannelKind if kind is ChannelKind.IN_APP or kind.value in in_use
    )
    rules = {(one.code, one.kind): one for one in CompanyRule.objects.all()}
    rows = Choice.objects.filter(person_id=person_id).values_list("code", "kind", "is_on")
    chosen = {(code, kind): is_on for code, kind, is_on in rows}
    groups = []
    for group in NoticeGroup:
        lines = tuple(_line(spec, heads, rules, chosen) for spec in list_notices() if spec.group is group)
        if lines:
            groups.append((GROUPS[group], lines))
    return Matrix(heads, tuple(groups))


def get_wishes(person_id: int) -> Wishes:
    """When the person may be disturbed; what everyone begins with when they never said."""
    found = Habits.objects.filter(person_id=person_id).first()
    return found.as_wishes() if found else Wishes()


def find_contact(person_id: int, kind: ChannelKind) -> str | None:
    """How the person's address on the channel is shown; None when there is none."""
    return ContactPoint.objects.filter(person_id=person_id, kind=kind).values_list("hint", flat=True).first()


def _head(kind: ChannelKind, hints: Mapping[str, str], person: Recipient | None) -> Head:
    if kind is ChannelKind.IN_APP:
        return Head(kind, CHANNELS[kind], is_bound=True, hint="", must_bind=False)
    if kind is ChannelKind.EMAIL:
        address = person.email if person else ""
        return Head(kind, CHANNELS[kind], is_bound=bool(address), hint=address, must_bind=False)
    return Head(kind, CHANNELS[kind], is_bound=kind.value in hints, hint=hints.get(kind.value, ""), must_bind=True)


def _line(
    spec: NoticeSpec,
    heads: tuple[Head, ...],
    rules: Mapping[tuple[str, str], CompanyRule],
    chosen: Mapping[tuple[str, str], bool],
) -> Line:
    cells = []
    for head in heads:
        rule = rules.get((spec.code, head.kind))
        is_on = is_wanted(spec, head.kind, rule.as_word() if rule else None, chosen.get((spec.code, head.kind)))
        cells.append(Cell(head, f"{spec.code}|{head.kind}", is_on, rule is not None and rule.is_fixed))
    return Line(spec.code, spec.name, spec.hint, tuple(cells))
