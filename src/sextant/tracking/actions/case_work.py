"""What waits for whom in a case, and who is told: worked out anew after every change, in its transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse

from sextant.foundation.notices.actions import send_notice
from sextant.lowcode.actions.work import close_work, open_work
from sextant.lowcode.registry_people import list_assignee_sources
from sextant.tracking.access import SeenCase
from sextant.tracking.contracts.cases import CASE, SeatAnswer, SeatRole, Stage
from sextant.tracking.models import TalkCase

ANALYSIS, MEET, ANSWER, AGREE, DECIDE = (
    "tracking.analysis",
    "tracking.meet",
    "tracking.answer",
    "tracking.agree",
    "tracking.decide",
)
BY_SEAT = (ANALYSIS, MEET, ANSWER, AGREE, DECIDE)
"""What waits for somebody because they sit there."""
LATE, PLAN, MEASURE_WORK = "tracking.late", "tracking.plan", "tracking.measure"
SETTLED_DAYS = 1
"""Days after the meeting on which its minutes wait to be confirmed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One kind of work, of whom, until the end of which day."""

    kind: str
    person_ids: tuple[int, ...]
    due_on: date | None


def refresh_work(seen: SeenCase, *, now: datetime, by: int | None) -> None:
    """Put the case into the inboxes where it waits now and take it out of the others. `by` is who just did something:
    their item is listed among what they have done, the others' are void."""
    case = seen.case
    wanted = list(_waiting(seen))
    for kind in BY_SEAT:
        asked = [one for one in wanted if one.kind == kind and one.person_ids]
        persons = {person_id for one in asked for person_id in one.person_ids}
        gone = [one.person_id for one in seen.seats if one.person_id not in persons]
        mine = [person_id for person_id in gone if person_id == by]
        others = [person_id for person_id in gone if person_id != by]
        if mine:
            close_work(kind, subject=(CASE, case.pk), now=now, person_ids=mine, by_person_id=by)
        close_work(kind, subject=(CASE, case.pk), now=now, person_ids=others, outcome="void")
        for one in asked:
            ask(case, kind, one.person_ids, due_on=one.due_on, now=now)
    if case.pressed_for != case.stage:
        close_work(LATE, subject=(CASE, case.pk), now=now, outcome="void")


def ask(case: TalkCase, kind: str, person_ids: Iterable[int], *, due_on: date | None, now: datetime) -> None:
    """Open work of the case for these people."""
    open_work(
        kind,
        person_ids=tuple(person_ids),
        subject=(CASE, case.pk),
        params=words_of(case),
        path=path_of(case),
        due_at=end_of(due_on),
        now=now,
        about_id=case.owner_id,
    )


def tell(
    seen: SeenCase,
    code: str,
    *,
    key: str,
    now: datetime,
    params: Mapping[str, object] | None = None,
    to: Iterable[int] | None = None,
    but: int | None = None,
) -> None:
    """Tell everyone with a seat, or `to`, except `but` who did it. `key` names the occasion within the case."""
    case = seen.case
    persons = [one.person_id for one in seen.seats] if to is None else list(to)
    send_notice(
        code,
        person_ids=[one for one in persons if one != but],
        params={**words_of(case), **(params or {})},
        path=path_of(case),
        key=f"case:{case.pk}:{key}",
        now=now,
    )


def words_of(case: TalkCase) -> dict[str, str]:
    """Whose goal it is about, and which."""
    return {"owner": case.owner.name, "goal": case.goal.title}


def path_of(case: TalkCase) -> str:
    """The page of the case."""
    return reverse("tracking:case", args=[case.pk])


def end_of(day: date | None) -> datetime | None:
    """The end of that day where the company works."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, tzinfo=settings.SEXTANT_ZONE)


def find_persons(source: str, about_id: int, *, on: date, **params: object) -> tuple[int, ...]:
    """Whom a registered source of persons names for somebody. One query."""
    found = list_assignee_sources().get(source)
    return () if found is None else tuple(found.resolve([about_id], params, on=on).get(about_id, ()))


def _waiting(seen: SeenCase) -> Iterable[Wanted]:
    case, stage = seen.case, Stage(seen.case.stage)
    lead = (seen.lead.person_id,) if seen.lead else ()
    if stage is Stage.ANALYSIS:
        yield from _accounts(seen)
    if stage in {Stage.ANALYSIS, Stage.MEETING}:
        yield from _meeting(seen, lead)
    if stage is Stage.DECIDE:
        yield Wanted(DECIDE, lead, case.due_on)


def _accounts(seen: SeenCase) -> Iterable[Wanted]:
    """Both sides write, each until a day of their own."""
    case = seen.case
    sides = (
        (SeatRole.OWNER, case.owner_told_at, case.owner_due_on),
        (SeatRole.MANAGER, case.manager_told_at, case.manager_due_on),
    )
    for role, told_at, due_on in sides:
        seat = seen.seat(role)
        if seat is not None and told_at is None:
            yield Wanted(ANALYSIS, (seat.person_id,), due_on)


def _meeting(seen: SeenCase, lead: tuple[int, ...]) -> Iterable[Wanted]:
    case = seen.case
    if case.meets_at is None or any(one.answer in {SeatAnswer.NO, SeatAnswer.MOVE} for one in seen.seats):
        yield Wanted(MEET, lead, case.meet_due_on)
    if case.meets_at is None:
        return
    met_on = case.meets_at.astimezone(settings.SEXTANT_ZONE).date()
    yield Wanted(ANSWER, tuple(one.person_id for one in seen.seats if one.answer == SeatAnswer.NONE), met_on)
    # until somebody confirms them, the minutes are the lead's to bring about
    asked = [one.person_id for one in seen.seats] if any(one.agreed_at for one in seen.seats) else [*lead]
    signed = {one.person_id for one in seen.seats if one.agreed_at is not None}
    left = tuple(one for one in asked if one not in signed)
    yield Wanted(AGREE, left, met_on + timedelta(days=SETTLED_DAYS))
