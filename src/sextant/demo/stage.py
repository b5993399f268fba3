"""What every series of figures needs: who worked where in which week, and whose figures add up where."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sextant.demo.book import Book
from sextant.demo.contracts import Company, DemoPerson, DemoPost, DemoUnit, Trade
from sextant.demo.organisation import plan_company
from sextant.demo.stories import Stories
from sextant.demo.units import chain_of
from sextant.demo.weeks import WEEKS, Weeks

Cell = str | int | float | None
STORY_STRENGTHS = {"沈亦舟": 1.25, "许念安": 0.1}
"""Of the tour: the employee whom the slide hits hard, and the star it passes by."""


@dataclass(frozen=True, slots=True)
class Export:
    """One file of a source system, before it is written. `name` is the file's name."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's week in one team. `usual` is what skill, form, story and holidays leave of a usual week
    for the measure asked; `places` are names of team, department and centre."""

    week: int
    post: DemoPost
    person: DemoPerson
    places: tuple[str, str, str]
    subjects: tuple[str, ...]
    rng: Random


class Stage:
    """The company, its calendar and stories, with the book that is being filled."""

    def __init__(self, seed: str, weeks: Weeks) -> None:
        self.seed = seed
        self.weeks = weeks
        self.company: Company = plan_company(seed, weeks)
        self.units: dict[str, DemoUnit] = {unit.code: unit for unit in self.company.units}
        self.persons: dict[str, DemoPerson] = {person.number: person for person in self.company.persons}
        self.chains = chain_of(self.company.units)
        self.stories = Stories(seed, weeks, self.chains)
        self.book = Book()

    def shifts(self, trade: Trade) -> Iterator[Shift]:
        """Every finished week of everyone measured in `trade`, seat by seat."""
        for post in self.company.posts:
            if self.units[post.unit].trade is trade and self.units[post.unit].seats > 1:
                yield from self._shifts_of(post)

    def heads(self) -> Iterator[Shift]:
        """Every finished week of those who head units of units."""
        for post in self.company.posts:
            if self.units[post.unit].seats == 1:
                yield from self._shifts_of(post)

    def _shifts_of(self, post: DemoPost) -> Iterator[Shift]:
        rng = Random(f"{self.seed}:{post.number}:{post.unit}")
        places, subjects = self.places_of(post.unit), (post.number, *self.chains[post.unit])
        for week in range(WEEKS):
            monday = self.weeks.monday(week)
            if monday < post.from_on or (post.until_on is not None and monday >= post.until_on):
                continue
            if not self.stories.is_silent(post.unit, week):
                yield Shift(week, post, self.persons[post.number], places, subjects, rng)

    def places_of(self, unit: str) -> tuple[str, str, str]:
        """Names of team, department and centre above `unit`; a department without teams stands for its team too."""
        chain = [self.units[code].name for code in self.chains[unit] if self.units[code].level > 1]
        while len(chain) < 3:
            chain.insert(0, chain[0] if chain else self.units[unit].name)
        return chain[0], chain[1], chain[2]

    def level(self, shift: Shift, measure: str, *, spread: float) -> float:
        """A multiplier around 1: skill, form, story, and chance of `spread`. Holidays are not in it."""
        strength = self.stories.strength(shift.person.number)
        if shift.person.name in STORY_STRENGTHS:
            strength = STORY_STRENGTHS[shift.person.name]
        story = self.stories.of_unit(measure, shift.post.unit, shift.week, strength=strength)
        form = shift.person.skill * self.stories.of_person(shift.person.number, shift.week)
        return max(0.0, form * story * shift.rng.gauss(1, spread))
