"""What the pages of help share: who asks, what an action refuses, where a button leads back to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme

from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.access.http import actor_of
from sextant.foundation.clock import company_day, now
from sextant.goals.models import Goal
from sextant.tracking.access_help import HelpSight, help_sight
from sextant.tracking.contracts.help import HelpRefused
from sextant.tracking.contracts.help_rows import HelpSide
from sextant.tracking.messages.help import say_help
from sextant.tracking.models import HelpPack


@dataclass(frozen=True)
class Asked:
    """Who asks about help, and when; `today` is the company's day at `moment`."""

    actor: Actor
    moment: datetime

    @property
    def today(self) -> date:
        """The company's day."""
        return company_day(self.moment, settings.SEXTANT_ZONE)

    @cached_property
    def sight(self) -> HelpSight:
        """What they see of help. At most two queries, once."""
        return help_sight(self.actor, on=self.today)

    def goal(self, goal_id: int) -> tuple[Goal, HelpSide]:
        """The goal and the asker's side; Http404 for one whose help is not theirs to see."""
        try:
            return self.sight.access_goal(goal_id)
        except AccessDenied as error:
            raise Http404 from error

    def pack(self, pack_id: int) -> tuple[HelpPack, HelpSide]:
        """The pack and the asker's side; Http404 for one out of sight."""
        try:
            return self.sight.access_pack(pack_id)
        except AccessDenied as error:
            raise Http404 from error


def ask(request: HttpRequest) -> Asked:
    """Who asks, now."""
    return Asked(actor_of(request), now())


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """What an action refuses, as messages of the next page. What is not the reader's does not exist for them."""
    try:
        yield
    except AccessDenied as error:
        raise Http404 from error
    except HelpRefused as error:
        for problem in error.problems:
            messages.error(request, say_help(problem))


def back(request: HttpRequest, fallback: str) -> HttpResponse:
    """The page the form stood on, when it names one of ours; else `fallback`."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if is_ours else fallback)


def person_of(asked: Asked) -> int:
    """The person behind the account; PermissionDenied for an account without one."""
    if asked.actor.person_id is None:
        raise PermissionDenied
    return asked.actor.person_id
