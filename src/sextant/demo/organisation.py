"""Who works where and since when: 300 seats, the people in them, movers, leavers, successors, dotted lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sextant.demo import names, units
from sextant.demo.contracts import Company, DemoPerson, DemoPost, DemoUnit, DottedLine, Trade
from sextant.demo.weeks import Weeks

FIRST_NUMBER = 1001
LEAVERS = 8
SWAPS = 3
GAP = timedelta(days=14)
"""How long a seat stays empty between a leaver and the successor."""

CAST: Mapping[tuple[str, int], str] = {
    ("XC", 0): "周以宁",
    (units.SLIDING, 0): "林清越",
    ("XC-S-E1", 0): "陈嘉禾",
    ("XC-S-E1", 1): "沈亦舟",
    ("XC-S-E1", 2): "许念安",
    (units.RECOVERING, 0): "何书瑶",
    ("XC-F-H", 0): "梁静姝",
    ("XC-F-A", 0): "魏明远",
    ("XC-F-C", 0): "马永康",
}
"""Seats whose people the tour names; seat 0 is the head's."""
STAR = ("XC-S-E1", 2)
TWIN_SEATS = (("XC-S-N1", 2), ("XC-R-AP", 3), ("XC-K-H1", 4), ("XC-M-A1", 5))
"""Seats of the four people who share two names."""


@dataclass(frozen=True, slots=True)
class _Seat:
    unit: DemoUnit
    index: int

    @property
    def is_head(self) -> bool:
        return self.index == 0

    @property
    def title(self) -> str:
        return self.unit.head_title if self.is_head else self.unit.title


def plan_company(seed: str, weeks: Weeks) -> Company:
    """The whole company, the same for the same seed and calendar."""
    rng = Random(f"{seed}:people")
    all_units = units.plan_units()
    seats = [_Seat(unit, index) for unit in all_units for index in range(unit.seats)]
    persons = _first_holders(seats, rng, weeks)
    posts = _first_posts(seats, persons, all_units)
    swapped = _swap(seats, posts, rng, weeks)
    _succeed(seats, persons, posts, rng, weeks, spared=swapped)
    flat = tuple(post for line in posts for post in line)
    return Company(all_units, tuple(persons), flat, tuple(_dotted(seats, posts, weeks)))


def _first_holders(seats: list[_Seat], rng: Random, weeks: Weeks) -> list[DemoPerson]:
    drawn = names.draw_names(rng, taken=frozenset(CAST.values()))
    persons = []
    for offset, seat in enumerate(seats):
        key = (seat.unit.code, seat.index)
        name = CAST.get(key) or _twin_name(key) or next(drawn)
        skill = 1.35 if key == STAR else min(1.25, max(0.8, rng.gauss(1, 0.1)))
        hired_on = weeks.first_on - timedelta(days=rng.randint(60, 3600))
        persons.append(DemoPerson(_number(offset), name, hired_on, None, round(skill, 3)))
    return persons


def _twin_name(key: tuple[str, int]) -> str | None:
    return names.TWINS[TWIN_SEATS.index(key) % 2] if key in TWIN_SEATS else None


def _number(offset: int) -> str:
    return f"XC{FIRST_NUMBER + offset}"


def _first_posts(
    seats: list[_Seat], persons: list[DemoPerson], all_units: tuple[DemoUnit, ...]
) -> list[list[DemoPost]]:
    """One list of posts a seat, each beginning with its holder of a year ago, there since the day of hire."""
    head = {seat.unit.code: person.number for seat, person in zip(seats, persons, strict=True) if seat.is_head}
    parent = {unit.code: unit.parent for unit in all_units}
    lines = []
    for seat, person in zip(seats, persons, strict=True):
        code = seat.unit.code
        manager = head.get(parent[code], "") if seat.is_head else head[code]
        lines.append([DemoPost(person.number, code, seat.title, seat.is_head, manager, person.hired_on, None)])
    return lines


def _swap(seats: list[_Seat], posts: list[list[DemoPost]], rng: Random, weeks: Weeks) -> set[int]:
    """Three pairs in sales, support and engineering change places, each at a different time of the year."""
    touched: set[int] = set()
    for trade, week in zip((Trade.SALES, Trade.SUPPORT, Trade.ENGINEERING), (14, 22, 30), strict=True):
        open_seats = [
            place
            for place, seat in enumerate(seats)
            if seat.unit.trade is trade and not seat.is_head and _is_free(seat)
        ]
        one = rng.choice(open_seats)
        other = rng.choice([place for place in open_seats if seats[place].unit.code != seats[one].unit.code])
        changed_on = weeks.monday(week)
        first, second = posts[one][0], posts[other][0]
        posts[one] = _followed_by(first, replace(first, number=second.number), changed_on)
        posts[other] = _followed_by(second, replace(second, number=first.number), changed_on)
        touched |= {one, other}
    return touched


def _is_free(seat: _Seat) -> bool:
    """Seats of the tour and of the stories keep their people."""
    key = (seat.unit.code, seat.index)
    return key not in CAST and key not in TWIN_SEATS and not seat.unit.code.startswith(units.SLIDING)


def _followed_by(post: DemoPost, successor: DemoPost, changed_on: date) -> list[DemoPost]:
    return [replace(post, until_on=changed_on), replace(successor, from_on=changed_on, until_on=None)]


def _succeed(
    seats: list[_Seat],
    persons: list[DemoPerson],
    posts: list[list[DemoPost]],
    rng: Random,
    weeks: Weeks,
    *,
    spared: set[int],
) -> None:
    """Eight people leave during the year; somebody new takes each seat two weeks later."""
    place_of = {person.number: place for place, person in enumerate(persons)}
    free = [p for p, seat in enumerate(seats) if p not in spared and not seat.is_head and _is_free(seat)]
    drawn = names.draw_names(rng, taken=frozenset(person.name for person in persons))
    for place, week in zip(sorted(rng.sample(free, LEAVERS)), (6, 11, 17, 20, 25, 29, 33, 36), strict=True):
        left_on = weeks.monday(week)
        leaver = posts[place][0]
        persons[place_of[leaver.number]] = replace(persons[place_of[leaver.number]], left_on=left_on)
        newcomer = DemoPerson(_number(len(persons)), next(drawn), left_on + GAP, None, 0.92)
        persons.append(newcomer)
        posts[place] = [
            replace(leaver, until_on=left_on),
            replace(leaver, number=newcomer.number, from_on=newcomer.hired_on),
        ]


def _dotted(seats: list[_Seat], posts: list[list[DemoPost]], weeks: Weeks) -> Iterator[DottedLine]:
    """Field engineers serve a region's head; a few engineers work for a project led by another team."""
    now = {(seat.unit.code, seat.index): line[-1] for seat, line in zip(seats, posts, strict=True)}
    for field_team, region in (("XC-K-F1", "XC-S-E"), ("XC-K-F2", "XC-S-S"), ("XC-K-F3", "XC-S-N")):
        for index in (0, 1, 2):
            yield _dotted_to(now[(field_team, index)], now[(region, 0)], weeks.first_on)
    for team in ("XC-R-ST", "XC-R-TM", "XC-R-AL"):
        for index in (1, 2):
            yield _dotted_to(now[(team, index)], now[("XC-R-DP", 0)], weeks.monday(26))


def _dotted_to(post: DemoPost, head: DemoPost, from_on: date) -> DottedLine:
    return DottedLine(post.number, head.number, max(from_on, post.from_on))
