"""The whole demo company as files: everything that is generated, and nothing that is loaded."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sextant.demo.dirt import soil
from sextant.demo.engineering import ENGINEERING_FILE, engineering_exports
from sextant.demo.files import goals_export, write_export
from sextant.demo.production import LINES_FILE, PIECES_FILE, production_exports, slipped_export
from sextant.demo.roster import MOVES_FILE, ROSTER_FILE, roster_exports
from sextant.demo.sales import ACTIVITY_FILE, COLLECTIONS_FILE, CONTRACTS_FILE, sales_exports
from sextant.demo.services import DESK_FILE, services_exports
from sextant.demo.stage import Stage
from sextant.demo.summary import SUMMARY_FILE, summary_export
from sextant.demo.support import SUPPORT_FILE, support_exports
from sextant.demo.targets import plan_goals
from sextant.demo.training import TRAINING_FILE, training_export
from sextant.demo.weeks import WEEKS, Quarter, Weeks

SEED = "星槎仪器"
MAPPINGS = Path(__file__).parent / "mappings"
PEOPLE_MAPPING = MAPPINGS / "people.yaml"
PEOPLE_FILES = (ROSTER_FILE, MOVES_FILE)
DELIVERIES = (
    (CONTRACTS_FILE, "contracts.yaml"),
    (ACTIVITY_FILE, "activity.yaml"),
    (ENGINEERING_FILE, "engineering.yaml"),
    (LINES_FILE, "lines.yaml"),
    (PIECES_FILE, "pieces.yaml"),
    (DESK_FILE, "desk.yaml"),
    (TRAINING_FILE, "training.yaml"),
    (SUPPORT_FILE, "support.yaml"),
    (COLLECTIONS_FILE, "collections.yaml"),
    (SUMMARY_FILE, "summary.yaml"),
)
"""File and mapping of every delivery. The summary comes last: its metrics are defined by the others."""


@dataclass(frozen=True, slots=True)
class WrittenCompany:
    """Where the files are, the quarter that is running, and the days goals are to be evaluated for, oldest first."""

    folder: Path
    files: tuple[Path, ...]
    running: Quarter
    evaluation_days: tuple[date, ...]


def write_company(folder: Path, *, today: date, seed: str = SEED) -> WrittenCompany:
    """Generate the company as of `today` and write its files into `folder`: same seed and week, same bytes."""
    weeks = Weeks.before(today)
    stage = Stage(seed, weeks)
    exports = [
        *sales_exports(stage),
        *support_exports(stage),
        *engineering_exports(stage),
        *production_exports(stage),
        *services_exports(stage),
    ]
    exports.append(summary_export(stage))
    goals = goals_export(plan_goals(stage))
    soil(stage, exports)
    exports += [training_export(stage), slipped_export(stage)]
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(write_export(folder, export) for export in (*roster_exports(stage), *exports, goals))
    return WrittenCompany(folder, files, weeks.quarters()[-1], evaluation_days(weeks))


def evaluation_days(weeks: Weeks) -> tuple[date, ...]:
    """The last day of each earlier quarter, then of the running one the last two Sundays, and one three weeks before
    them: what was done about yellow lights then has come to an end by now."""
    quarters = weeks.quarters()
    ends = [quarter.period.last_on for quarter in quarters[:-1]]
    sundays = [weeks.sunday(week) for week in (WEEKS - 5, WEEKS - 2, WEEKS - 1)]
    return (*ends, *(day for day in sundays if day in quarters[-1].period))
