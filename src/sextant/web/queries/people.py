"""Around a person: posts held, lines up and down, units headed."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from sextant.people.contracts import LineKind
from sextant.people.models import Post, ReportingLine


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post, held from a day until before another; `valid_until` None means still."""

    unit_id: int
    unit_name: str
    title: str
    is_head: bool
    is_primary: bool
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """A reporting line seen from one of its ends: who is at the other."""

    id: int
    name: str
    kind: LineKind
    is_up: bool


def list_posts(person_id: int) -> list[PostRow]:
    """Every post the person ever held, the latest first. One query; the caller has asked `access` for the person."""
    rows = Post.objects.filter(person_id=person_id).order_by("-valid_from", "-is_primary", "-id")
    columns = ("unit_id", "unit__name", "title", "is_head", "is_primary", "valid_from", "valid_until")
    return [PostRow(*row) for row in rows.values_list(*columns)]


def list_lines_around(person_id: int, *, on: date) -> list[Line]:
    """To whom the person reports on the day, and who reports to them, by name; solid lines before dotted. One query;
    the caller has asked `access` for the person."""
    valid = Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gt=on))
    lines = ReportingLine.objects.filter(valid, Q(person_id=person_id) | Q(manager_id=person_id))
    lines = lines.exclude(Q(manager_id=person_id) & Q(person__left_on__lte=on))
    rows = lines.order_by("-kind", F("person__name_sort"), "id").values_list(
        "person_id", "person__name", "manager_id", "manager__name", "kind"
    )
    return [
        Line(manager_id, manager, LineKind(kind), is_up=True)
        if below_id == person_id
        else Line(below_id, below, LineKind(kind), is_up=False)
        for below_id, below, manager_id, manager, kind in rows
    ]


def list_headed_units(person_id: int, *, on: date) -> list[tuple[int, str]]:
    """(id, name) of the units the person heads on the day, the highest first. One query."""
    valid = Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gt=on))
    posts = Post.objects.filter(valid, person_id=person_id, is_head=True)
    columns = posts.values_list("unit_id", "unit__name", "unit__path")
    found = {unit_id: (path.count("."), name) for unit_id, name, path in columns}
    return [(unit_id, name) for unit_id, (_, name) in sorted(found.items(), key=lambda item: item[1])]
