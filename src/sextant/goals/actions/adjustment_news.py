"""Who is told of an adjustment, and whose inbox it waits in. Called inside the transaction that moves it."""

from collections.abc import Iterable
from datetime import datetime, time

from django.conf import settings
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.foundation.events.actions import publish
from sextant.foundation.notices.actions import send_notice
from sextant.goals.actions.adjustment_table import AdjustTable
from sextant.goals.contracts import AdjustmentAct, AdjustmentRow, AdjustmentState, Side
from sextant.goals.messages.adjustment import ENDS
from sextant.goals.models import AdjustmentRequest, AdjustmentSignature
from sextant.goals.queries.adjustments import adjustment_row, with_steps
from sextant.goals.queries.roles import list_role_holders
from sextant.lowcode.actions.work import close_work, open_work
from sextant.people.queries import get_unit

ANSWER, SIGN, APPROVE = "goals.adjust_answer", "goals.adjust_sign", "goals.adjust_approve"
APPROVERS = (Role.HR, Role.EXECUTIVE)
"""Who holds ADJUSTMENT_APPROVE."""


def tell(table: AdjustTable, request: AdjustmentRequest) -> None:
    """Put the request into the inboxes where it waits now and take it out of the others; tell who has to know."""
    row = adjustment_row(with_steps(AdjustmentRequest.objects.filter(id=request.pk)).get())
    waiting = _waiting(table, row)
    subject = ("goals.adjustment", row.id)
    due_at = datetime.combine(row.expires_on, time.min, settings.SEXTANT_ZONE)
    for kind in (ANSWER, SIGN, APPROVE):
        close_work(kind, subject=subject, now=table.now, by_person_id=table.actor.person_id, outcome=row.state.value)
        if persons := waiting.get(kind):
            open_work(
                kind,
                person_ids=persons,
                subject=subject,
                params={"goal": row.goal_title, "owner": row.owner_name},
                path=_path(row),
                due_at=due_at,
                now=table.now,
                about_id=table.goal.owner_person_id,
            )
    _notify(table, row, waiting.get(APPROVE, ()))
    if row.state is AdjustmentState.AGREED:
        assert row.effective_on is not None  # the database holds it
        told = {"goal_id": row.goal_id, "request_id": row.id, "from_on": row.effective_on.isoformat()}
        publish("goal.adjusted", subject=("goal", row.goal_id), params=told, now=table.now, actor=table.actor)


def _waiting(table: AdjustTable, row: AdjustmentRow) -> dict[str, list[int]]:
    """Who has to do what: answer the offer, sign it, or approve what is beyond window or elasticity."""
    offered_by = row.offer.side
    if not row.state.is_open or offered_by is None:
        return {}
    if row.state is AdjustmentState.WAITING:
        sides = {*_persons_of(table, *Side)}
        return {APPROVE: [one for one in list_role_holders(APPROVERS) if one not in sides]}
    signed = AdjustmentSignature.objects.filter(request_id=row.id, step=row.offer.number)
    if offered_by.other.value in signed.values_list("side", flat=True):
        return {SIGN: _persons_of(table, offered_by)}
    return {ANSWER: _persons_of(table, offered_by.other)}


def _notify(table: AdjustTable, row: AdjustmentRow, approvers: Iterable[int]) -> None:
    """One notice a step, to whoever did not do it."""
    last, both = row.steps[-1], _persons_of(table, *Side)
    params: dict[str, object] = {"goal": row.goal_title, "by": last.by_name}
    if row.state is AdjustmentState.AGREED:
        code, persons = "goals.adjust_agreed", both
        params["day"] = row.effective_on
    elif not row.state.is_open:
        code, persons = "goals.adjust_closed", [one for one in both if one != table.actor.person_id]
        params["outcome"] = ENDS[row.state]
    elif row.state is AdjustmentState.WAITING:
        code, persons = "goals.adjust_approval", list(approvers)
    else:
        assert last.side is not None  # offers and signatures are made by sides
        code = "goals.adjust_signed" if last.act is AdjustmentAct.SIGN else "goals.adjust_offer"
        persons = _persons_of(table, last.side.other)
    key = f"adjustment:{row.id}:{last.number}"
    send_notice(code, person_ids=persons, params=params, path=_path(row), key=key, now=table.now)


def _persons_of(table: AdjustTable, *sides: Side) -> list[int]:
    """Who speaks for these sides today; a unit speaks through its head, and nobody does while the post is vacant."""
    owner = table.goal.owner_person_id
    if owner is None and table.goal.owner_unit_id is not None:
        owner = get_unit(table.goal.owner_unit_id, on=table.today).head_id
    found = {Side.OWNER: owner, Side.COUNTERPART: table.counterpart_id}
    return [person_id for side in sides if (person_id := found[side]) is not None]


def _path(row: AdjustmentRow) -> str:
    return reverse("goals:adjustment", args=[row.id])
