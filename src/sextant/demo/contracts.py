"""Values of the demo company: what is generated before anything is loaded, and what the generator answers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DemoRefused(Exception):
    """Something of the demo was not taken as it should be: the generator and the doors disagree."""


class Trade(StrEnum):
    """What a unit does, which decides what is measured there."""

    COMPANY = "company"
    SALES = "sales"
    SUPPORT = "support"
    ENGINEERING = "engineering"
    PRODUCTION = "production"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit of the plan. `seats` counts the head too."""

    code: str
    name: str
    parent: str
    trade: Trade
    level: int
    seats: int
    head_title: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody on the roster. `skill` 1 is the average of the trade."""

    number: str
    name: str
    hired_on: date
    left_on: date | None
    skill: float


@dataclass(frozen=True, slots=True)
class DemoPost:
    """Who sits where, from when until when (half-open; None is "still")."""

    number: str
    unit: str
    title: str
    is_head: bool
    manager: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class DottedLine:
    """A dotted line for a project or a region served."""

    number: str
    manager: str
    from_on: date


@dataclass(frozen=True, slots=True)
class Company:
    """The whole plan of persons and units; posts are ordered by seat, then by time."""

    units: tuple[DemoUnit, ...]
    persons: tuple[DemoPerson, ...]
    posts: tuple[DemoPost, ...]
    dotted: tuple[DottedLine, ...]


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One way in, printed when the demo starts."""

    username: str
    password: str
    role: str
    name: str
    what_to_see: str
