"""The persons a file speaks of: found or new, with the managers it names for them. Nothing is written here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from sextant.engines.values import Problem
from sextant.people.contracts import Code
from sextant.people.mapping import PeopleMapping, Refusal, RosterEntry, UnitStep, column_of
from sextant.people.mapping.document import ManagerSource
from sextant.people.mapping.roster import LONGEST
from sextant.people.models import Person
from sextant.people.pinyin import sort_key
from sextant.people.policy import UnitPath


@dataclass(slots=True)
class Subject:
    """One person. `entry` is None for a manager without a row of their own.

    `manager` and `dotted` are numbers of managers that are known; where one was refused, the lines in question stay as
    they are. `stated_on` is the day from which the file says its things hold. `headed_paths` are the units that rows
    of others make this person head of.
    """

    person: Person
    entry: RosterEntry | None
    left_before: date | None = None
    stated_on: date | None = None
    is_new: bool = False
    is_changed: bool = False
    manager: str | None = None
    manager_refused: bool = False
    dotted: list[str] = field(default_factory=list)
    dotted_refused: bool = False
    headed_paths: list[UnitPath] = field(default_factory=list)


class Subjects:
    """Everyone the file speaks of, by number."""

    def __init__(self, entries: Iterable[RosterEntry], mapping: PeopleMapping, *, on: date) -> None:
        self.mapping, self.on = mapping, on
        self.refused: list[Refusal] = []
        self.by_number: dict[str, Subject] = {}
        rows = list(entries)
        self._stored = self._load(rows)
        for entry in rows:
            self._add_entry(entry)
        self._numbers_by_name = self._index_names()
        for entry in [subject.entry for subject in self.by_number.values() if subject.entry]:
            self._name_managers(entry)

    def _load(self, rows: list[RosterEntry]) -> dict[str, Person]:
        """Stored persons that rows or managers may mean, in one query."""
        numbers, names = {row.number for row in rows}, set()
        for source, keys in (
            (self.mapping.manager, {row.manager for row in rows if row.manager}),
            (self.mapping.dotted, {key for row in rows for key in row.dotted}),
        ):
            # a manager created under a name is later found under it as number
            numbers |= keys
            names |= keys if source and source.by == "name" else set()
        found = Person.objects.filter(Q(number__in=numbers) | Q(name__in=names))
        return {person.number: person for person in found}

    def _add_entry(self, entry: RosterEntry) -> None:
        person = self._stored.get(entry.number) or Person(number=entry.number)
        left_before, day = person.left_on, entry.effective_on or self.on
        if self.mapping.left_on is None and left_before is not None and left_before <= day:
            problem = Problem(Code.HAS_LEFT, {"value": entry.number, "left": left_before})
            self.refused.append(Refusal(entry.row, column_of(self.mapping, "number"), entry.number, problem))
            return
        subject = Subject(person, entry, left_before, entry.effective_on, is_new=person.pk is None)
        wanted: dict[str, object] = {"name": entry.name}
        if person.name != entry.name:
            wanted["name_sort"] = sort_key(entry.name)
        if entry.email is not None:
            wanted["email"] = entry.email
        if self.mapping.hired_on is not None:
            wanted["hired_on"] = entry.hired_on
        if self.mapping.left_on is not None:
            wanted["left_on"] = entry.left_on
        for name, value in wanted.items():
            subject.is_changed |= getattr(person, name) != value
            setattr(person, name, value)
        self.by_number[entry.number] = subject

    def _index_names(self) -> dict[str, set[str]]:
        """Numbers by name: of everyone in the file and of stored persons, where the file's name counts."""
        named: defaultdict[str, set[str]] = defaultdict(set)
        for number, person in self._stored.items():
            if number not in self.by_number:
                named[person.name].add(number)
        for number, subject in self.by_number.items():
            named[subject.person.name].add(number)
        return named

    def _name_managers(self, entry: RosterEntry) -> None:
        subject, mapping = self.by_number[entry.number], self.mapping
        if mapping.manager is not None and entry.manager is not None:
            found = self._find_manager(entry, entry.manager, mapping.manager, "manager")
            subject.manager, subject.manager_refused = found, found is None
            if found is not None:
                self._head_units(entry, found)
        if mapping.dotted is not None:
            found_dotted = [self._find_manager(entry, key, mapping.dotted, "dotted") for key in entry.dotted]
            subject.dotted = [number for number in found_dotted if number is not None]
            subject.dotted_refused = None in found_dotted

    def _find_manager(self, entry: RosterEntry, key: str, source: ManagerSource, name: str) -> str | None:
        """The manager's number, or None after noting why there is none."""
        number, code = self._number_of(key, source)
        if number is None and code is Code.UNKNOWN_MANAGER and source.create and len(key) <= LONGEST["number"]:
            called = entry.manager_name if name == "manager" else None
            return self._create_manager(key, called or key)
        if number == entry.number:
            number, code = None, Code.OWN_MANAGER
        if number is None:
            refusal = Refusal(entry.row, column_of(self.mapping, name), key, Problem(code, {"value": key}))
            self.refused.append(refusal)
        elif source.create:
            self._mention(number)
        return number

    def _mention(self, number: str) -> Subject:
        """The subject behind a known number, also when the file has no row for it."""
        if number not in self.by_number:
            person = self._stored[number]
            self.by_number[number] = Subject(person, None, person.left_on)
        return self.by_number[number]

    def id_of(self, number: str) -> int:
        """Id of a known person; only after new persons were saved."""
        subject = self.by_number.get(number)
        return subject.person.pk if subject else self._stored[number].pk

    def _number_of(self, key: str, source: ManagerSource) -> tuple[str | None, Code]:
        if source.by == "number":
            known = key in self.by_number or key in self._stored
            return (key if known else None), Code.UNKNOWN_MANAGER
        numbers = self._numbers_by_name.get(key, set())
        # of several namesakes, those who still work here are meant
        present = {number for number in numbers if self._is_present(number)} or numbers
        if len(present) == 1:
            return next(iter(present)), Code.UNKNOWN_MANAGER
        return None, Code.AMBIGUOUS_MANAGER if present else Code.UNKNOWN_MANAGER

    def _is_present(self, number: str) -> bool:
        person = self.by_number[number].person if number in self.by_number else self._stored[number]
        return person.left_on is None or person.left_on > self.on

    def _create_manager(self, key: str, name: str) -> str:
        """A manager whom nobody knows, known by the key from now on."""
        if key not in self.by_number:
            person = Person(number=key, name=name[: LONGEST["name"]], name_sort=sort_key(name))
            self.by_number[key] = Subject(person, None, is_new=True)
            self._numbers_by_name.setdefault(name, set()).add(key)
        return key

    def _head_units(self, entry: RosterEntry, number: str) -> None:
        """Note the units of the row's path that its manager heads, and since when."""
        steps = entry.unit or ()
        paths = [path_of(steps[:depth]) for depth, step in enumerate(steps, start=1) if step.headed]
        if not paths:
            return
        manager = self._mention(number)
        manager.headed_paths += [path for path in paths if path not in manager.headed_paths]
        if manager.entry is None and entry.effective_on is not None:
            manager.stated_on = min(manager.stated_on or entry.effective_on, entry.effective_on)


def path_of(steps: tuple[UnitStep, ...] | None) -> UnitPath:
    """A unit as (name, code) from the root; empty when the row names none."""
    return tuple((step.name, step.code) for step in steps or ())
