"""The company of a case on paper: units, people and goals, as rows of the files that people and HR import."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from sextant.demo.files import GOAL_COLUMNS
from sextant.demo.names import draw_names
from sextant.demo.roster import COLUMNS
from sextant.demo.stage import Cell, Export
from sextant.demo.weeks import Quarter

LONG_AGO = date(2022, 3, 1)


@dataclass(frozen=True, slots=True)
class CasePerson:
    """Somebody in a case. `units` are (code, name) from the company down to their own."""

    number: str
    name: str
    title: str
    is_head: bool
    manager: str
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CaseGoal:
    """A goal of a case, for a quarter. `owner` is a number, or a unit's code where `is_unit`."""

    owner: str
    is_unit: bool
    quarter: Quarter
    metric: str
    title: str
    base: Decimal
    weight: int
    parent: str = ""
    has_stretch: bool = True

    @property
    def code(self) -> str:
        """The goal's code: quarter, owner, metric."""
        return f"{self.quarter.year}Q{self.quarter.number}-{self.owner}-{self.metric}"


@dataclass(slots=True)
class CaseCompany:
    """People are added head first: whoever leads is there before those who report to them."""

    code: str
    rng: Random
    people: list[CasePerson] = field(default_factory=list)
    goals: list[CaseGoal] = field(default_factory=list)
    _names: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._names = draw_names(self.rng, taken=frozenset())

    def hire(self, title: str, units: Sequence[tuple[str, str]], *, manager: str = "", is_head: bool = False) -> str:
        """Add somebody; their number."""
        number = f"{self.code}-{len(self.people) + 1:04d}"
        self.people.append(CasePerson(number, next(self._names), title, is_head, manager, tuple(units)))
        return number

    def roster(self, name: str) -> Export:
        """The roster as the personnel office would export it."""
        return Export(name, COLUMNS, [_person_row(one) for one in self.people])

    def goals_file(self, name: str) -> Export:
        """All goals as HR would import them."""
        return Export(name, GOAL_COLUMNS, [_goal_row(one) for one in self.goals])


def _person_row(one: CasePerson) -> tuple[Cell, ...]:
    places = [*one.units, *[(None, None)] * (4 - len(one.units))]
    flat = [cell for code, name in places for cell in (code, name)]
    mail = f"{one.number.lower()}@case.example"
    head = "是" if one.is_head else "否"
    since = LONG_AGO.isoformat()
    return (one.number, one.name, mail, one.title, head, since, None, *flat, one.manager or None, None, since)


def _goal_row(one: CaseGoal) -> tuple[Cell, ...]:
    person, unit = ("", one.owner) if one.is_unit else (one.owner, "")
    stretch = (one.base * Decimal("1.15")).quantize(Decimal("0.1")) if one.has_stretch else ""
    kind = "key_result" if one.is_unit else "kpi"
    period = f"{one.quarter.year}Q{one.quarter.number}"
    row = (one.code, one.title, kind, period, person, unit, one.metric, one.base, stretch, "", "", "", one.weight)
    return tuple(str(cell) for cell in (*row, one.parent))
