"""What the pages of a meeting share: who asks, what an action refuses, what is shown."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.access.http import actor_of
from sextant.foundation.clock import company_day, now
from sextant.foundation.files.contracts import FileRefused
from sextant.foundation.files.messages import say as say_file
from sextant.goals.access import Sight, sight_of
from sextant.goals.actions import GoalRefused
from sextant.goals.contracts import Attendance, ParticipantRow, WorkshopKind, WorkshopRow
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.workshops import ATTENDANCE, KINDS, TOPICS, say_workshop
from sextant.goals.models import Workshop
from sextant.goals.queries.workshops import (
    list_addenda,
    list_agenda,
    list_decisions,
    list_participants,
    list_steps,
    minutes_of,
    workshop_row,
)
from sextant.goals.workshop_access import WorkshopSight, workshop_sight

_CAME = (Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT, Attendance.INVITED)
"""As a paper lists them: who was there first."""


class Who(TypedDict):
    """Who acts and when, as every action takes it."""

    actor: Actor
    now: datetime


@dataclass(frozen=True)
class AskedWorkshop:
    """Who asks about which meeting, and whether they run it; `today` is the company's day at `moment`."""

    actor: Actor
    workshop: Workshop
    is_run: bool
    sight: WorkshopSight
    moment: datetime
    today: date

    @property
    def who(self) -> Who:
        """Who acts and when."""
        return {"actor": self.actor, "now": self.moment}

    @cached_property
    def goals(self) -> Sight:
        """Whose goals the reader sees. Two queries, once, where any goal is spoken of."""
        return sight_of(self.actor, on=self.today)

    @property
    def row(self) -> WorkshopRow:
        """The meeting as a row."""
        return workshop_row(self.workshop)

    @property
    def may_write(self) -> bool:
        """Whether the reader may still write in it."""
        return self.is_run and self.workshop.closed_at is None


def ask_workshop(request: HttpRequest, workshop_id: int) -> AskedWorkshop:
    """The meeting as far as the reader sees it: out of sight does not exist. One query."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    sight = workshop_sight(actor, on=today)
    try:
        seen = sight.access(workshop_id)
    except AccessDenied as error:
        raise Http404 from error
    return AskedWorkshop(actor, seen.workshop, seen.is_run, sight, moment, today)


def ask_to_run(request: HttpRequest, workshop_id: int) -> AskedWorkshop:
    """As `ask_workshop`, for who runs it: PermissionDenied for who only reads."""
    asked = ask_workshop(request, workshop_id)
    if not asked.is_run:
        raise PermissionDenied
    return asked


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """What an action on a meeting refuses, as messages of the next page; what is not the reader's to do is a 403."""
    try:
        yield
    except AccessDenied as error:
        raise PermissionDenied from error
    except FileRefused as error:
        messages.error(request, say_file(error.problem))
    except GoalRefused as error:
        for problem in error.problems:
            messages.error(request, say_workshop(problem))


def back_to(workshop_id: int, *, place: str = "") -> HttpResponse:
    """The page of the meeting, at `place` on it."""
    address = reverse("goals:workshop", args=[workshop_id])
    return redirect(f"{address}#{place}" if place else address)


def shown(asked: AskedWorkshop) -> dict[str, object]:
    """The meeting for page and paper. At most nine queries."""
    workshop = asked.workshop
    visible = asked.goals.goals
    people = list_participants(workshop.pk)
    is_diagnosis = workshop.kind == WorkshopKind.DIAGNOSIS
    return {
        "asked": asked,
        "workshop": asked.row,
        "kind_name": KINDS[WorkshopKind(workshop.kind)],
        "cycle_name": name_of_cycle(workshop.cycle.code, workshop.cycle.name),
        "minutes": minutes_of(workshop),
        "agenda": list_agenda(workshop.pk, visible=visible),
        "people": people,
        "attendance": [(ATTENDANCE[key], names) for key in _CAME if (names := _names(people, key))],
        "decisions": list_decisions(workshop.pk, visible=visible),
        "steps": list_steps(workshop.pk) if is_diagnosis else [],
        "is_diagnosis": is_diagnosis,
        "addenda": list_addenda(workshop.pk) if workshop.closed_at else [],
        "today": asked.today,
        "topics": TOPICS,
        "attendances": ATTENDANCE.items(),
    }


def _names(people: Iterable[ParticipantRow], attendance: Attendance) -> str:
    return _("、").join(one.name for one in people if one.attendance is attendance)
