"""Frozen values of the pages that mix domains: navigation, and the rows of workbench, person and unit pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation. `short` is the word under the icon in the phone's bottom bar."""

    text: str
    short: str
    href: str
    icon: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Me:
    """Whose page this is, as the foot of the navigation shows it. `href` is None for accounts without a person."""

    id: int
    name: str
    note: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Shell:
    """What base.html draws around a page of somebody signed in. `bottom` holds at most five entries."""

    main: tuple[NavEntry, ...]
    admin: tuple[NavEntry, ...]
    bottom: tuple[NavEntry, ...]
    me: Me
