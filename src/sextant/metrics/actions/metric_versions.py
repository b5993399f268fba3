"""Changing one metric by hand: save, roll back, retire, take up. Every change of a definition is a new version."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.metrics.actions.metric_storage import LIBRARY_LOCK, Change, UnknownOwner, resolve_owners, store
from sextant.metrics.contracts import MetricRow
from sextant.metrics.definition import DefinitionRefused, MetricDocument
from sextant.metrics.intake.locks import transaction_locked
from sextant.metrics.models import Metric, MetricVersion
from sextant.metrics.queries.library import list_metrics
from sextant.metrics.queries.metric_versions import get_version_document
from sextant.metrics.uses import count_uses, list_use_kinds


def save_metric(
    document: MetricDocument,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
    restores: int | None = None,
) -> MetricRow:
    """Make `document` the definition of its metric: a new metric, or the next version; an equal one changes nothing.

    `expected_version` is the version the writer looked at (0: none yet): somebody else's change in between is refused,
    not overwritten. A change of an existing metric needs a `reason`. Raises AccessDenied; DefinitionRefused with codes
    `definition.*`, `derivation.*`, `formula.*`.
    """
    require(actor, Permission.METRIC_DEFINE)
    with transaction_locked(LIBRARY_LOCK):
        metric = Metric.objects.select_for_update().filter(code=document.code).first()
        _refuse_unfit(metric, reason=reason, expected_version=expected_version)
        try:
            owner_id = resolve_owners([document.owner]).get(document.owner)
        except UnknownOwner as error:
            raise DefinitionRefused(Problem("definition.unknown_owner", {"number": error.numbers[0]})) from error
        change = Change(actor.label, now, reason.strip(), restores)
        if store(document.definition(), metric=metric, owner_id=owner_id, change=change):
            _audit("save_metric", document.code, actor=actor, now=now, reason=reason)
    return next(iter(list_metrics(codes=[document.code])))


def roll_back_metric(code: str, *, version: int, reason: str, actor: Actor, now: datetime) -> MetricRow:
    """Bring an old definition back, as a new version with the old content. Raises as `save_metric`, and
    Metric.DoesNotExist."""
    require(actor, Permission.METRIC_DEFINE)
    try:
        document = get_version_document(code, version)
    except MetricVersion.DoesNotExist as error:
        raise DefinitionRefused(Problem("definition.unknown_version", {"version": version})) from error
    return save_metric(document, reason=reason, actor=actor, now=now, restores=version)


def retire_metric(code: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Retire a metric: it keeps its history and gets no new goals. Nothing is ever deleted.

    Refused while a metric in use is made of it, or a goal still runs on it (`definition.still_used` names who).
    Raises AccessDenied, DefinitionRefused, Metric.DoesNotExist.
    """
    require(actor, Permission.METRIC_DEFINE)
    with transaction_locked(LIBRARY_LOCK):
        metric = Metric.objects.select_for_update().get(code=code)
        if metric.retired_at is not None:
            return
        if users := tuple(_users_of(metric, on=company_day(now, settings.SEXTANT_ZONE))):
            raise DefinitionRefused(Problem("definition.still_used", {"users": "；".join(users)}))
        Metric.objects.filter(pk=metric.pk).update(retired_at=now)
        _audit("retire_metric", code, actor=actor, now=now, reason=reason)


def take_up_metric(code: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a retired metric up again. Raises AccessDenied, Metric.DoesNotExist."""
    require(actor, Permission.METRIC_DEFINE)
    with transaction_locked(LIBRARY_LOCK):
        if Metric.objects.select_for_update().get(code=code).retired_at is None:
            return
        Metric.objects.filter(code=code).update(retired_at=None)
        _audit("take_up_metric", code, actor=actor, now=now, reason=reason)


def _refuse_unfit(metric: Metric | None, *, reason: str, expected_version: int | None) -> None:
    """What stands in the way whatever the definition says."""
    there = metric.version if metric else 0
    if expected_version is not None and expected_version != there:
        raise DefinitionRefused(Problem("definition.changed_meanwhile", {"version": there}))
    if metric is None:
        return
    if metric.retired_at is not None:
        raise DefinitionRefused(Problem("definition.retired"))
    if not reason.strip():
        raise DefinitionRefused(Problem("definition.reason_needed"))


def _users_of(metric: Metric, *, on: date) -> Iterable[str]:
    for name, code in (
        Metric.objects.filter(input_ids__contains=[metric.pk], retired_at=None)
        .order_by("code")
        .values_list("name", "code")
    ):
        yield _("指标“%(name)s”（%(code)s）") % {"name": name, "code": code}
    counted = count_uses([metric.pk], on=on)
    for kind in list_use_kinds():
        if kind.holds and (count := counted[kind.key].get(metric.pk, 0)):
            yield _("%(count)s 个%(what)s") % {"count": count, "what": kind.name}


def _audit(verb: str, code: str, *, actor: Actor, now: datetime, reason: str) -> None:
    record(verb, actor=actor, now=now, object_kind="metric", object_id=code, changes={"reason": reason.strip()})
