"""Replaying a case: once in a database; afterwards its figures are read from what was kept."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from sextant.demo.cases import c1, c3, c4
from sextant.demo.cases.contracts import Figure, Replay
from sextant.demo.cases.loading import CaseFolder
from sextant.demo.moment import is_complete, mark_complete
from sextant.demo.weeks import Quarter, Weeks
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.people.queries import resolve_units

KEPT = "replay.json"
CASES = {c1.CODE: c1.TITLE, c3.CODE: c3.TITLE, c4.CODE: c4.TITLE}


def replay_case(case: str, *, now: datetime, say: Callable[[str], None]) -> Replay:
    """Load the company of a case into this database and replay it; where that was done before, what it said then.

    `case` is a key of CASES. The quarters are those before the running one, so that all of them are finished.
    """
    quarters = Weeks.before(company_day(now, settings.SEXTANT_ZONE)).quarters()[:3]
    folder = CaseFolder(case, Actor.system("demo"), now)
    if is_complete(case):
        return _kept(folder, quarters)
    people, figures = _REPLAYS[case](folder, quarters, say)
    kept = [{"name": one.name, "value": str(one.value), "unit": one.unit, "source": one.source} for one in figures]
    text = json.dumps({"people": people, "figures": kept}, ensure_ascii=False, indent=1)
    (folder.path / KEPT).write_text(text, encoding="utf-8")
    mark_complete(case, actor=folder.actor, now=now)
    return Replay(case, CASES[case], people, figures, _pages(case, quarters))


def _replay_c1(
    folder: CaseFolder, quarters: tuple[Quarter, ...], say: Callable[[str], None]
) -> tuple[int, tuple[Figure, ...]]:
    force = c1.SalesForce((quarters[1], quarters[2]))
    return len(force.company.people), c1.replay(force, folder, say=say)


def _replay_c4(
    folder: CaseFolder, quarters: tuple[Quarter, ...], say: Callable[[str], None]
) -> tuple[int, tuple[Figure, ...]]:
    team = c4.SoftwareTeam((quarters[0], quarters[1], quarters[2]))
    return len(team.company.people), c4.replay(team, folder, say=say)


def _replay_c3(
    folder: CaseFolder, quarters: tuple[Quarter, ...], say: Callable[[str], None]
) -> tuple[int, tuple[Figure, ...]]:
    distributor = c3.Distributor((quarters[1], quarters[2]))
    return len(distributor.company.people), c3.replay(distributor, folder, say=say)


_REPLAYS = {c1.CODE: _replay_c1, c3.CODE: _replay_c3, c4.CODE: _replay_c4}


def _kept(folder: CaseFolder, quarters: tuple[Quarter, ...]) -> Replay:
    document = json.loads((folder.path / KEPT).read_text(encoding="utf-8"))
    figures = tuple(
        Figure(one["name"], Decimal(one["value"]), one["unit"], one["source"]) for one in document["figures"]
    )
    return Replay(folder.case, CASES[folder.case], document["people"], figures, _pages(folder.case, quarters))


def _pages(case: str, quarters: tuple[Quarter, ...]) -> dict[str, str]:
    """The goal map of the case's company, before and after."""
    unit_id = resolve_units([case], by="code")[case]
    told = zip((_("目标地图，之前"), _("目标地图，之后")), quarters[1:], strict=True)
    return {what: f"/goals/?cycle={one.year}Q{one.number}&unit={unit_id}" for what, one in told}
