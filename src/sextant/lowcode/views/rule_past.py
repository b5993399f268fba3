"""回看: what the rule on the table would have done in the weeks that are past, beside the version in force. Computed
when it is asked for, loaded into the designer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.contracts.rules import PastFiring, PastWeekCount, SimulationReport
from sextant.lowcode.messages.rule_sentences import say_values
from sextant.lowcode.messages.rules import say_rule
from sextant.lowcode.queries.definition_checks import read_document
from sextant.lowcode.queries.rule_loading import KIND
from sextant.lowcode.queries.rule_simulation import MOST_SUBJECTS, simulate
from sextant.lowcode.registry_people import PersonName, directory
from sextant.lowcode.rules.document import RuleDocument
from sextant.lowcode.views.designing import load_designed

WEEKS = (4, 12, 26)
USUAL_WEEKS = 12
MOST_SHOWN = 40
WIDTH, HEIGHT = 408, 72
"""Of the picture of bars, in its own units."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the picture: the left edge and the upper one, how wide and how high."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class WeekBars:
    """A week in the picture: this version and the one in force (None where there is none)."""

    ends_on: date
    fired: int
    in_force: int
    now: Bar
    was: Bar | None


@dataclass(frozen=True, slots=True)
class FiringLine:
    """Whom the rule would have acted on, with the figures in words."""

    firing: PastFiring
    person: PersonName | None
    week: int
    why: str


@needs(Permission.DEFINITION_EDIT)
@require_safe
def rule_past(request: HttpRequest, definition_id: int) -> HttpResponse:
    """`?weeks=`: the panel of the designer, for the draft as it is saved."""
    designed = load_designed(request, definition_id, kind=KIND)
    asked, weeks = designed.asked, _weeks(request.GET.get("weeks", ""))
    document, problems = read_document(asked.kind, designed.document)
    report = SimulationReport(problems=problems)
    if isinstance(document, RuleDocument):
        try:
            report = simulate(document, code=asked.row.code, actor=asked.actor, now=asked.moment, weeks=weeks)
        except AccessDenied as error:
            raise PermissionDenied from error
    return render(
        request,
        "lowcode/rules/_past.html",
        {
            "asked": asked,
            "report": report,
            "weeks": weeks,
            "choices": [(one, ngettext("过去 %(n)s 周", "过去 %(n)s 周", one) % {"n": one}) for one in WEEKS],
            "bars": week_bars(report.weeks, beside=report.in_force is not None),
            "size": (WIDTH, HEIGHT),
            "lines": _lines(_shown(report)),
            "more": report.fired - len(_shown(report)),
            "notes": [say_rule(one) for one in report.notes],
            "most": MOST_SUBJECTS,
        },
    )


def week_bars(weeks: Sequence[PastWeekCount], *, beside: bool) -> list[WeekBars]:
    """Weeks as bars of one scale, the highest as high as the picture; a bar of nothing has no height.

    >>> from datetime import date
    >>> bar = week_bars([PastWeekCount(date(2026, 11, 22), 4, 1)], beside=True)[0]
    >>> bar.now.height == HEIGHT, bar.was.height == HEIGHT // 4
    (True, True)
    """
    highest = max((max(one.fired, one.in_force if beside else 0) for one in weeks), default=0) or 1
    step = WIDTH / max(len(weeks), 1)
    thick = max(2, round(step * (0.34 if beside else 0.5)))
    found = []
    for place, one in enumerate(weeks):
        middle = round(step * (place + 0.5))
        was = _bar(middle - thick, one.in_force, highest, thick=max(2, thick * 2 // 3)) if beside else None
        now = _bar(middle if beside else middle - thick // 2, one.fired, highest, thick=thick)
        found.append(WeekBars(one.ends_on, one.fired, one.in_force, now, was))
    return found


def _lines(firings: Sequence[PastFiring]) -> list[FiringLine]:
    """Firings with whom they concern. One query for the names."""
    ids = [one.person_id for one in firings if one.person_id is not None]
    names = directory().names(ids) if ids else {}
    return [
        FiringLine(
            one,
            PersonName(one.person_id, names[one.person_id]) if one.person_id and one.person_id in names else None,
            one.week.isocalendar().week,
            say_values(one.figures),
        )
        for one in firings
    ]


def _bar(x: int, count: int, highest: int, *, thick: int) -> Bar:
    height = max(3, HEIGHT * count // highest) if count else 0
    return Bar(x, HEIGHT - height, thick, height)


def _shown(report: SimulationReport) -> Sequence[PastFiring]:
    """The latest, new ones first where there are more than can be shown."""
    if len(report.firings) <= MOST_SHOWN:
        return report.firings
    return sorted(report.firings, key=lambda one: not one.is_new)[:MOST_SHOWN]


def _weeks(text: str) -> int:
    return next((one for one in WEEKS if str(one) == text), USUAL_WEEKS)
