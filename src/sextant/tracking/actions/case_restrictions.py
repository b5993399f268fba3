"""限制: asking the source system to hold something back, with the manager's yes; lifted by hand or with the case."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.events.actions import publish
from sextant.tracking.actions.case_table import CaseTable, come_to_case, note
from sextant.tracking.contracts.cases import CaseRefused, RestrictionKind, SeatRole
from sextant.tracking.models import TalkRestriction

RESTRICTION = "tracking.restriction"
"""The kind of subject of the two events."""
ASKED, LIFTED = "restriction.asked", "restriction.lifted"
CONFIRMED = "restriction.confirmed"
"""What a system says, as `type` of the body of an inbound call, once it holds back what it was asked to."""


def restrict(case_id: int, *, kind: RestrictionKind, actor: Actor, now: datetime) -> int:
    """Ask the source system to hold this back for whose goal it is; the id. The manager decides, nobody for them.

    It goes out as the signed event `restriction.asked` to every webhook that wants it. Raises AccessDenied,
    CaseRefused (case.closed, case.restricted).
    """
    with transaction.atomic():
        table = come_to_case(case_id, actor=actor, now=now, roles={SeatRole.MANAGER})
        try:
            with transaction.atomic():
                made = TalkRestriction.objects.create(
                    case=table.case, kind=kind.value, asked_by_id=actor.person_id, asked_at=now
                )
        except IntegrityError as error:
            raise CaseRefused(Problem("case.restricted")) from error
        _publish(ASKED, table, made)
        note(table, "restrict", {"kind": kind.value})
        return made.pk


def lift_restriction(case_id: int, *, restriction_id: int, actor: Actor, now: datetime) -> None:
    """Let it go again; the systems hear of it. Lifting twice is lifting once. Raises AccessDenied."""
    with transaction.atomic():
        roles = {SeatRole.MANAGER, SeatRole.HRBP}
        table = come_to_case(case_id, actor=actor, now=now, roles=roles, for_hr=True, is_closed_too=True)
        found = TalkRestriction.objects.filter(case=table.case, id=restriction_id).first()
        if found is None:
            raise AccessDenied("case")
        if found.lifted_at is None:
            _lift(table, found)


def lift_all(table: CaseTable) -> None:
    """The case ends, and with it what it asked for. In the transaction that ends it."""
    for one in TalkRestriction.objects.filter(case=table.case, lifted_at=None):
        _lift(table, one)


def confirm_restriction(payload: object, *, now: datetime) -> bool:
    """A system says that it holds back what it was asked to; whether that was news. Bodies that say something else are
    none of ours."""
    if not isinstance(payload, Mapping) or payload.get("type") != CONFIRMED:
        return False
    restriction_id = payload.get("restriction_id")
    if not isinstance(restriction_id, int) or isinstance(restriction_id, bool):
        return False
    waiting = TalkRestriction.objects.filter(id=restriction_id, confirmed_at=None)
    return bool(waiting.update(confirmed_at=now))


def _lift(table: CaseTable, restriction: TalkRestriction) -> None:
    restriction.lifted_at, restriction.lifted_by_id = table.now, table.actor.person_id
    restriction.save(update_fields=["lifted_at", "lifted_by"])
    _publish(LIFTED, table, restriction)
    note(table, "lift_restriction", {"kind": restriction.kind})


def _publish(code: str, table: CaseTable, one: TalkRestriction) -> None:
    publish(
        code,
        subject=(RESTRICTION, one.pk),
        params={
            "restriction_id": one.pk,
            "case_id": table.case.pk,
            "goal_id": table.case.goal_id,
            "person_id": table.case.owner_id,
            "kind": one.kind,
        },
        now=table.now,
        actor=table.actor,
    )
