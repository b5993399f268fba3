"""Frozen values of the pages that mix domains: navigation, and the rows of workbench, person and unit pages."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sextant.engines.values import Light, round_half_up
from sextant.goals.contracts import LightCounts
from sextant.metrics.contracts import StandingRow, WeekPoint
from sextant.people.contracts import PersonRow, UnitRow

STRIP_WEEKS = 8
"""Weekly lights shown in a row of a list."""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation. `short` is the word under the icon in the phone's bottom bar; `badge` is how many
    things wait there, 0 for none."""

    text: str
    short: str
    href: str
    icon: str
    current: bool = False
    badge: int = 0


@dataclass(frozen=True, slots=True)
class Me:
    """Whose page this is, as the foot of the navigation shows it. `href` is None for accounts without a person."""

    id: int
    name: str
    note: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Shell:
    """What base.html draws around a page of somebody signed in. `bottom` holds at most five entries. `clock_on` is the
    day on a clock that was set back, None on one that goes like every other; `unread` counts notices."""

    main: tuple[NavEntry, ...]
    admin: tuple[NavEntry, ...]
    bottom: tuple[NavEntry, ...]
    me: Me
    clock_on: date | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class LightChange:
    """What the last finished week did to a goal. `before` is None when there was no week before it."""

    before: Light | None
    after: Light
    difference: Decimal | None

    @property
    def is_turn(self) -> bool:
        """Whether the light itself is another one."""
        return self.before is not None and self.before is not self.after

    @property
    def is_worse(self) -> bool:
        """Whether the light went down; losing sight of a goal counts as worse."""
        if self.before is None:
            return False
        return _alarm(self.after) > _alarm(self.before)


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal as rows of pages show it. `pct` and `tick` place the bar and its mark (0…100); `weeks` are its last
    finished weeks, oldest first; `beside` names the kind of what stands beside the goals (bonus, veto …), else empty.
    Numbers are None when there was nothing to compute from."""

    id: int
    title: str
    kind: str
    beside: str
    owner_person_id: int | None
    owner_unit_id: int | None
    owner_name: str
    metric_id: int | None
    metric_name: str
    source: str
    unit_label: str
    decimals: int
    weight: Decimal
    base: Decimal | None
    from_on: date
    until_on: date
    href: str | None
    standing: StandingRow | None
    is_suspended: bool = False

    @property
    def light(self) -> Light:
        """Its light; grey while no run has looked at it, and while it is suspended: it has no standing then."""
        return self.standing.light if self.standing else Light.NONE

    @property
    def value(self) -> Decimal | None:
        """Where it stands, in the metric's unit."""
        return self.standing.value if self.standing else None

    @property
    def reason(self) -> str:
        """Why the light is what it is, in words."""
        return self.standing.reason if self.standing else ""

    @property
    def pct(self) -> Decimal:
        """Length of the bar: attainment of the base, cut at 100."""
        attainment = self.standing.attainment if self.standing else None
        return min(max(attainment or Decimal(0), Decimal(0)), Decimal(1)) * 100

    @property
    def tick(self) -> Decimal | None:
        """Where the bar should be by now; None for levels, which should be full all the time."""
        if self.standing is None or not self.standing.attainment or not self.standing.completion:
            return None
        expected = self.standing.attainment / self.standing.completion * 100
        return min(expected, Decimal(100)) if expected < 99 else None

    @property
    def weeks(self) -> tuple[WeekPoint, ...]:
        """The last weeks, at most as many as a narrow strip can hold."""
        return self.standing.weeks[-STRIP_WEEKS:] if self.standing else ()

    @property
    def change(self) -> LightChange | None:
        """What the last finished week changed; None before the first one."""
        weeks = self.standing.weeks if self.standing else ()
        if not weeks:
            return None
        last, earlier = weeks[-1], weeks[-2] if len(weeks) > 1 else None
        difference = None
        if last.value is not None and earlier is not None and earlier.value is not None:
            difference = last.value - earlier.value
        return LightChange(earlier.light if earlier else None, last.light, difference)

    @property
    def is_missing(self) -> bool:
        """A measured goal whose light is grey: somebody's numbers have stopped coming."""
        return self.metric_id is not None and self.light is Light.NONE and not self.is_suspended


@dataclass(frozen=True, slots=True)
class PersonLights:
    """A person with the lights of their goals; `lines` are these goals as far as the page shows them."""

    person: PersonRow
    counts: LightCounts
    lines: tuple[GoalLine, ...] = ()
    href: str | None = None

    @property
    def worst(self) -> GoalLine | None:
        """The goal a talk would begin with: red before yellow, the heavier first; None when nothing glows."""
        glowing = [line for line in self.lines if line.light in (Light.RED, Light.YELLOW)]
        return max(glowing, key=lambda line: (_alarm(line.light), line.weight), default=None)


@dataclass(frozen=True, slots=True)
class UnitLights:
    """A unit with the lights of all goals in it and below it."""

    unit: UnitRow
    counts: LightCounts
    href: str | None = None

    @property
    def parts(self) -> tuple[tuple[Light, Decimal, Decimal], ...]:
        """A bar cut by light: (light, where it starts, how long it is), in per cent; empty without goals."""
        at, found = Decimal(0), []
        for light in (Light.GREEN, Light.YELLOW, Light.RED, Light.NONE):
            number = getattr(self.counts, light.value)
            length = round_half_up(Decimal(number) / self.counts.total * 100, 2) if number else Decimal(0)
            if length:
                found.append((light, at, length))
            at += length
        return tuple(found)


@dataclass(frozen=True, slots=True)
class SourceState:
    """How fresh the figures of a source are: its last measured day and when it last delivered."""

    name: str
    last_on: date | None
    delivered_at: datetime


def _alarm(light: Light) -> int:
    """Green, grey, yellow, red: how much a light asks for attention. Grey stands above green, because not knowing is
    a reason to look."""
    return {Light.GREEN: 0, Light.NONE: 1, Light.YELLOW: 2, Light.RED: 3}[light]
