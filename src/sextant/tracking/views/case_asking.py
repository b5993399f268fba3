"""Who asks about which case, and when: what every view of one begins with."""

from collections.abc import Iterator
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

from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.access.http import actor_of
from sextant.foundation.clock import company_day, now
from sextant.tracking.access import SeenCase, access_case
from sextant.tracking.contracts.cases import CaseRefused, SeatRole, Stage
from sextant.tracking.messages.cases import say_case
from sextant.tracking.models import TalkCase


class Who(TypedDict):
    """Who acts and when, as every action takes it."""

    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class AskedCase:
    """A case as far as the reader sees it; `today` is the company's day at `moment`."""

    actor: Actor
    seen: SeenCase
    moment: datetime
    today: date

    @property
    def case(self) -> TalkCase:
        """The case itself."""
        return self.seen.case

    @property
    def who(self) -> Who:
        """Who acts and when."""
        return {"actor": self.actor, "now": self.moment}

    @property
    def is_open(self) -> bool:
        """Whether anything may still happen in it."""
        return self.case.closed_at is None

    @property
    def may_write(self) -> bool:
        """Whether the reader writes minutes and measures: they sit at it, and it is open."""
        return self.is_open and self.seen.mine is not None

    @property
    def is_unsettled(self) -> bool:
        """Whether the minutes are still being written."""
        return self.is_open and self.case.settled_at is None

    @property
    def may_lead(self) -> bool:
        """Whether the reader names the time and says what follows: who runs the talk, and HR."""
        return self.is_open and (self.seen.leads or self.seen.manages)

    @property
    def may_restrict(self) -> bool:
        """Whether the reader asks source systems to hold something back: the manager alone."""
        return self.is_open and self.seen.mine is not None and self.seen.mine.role == SeatRole.MANAGER

    @property
    def may_lift(self) -> bool:
        """Whether the reader lets it go again."""
        mine = self.seen.mine
        return self.seen.manages or (mine is not None and mine.role in {SeatRole.MANAGER, SeatRole.HRBP})

    @property
    def is_to_decide(self) -> bool:
        """Whether the weeks are over and somebody has to say what follows."""
        return self.case.stage == Stage.DECIDE


def ask_case(request: HttpRequest, case_id: int) -> AskedCase:
    """The case the request is about. Http404 for one out of sight: it does not exist for this reader."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    try:
        seen = access_case(actor, case_id=case_id, on=today)
    except AccessDenied as error:
        raise Http404 from error
    return AskedCase(actor, seen, moment, today)


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """What an action refuses, as messages of the next page; what is not the reader's to do is a 403."""
    try:
        yield
    except AccessDenied as error:
        raise PermissionDenied from error
    except CaseRefused as error:
        for problem in error.problems:
            messages.error(request, say_case(problem))


def back_to(case_id: int, *, place: str = "") -> HttpResponse:
    """To the page of the case, at a part of it."""
    return redirect(reverse("tracking:case", args=[case_id]) + (f"#{place}" if place else ""))
