"""资源与支持: the owner asks, the company promises somebody and a day or says why not, the owner says if it came."""

from datetime import date, datetime

from django.db import transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.audit.actions import record
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.plan_table import OPEN_STATES, come_to_table, goal_of, read_words, speaker_of
from sextant.goals.actions.plan_writing import PlanWrite
from sextant.goals.contracts import PlanState, Side, SupportAnswer, SupportKind
from sextant.goals.models import SupportItem


def ask_support(
    plan_id: int, *, kind: SupportKind, ask: str, goal_id: int | None = None, actor: Actor, now: datetime
) -> int:
    """The owner's side asks for something it needs; the item's id.

    Raises AccessDenied, GoalRefused (plan.state, support.owner_asks, words.missing, words.long).
    """
    with transaction.atomic():
        table = come_to_table(plan_id, states=OPEN_STATES, act="support", actor=actor, now=now)
        _only(table, Side.OWNER, "support.owner_asks")
        item = SupportItem.objects.create(
            plan=table.plan,
            goal_id=goal_of(table.plan, goal_id),
            kind=kind.value,
            ask=read_words(ask, field="ask"),
            asked_by_id=speaker_of(table),
            asked_at=now,
        )
        _note("ask_support", table, item)
    return item.pk


def promise_support(
    plan_id: int,
    *,
    item_id: int,
    text: str,
    due_on: date | None,
    responsible_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """The company promises: until when, and who sees to it (else who answers). What was answered may be answered anew
    until both have signed; a signature under the former answer is void then.

    Raises AccessDenied, GoalRefused (plan.state, support.company_answers, support.due_missing, words.long).
    """
    with transaction.atomic():
        table, item = _item(plan_id, item_id, act="support", actor=actor, now=now)
        _only(table, Side.COUNTERPART, "support.company_answers")
        if due_on is None:
            raise GoalRefused([Problem("support.due_missing", {"field": "due_on"})])
        item.answer_text = read_words(text, field="text") if text.strip() else ""
        item.responsible_id, item.due_on = responsible_id or speaker_of(table), due_on
        _answer(table, item, SupportAnswer.PROMISED, verb="promise_support")


def refuse_support(plan_id: int, *, item_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """The company says no, and why. Raises as `promise_support`, and GoalRefused (support.reason_missing)."""
    with transaction.atomic():
        table, item = _item(plan_id, item_id, act="support", actor=actor, now=now)
        _only(table, Side.COUNTERPART, "support.company_answers")
        if not reason.strip():
            raise GoalRefused([Problem("support.reason_missing", {"field": "text"})])
        item.answer_text = read_words(reason, field="text")
        item.responsible_id, item.due_on = None, None
        _answer(table, item, SupportAnswer.REFUSED, verb="refuse_support")


def judge_support(plan_id: int, *, item_id: int, is_kept: bool, actor: Actor, now: datetime) -> None:
    """The owner says whether what was promised came. Only of a signed plan.

    Raises AccessDenied, GoalRefused (plan.state, support.owner_judges, support.not_promised).
    """
    with transaction.atomic():
        signed = {PlanState.SIGNED, PlanState.RUNNING, PlanState.CLOSED}
        table = come_to_table(plan_id, states=signed, act="kept", actor=actor, now=now)
        item = _locked(table, item_id)
        _only(table, Side.OWNER, "support.owner_judges")
        if item.answer != SupportAnswer.PROMISED:
            raise GoalRefused([Problem("support.not_promised")])
        item.is_kept, item.kept_at = is_kept, now
        item.save(update_fields=["is_kept", "kept_at"])
        _note("judge_support", table, item)


def _item(plan_id: int, item_id: int, *, act: str, actor: Actor, now: datetime) -> tuple[PlanWrite, SupportItem]:
    table = come_to_table(plan_id, states=OPEN_STATES, act=act, actor=actor, now=now)
    return table, _locked(table, item_id)


def _locked(table: PlanWrite, item_id: int) -> SupportItem:
    """The lock of the plan is the lock of its items."""
    item = SupportItem.objects.filter(plan=table.plan, id=item_id).first()
    if item is None:
        raise AccessDenied("support")
    return item


def _only(table: PlanWrite, side: Side, code: str) -> None:
    if table.side is not side:
        raise GoalRefused([Problem(code)])


def _answer(table: PlanWrite, item: SupportItem, answer: SupportAnswer, *, verb: str) -> None:
    item.answer, item.answered_at = answer.value, table.now
    item.save(update_fields=["answer", "answer_text", "responsible", "due_on", "answered_at"])
    _note(verb, table, item)


def _note(verb: str, table: PlanWrite, item: SupportItem) -> None:
    changes = {"support": item.pk, "answer": item.answer, "is_kept": item.is_kept}
    record(verb, actor=table.actor, now=table.now, object_kind="plan", object_id=table.plan.pk, changes=changes)
