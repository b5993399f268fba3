"""What can be done to a split on its page before it is sent: one factor more, values from a file, schemes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.tabular import TableUnreadable
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.quota_schemes import SchemeWish, forget_scheme, save_scheme
from sextant.goals.factor_file import FactorFile, Known, read_factor_file
from sextant.goals.forms.quota import MOST_FACTORS, ReadQuota, with_factor
from sextant.goals.models import Goal
from sextant.goals.policy.quota import Quota, with_values
from sextant.goals.policy.quota_schemes import apply_scheme, says_day
from sextant.goals.queries.quota import Sharer
from sextant.goals.queries.quota_schemes import schemes_of

MOST_BYTES = 2 << 20
PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AskedSplit:
    """Who wants to split which goal, over whom, when."""

    actor: Actor
    goal: Goal
    sharers: Sequence[Sharer]
    moment: datetime
    today: date


def act_on(request: HttpRequest, read: ReadQuota, asked: AskedSplit) -> ReadQuota:
    """The split after what the request does to it, with what there is to say about that. Nothing but saving and
    deleting a scheme writes."""
    posted = request.POST
    if posted.get("act") == "upload":
        return _take_file(request, read, asked)
    if posted.get("act") == "save":
        return _save(request, read, asked)
    if posted.get("scheme", "").isdigit():
        return _apply(request, read, asked, int(posted["scheme"]))
    if posted.get("forget", "").isdigit():
        name = forget_scheme(
            asked.goal.pk, int(posted["forget"]), actor=asked.actor, now=asked.moment, today=asked.today
        )
        if name:
            messages.success(request, _("已删除方案“%(name)s”。") % {"name": name})
        return read
    return replace(read, quota=with_factor(read.quota, posted.get("add", "")))


def _save(request: HttpRequest, read: ReadQuota, asked: AskedSplit) -> ReadQuota:
    wish = SchemeWish(request.POST.get("scheme_name", ""), read.quota, read.snapshot_on)
    try:
        save_scheme(asked.goal.pk, wish, actor=asked.actor, now=asked.moment, today=asked.today)
    except GoalRefused as error:
        return _with(read, error.problems)
    messages.success(request, _("已存为方案“%(name)s”，下次分摊可以直接用。") % {"name": wish.name.strip()})
    return read


def _apply(request: HttpRequest, read: ReadQuota, asked: AskedSplit, scheme_id: int) -> ReadQuota:
    scheme = schemes_of(asked.goal).filter(id=scheme_id).first()
    if scheme is None:
        return read
    applied = apply_scheme(read.quota, scheme.document)
    on = says_day(applied.is_older, snapshot_on=read.snapshot_on, saved_on=scheme.snapshot_on)
    messages.success(request, _("已用方案“%(name)s”。") % {"name": scheme.name})
    return replace(read, quota=applied.quota, snapshot_on=on)


def _take_file(request: HttpRequest, read: ReadQuota, asked: AskedSplit) -> ReadQuota:
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _with(read, [Problem("quota.file_none", {"field": "file"})])
    if (sent.size or 0) > MOST_BYTES:
        return _with(read, [Problem("quota.file_large", {"field": "file", "mib": MOST_BYTES >> 20})])
    try:
        found = _read(sent, [Known(one.key, one.code, one.name) for one in asked.sharers])
    except TableUnreadable as error:
        return _with(read, [error.problem])
    quota = with_values(read.quota, found.factors, found.values, most=MOST_FACTORS)
    if found.values:
        count = len(found.values)
        said = ngettext("已读入 %(n)s 个对象的因子数据。", "已读入 %(n)s 个对象的因子数据。", count) % {"n": count}
        messages.success(request, said)
    return _with(replace(read, quota=quota), (*found.problems[:PROBLEMS_SHOWN], *_too_many(found, quota)))


def _read(sent: "UploadedFile[bytes]", known: Sequence[Known]) -> FactorFile:
    # what a table is, its bytes and the end of its name tell; the rest of the name is the sender's
    with TemporaryDirectory(prefix="sextant-factors-") as folder:
        path = Path(folder) / Path(sent.name or "factors.csv").name
        with path.open("wb") as file:
            file.writelines(sent.chunks())
        return read_factor_file(path, known)


def _too_many(found: FactorFile, quota: Quota) -> list[Problem]:
    had = {factor.name for factor in quota.factors}
    missed = [name for name in found.factors if name not in had]
    return [Problem("quota.file_factors", {"most": MOST_FACTORS, "names": "、".join(missed)})] if missed else []


def _with(read: ReadQuota, problems: Sequence[Problem]) -> ReadQuota:
    return replace(read, told=(*read.told, *problems))
