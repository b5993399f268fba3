"""The page of one person."""

from dataclasses import dataclass
from datetime import date, timedelta

from sextant.foundation.access.contracts import Actor
from sextant.goals.access import Sight, sight_of
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.queries import in_force
from sextant.people.access import people_sight
from sextant.people.contracts import LineKind, PersonRow
from sextant.web.contracts import GoalLine
from sextant.web.queries.cycles import CycleState, find_cycle_state
from sextant.web.queries.goals import list_lines
from sextant.web.queries.people import Line, PostRow, list_lines_around, list_posts
from sextant.web.queries.plans import Plan, plan_of, score_lines
from sextant.web.routes import find_url

REPORTS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at the other end of a reporting line; `href` only where the reader may open their page."""

    id: int
    name: str
    kind: LineKind
    href: str | None


@dataclass(frozen=True, slots=True)
class Station:
    """A post in the person's history; `unit_href` only where the reader may open the unit."""

    post: PostRow
    unit_href: str | None

    @property
    def last_on(self) -> date | None:
        """The last day of the post, as people write it; None while it is held."""
        return self.post.valid_until and self.post.valid_until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CycleChoice:
    """A cycle to choose, named in the reader's language."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The page. `plan` is None when the person has no goals in the cycle; `is_self` when the reader looks at their
    own page."""

    person: PersonRow
    is_self: bool
    unit_href: str | None
    managers: tuple[Contact, ...]
    reports: tuple[Contact, ...]
    more_reports: int
    cycle: CycleState | None
    cycle_choices: tuple[CycleChoice, ...]
    plan: Plan | None
    stations: tuple[Station, ...]

    @property
    def report_count(self) -> int:
        """How many people report here."""
        return len(self.reports) + self.more_reports

    @property
    def as_of(self) -> date | None:
        """The day of the lights shown."""
        lines: tuple[GoalLine, ...] = self.plan.lines if self.plan else ()
        return max((line.standing.as_of for line in lines if line.standing), default=None)


def read_person_page(actor: Actor, *, person_id: int, today: date, cycle_code: str = "") -> PersonPage:
    """Everything the page of a person shows to `actor`: at most ten queries. AccessDenied when the person is
    missing or out of sight."""
    sight = people_sight(actor, on=today)
    person = sight.access_person(person_id)
    state, cycles = find_cycle_state(today=today, code=cycle_code)
    seen, seen_units = sight.person_ids, sight.unit_ids
    around = list_lines_around(person_id, on=today)
    below = [line for line in around if not line.is_up]
    lines = _lines(sight_of(actor, on=today, people=sight), person_id, state)
    stations = tuple(Station(post, _unit_href(post.unit_id, seen_units)) for post in list_posts(person_id))
    return PersonPage(
        person=person,
        is_self=person.id == actor.person_id,
        unit_href=None if person.unit_id is None else _unit_href(person.unit_id, seen_units),
        managers=tuple(_contact(line, seen) for line in around if line.is_up),
        reports=tuple(_contact(line, seen) for line in below[:REPORTS_SHOWN]),
        more_reports=max(0, len(below) - REPORTS_SHOWN),
        cycle=state,
        cycle_choices=tuple(CycleChoice(one.id, one.code, name_of_cycle(one.code, one.name)) for one in cycles),
        plan=plan_of(lines, score_lines(lines, state.cycle)) if lines and state else None,
        stations=stations,
    )


def _lines(sight: Sight, person_id: int, state: CycleState | None) -> list[GoalLine]:
    if state is None:
        return []
    goals = in_force(sight.goals).filter(owner_person_id=person_id, cycle_id=state.cycle.id)
    return list_lines(goals.order_by("-weight", "id"))


def _contact(line: Line, seen: frozenset[int] | None) -> Contact:
    visible = seen is None or line.id in seen
    return Contact(line.id, line.name, line.kind, find_url("web:person", person_id=line.id) if visible else None)


def _unit_href(unit_id: int, seen: frozenset[int] | None) -> str | None:
    visible = seen is None or unit_id in seen
    return find_url("web:unit", unit_id=unit_id) if visible else None
