"""Taking a case in through the product's own doors, and reading what the engines made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from sextant.demo.cases.company import CaseCompany, CaseGoal
from sextant.demo.contracts import DemoRefused
from sextant.demo.files import write_export
from sextant.demo.stage import Export
from sextant.demo.story import PEOPLE_MAPPING
from sextant.demo.weeks import Quarter
from sextant.foundation.access.contracts import Actor
from sextant.goals.actions import evaluate_goals, import_goals
from sextant.goals.queries import find_goal_id
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.contracts import StandingRow
from sextant.metrics.mapping import load_mapping
from sextant.metrics.queries import standings_of
from sextant.people.actions import import_people
from sextant.people.contracts import ImportReport
from sextant.people.mapping import load_mapping as load_people_mapping

MAPPINGS = Path(__file__).parent / "mappings"


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """Where the files of a case lie, and who takes them in."""

    case: str
    actor: Actor
    now: datetime

    @property
    def path(self) -> Path:
        """Below SEXTANT_HOME/demo, as the files of the demo company itself."""
        return Path(settings.SEXTANT_HOME) / "demo" / self.case

    def take_people(self, company: CaseCompany) -> None:
        """Import the roster."""
        path = self._write(company.roster("花名册.csv"))
        mapping = load_people_mapping(PEOPLE_MAPPING)
        _check(import_people(path, mapping=mapping, actor=self.actor, now=self.now), path)

    def take_measurements(self, exports: Mapping[str, Export]) -> None:
        """Ingest each export by the mapping it is named with."""
        for mapping, export in exports.items():
            path = self._write(export)
            report = ingest_file(path, mapping=load_mapping(MAPPINGS / mapping), actor=self.actor, now=self.now)
            if report.quarantined:
                raise DemoRefused(f"{path.name}: {len(report.quarantined)} rows in quarantine")

    def take_goals(self, company: CaseCompany) -> None:
        """Import the goals."""
        path = self._write(company.goals_file("目标.csv"))
        _check(import_goals(path, actor=self.actor, now=self.now), path)

    def evaluate(self, quarters: Iterable[Quarter]) -> None:
        """Evaluate the last day of each quarter."""
        for quarter in quarters:
            evaluate_goals(actor=self.actor, now=self.now, as_of=quarter.period.last_on)

    def _write(self, export: Export) -> Path:
        self.path.mkdir(parents=True, exist_ok=True)
        return write_export(self.path, export)


def standings(goals: Sequence[CaseGoal]) -> list[StandingRow]:
    """Where goals stand, as their last run saw them. Raises DemoRefused for one that is not there or not judged."""
    ids = [find_goal_id(one.code) for one in goals]
    found = standings_of([one for one in ids if one is not None])
    missing = [goal.code for goal, one in zip(goals, ids, strict=True) if one is None or one not in found]
    if missing:
        raise DemoRefused(f"{len(missing)} goals were not evaluated, first {missing[0]}")
    return [found[one] for one in ids if one is not None]


def share_attained(goals: Sequence[CaseGoal]) -> Decimal:
    """Per cent of these goals whose base was reached."""
    found = standings(goals)
    reached = sum(one.attainment is not None and one.attainment >= 1 for one in found)
    return (Decimal(reached) / len(found) * 100).quantize(Decimal("0.1"))


def value_of(goal: CaseGoal) -> Decimal:
    """What the goal's metric came to. Raises DemoRefused where nothing was measured."""
    value = standings([goal])[0].value
    if value is None:
        raise DemoRefused(f"{goal.code}: nothing was measured")
    return value


def weeks_of(quarter: Quarter) -> list[date]:
    """The Fridays of a quarter."""
    first, days = quarter.period.from_on, (quarter.period.until_on - quarter.period.from_on).days
    every = (first + timedelta(days=offset) for offset in range(days))
    return [day for day in every if day.weekday() == 4]


def _check(report: ImportReport, path: Path) -> None:
    if report.rejected:
        first = report.rejected[0]
        raise DemoRefused(f"{path.name}, row {first.row}, {first.column}={first.value!r}: {first.message}")
