"""目标分摊: a goal's target split over those below by weighted factors, beside the flat split, and sent to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sextant.engines.allocation import Allocation, Bound, Share, allocate
from sextant.engines.values import Outcome, Problem
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.quota import may_split, send_split
from sextant.goals.forms import quota as quota_form
from sextant.goals.messages.allocation import BOUNDS
from sextant.goals.messages.goals import name_of_cycle, plain
from sextant.goals.messages.quota import say_quota
from sextant.goals.policy.quota import FULL, Quota, QuotaFactor, QuotaRow, order_of, without_missing
from sextant.goals.queries.quota import first_quota, list_sharers
from sextant.goals.queries.quota_schemes import list_schemes
from sextant.goals.views.asking import ask_goal
from sextant.goals.views.quota_acts import AskedSplit, act_on
from sextant.metrics.contracts import MetricRow

HOW_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked(AskedSplit):
    """What the page needs to know beside that."""

    metric: MetricRow

    @property
    def begun(self) -> Quota:
        """The split to begin with."""
        return first_quota(self.goal, self.sharers, decimals=self.metric.decimals)


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A share as the table draws it. `bar` and `tick` are 0…1 of the longest; `growth` against what was reached, None
    where that is unknown."""

    name: str
    amount: Decimal
    more_than_flat: Decimal
    bar: Decimal
    tick: Decimal
    bound: str
    reached: Decimal | None
    growth: Decimal | None


@needs(Permission.GOAL_CASCADE)
@require_http_methods(["GET", "HEAD", "POST"])
def quota(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The page. Its form comes back with what `act_on` did to the split; htmx asks for the result alone."""
    asked = _ask(request, goal_id)
    posted = request.POST.dict() if request.method == "POST" else {}
    read = quota_form.read_quota(posted, asked.begun, today=asked.today)
    if request.headers.get("HX-Request"):
        return render(request, "goals/quota/_answer.html", _result(asked, read.quota, read.problems))
    before = read.quota
    if request.method == "POST":
        read = act_on(request, read, asked)
    context = {**_result(asked, read.quota, read.problems), **_page(asked, read.quota, read.snapshot_on)}
    told = [say_quota(one) for one in read.told]
    # a file of which something was read is no refusal
    status = 422 if told and read.quota == before else 200
    return render(request, "goals/quota/page.html", {**context, "told": told}, status=status)


@needs(Permission.GOAL_CASCADE)
@require_POST
def send(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Send the shares to be agreed; refused, the page says why and keeps what was filled in."""
    asked = _ask(request, goal_id)
    read = quota_form.read_quota(request.POST.dict(), asked.begun, today=asked.today)
    problems: Sequence[Problem] = read.problems
    if not problems:
        try:
            sent = send_split(
                goal_id,
                read.quota,
                how=request.POST.get("how", "")[:HOW_LENGTH],
                snapshot_on=read.snapshot_on,
                actor=asked.actor,
                now=asked.moment,
                today=asked.today,
            )
        except GoalRefused as error:
            problems = error.problems
        else:
            count, left = len(sent.pushed.goal_ids), len(sent.pushed.lines) - len(sent.pushed.goal_ids)
            said = ngettext("已发给 %(n)s 个对象共商。", "已发给 %(n)s 个对象共商。", count) % {"n": count}
            messages.success(request, said)
            if left:
                messages.warning(request, _("%(n)s 个对象已有同样的目标或方案已定，没有改动。") % {"n": left})
            if sent.left_out:
                names = _("、").join(sent.left_out)
                messages.warning(request, _("缺因子数值，没有参加分摊：%(names)s。") % {"names": names})
            return redirect("goals:detail", goal_id=goal_id)
    context = {**_result(asked, read.quota, problems), **_page(asked, read.quota, read.snapshot_on)}
    return render(request, "goals/quota/page.html", context, status=422)


def _ask(request: HttpRequest, goal_id: int) -> _Asked:
    """A goal with a number that the reader may split; any other does not exist."""
    asked = ask_goal(request, goal_id)
    goal, metric = asked.goal, asked.read_metric()
    if metric is None or goal.base is None or not may_split(asked.actor, goal, on=asked.today):
        raise Http404
    sharers = list_sharers(goal, on=asked.today)
    return _Asked(asked.actor, goal, sharers, asked.moment, asked.today, metric=metric)


def _page(asked: _Asked, split: Quota, snapshot_on: date) -> dict[str, object]:
    by_key = {one.key: one for one in asked.sharers}
    schemes = list_schemes(asked.goal)
    return {
        "goal": asked.goal,
        "metric": asked.metric,
        "cycle_name": name_of_cycle(asked.goal.cycle.code, asked.goal.cycle.name),
        "quota": split,
        "total_text": plain(split.total),
        "weight_sum_text": plain(split.weight_sum),
        "unit_text": plain(split.unit),
        "factors": [(place, _factor(one)) for place, one in enumerate(split.factors)],
        "rows": [(_typed(row), by_key[row.key], _values(row, split)) for row in split.rows],
        "snapshot_on": snapshot_on,
        "today": asked.today,
        "equal": _equal(len(split.factors)),
        "schemes": [(one, " · ".join(f"{name} {plain(weight)}" for name, weight in one.factors)) for one in schemes],
    }


def _values(row: QuotaRow, split: Quota) -> list[tuple[int, object, str]]:
    """The values of a row as its fields hold them, each with its place and the name of its factor."""
    named = zip(row.values, split.factors, strict=True)
    return [(place, _field(value), factor.name) for place, (value, factor) in enumerate(named)]


def _typed(row: QuotaRow) -> dict[str, object]:
    """A row as its fields hold it."""
    bounds = {name: _field(getattr(row, name)) for name in ("floor", "cap", "fixed")}
    return {"key": row.key, "name": row.name, **bounds}


def _factor(factor: QuotaFactor) -> dict[str, object]:
    return {"name": factor.name, "weight": plain(factor.weight), "is_reversed": factor.is_reversed}


def _field(value: Decimal | None) -> object:
    return "" if value is None else plain(value)


def _equal(count: int) -> str:
    """Whole weights that come to 100, as the button of the preset holds them: 34,33,33."""
    share, rest = divmod(int(FULL), count or 1)
    return ",".join(str(share + (place < rest)) for place in range(count))


def _result(asked: _Asked, split: Quota, problems: Sequence[Problem]) -> dict[str, object]:
    counted = without_missing(split)
    rows = counted.quota.rows
    # where nobody is left, it is said already what they all lack
    outcome: Outcome[Allocation] = allocate(order_of(counted.quota)) if rows else Outcome(None)
    told = (*problems, *counted.left_out, *outcome.problems)
    said = list(dict.fromkeys(say_quota(one) for one in told)) if split.rows else []
    shares = outcome.value.shares if outcome.value else ()
    reached = {one.key: one.reached for one in asked.sharers}
    last = [value for value in reached.values() if value is not None]
    longest = max((max(share.amount, share.flat) for share in shares), default=Decimal(0)) or Decimal(1)
    return {
        "metric": asked.metric,
        "quota": split,
        "lines": [_line(share, longest, reached[row.key]) for row, share in zip(rows, shares, strict=bool(shares))],
        "flat": split.total / len(rows) if rows else None,
        "said": said,
        "total": sum((share.amount for share in shares), Decimal(0)),
        "last_total": sum(last, Decimal(0)) if last else None,
        "weight_sum": split.weight_sum,
        "may_send": bool(shares) and split.weight_sum == FULL and not problems,
    }


def _line(share: Share, longest: Decimal, reached: Decimal | None) -> ResultLine:
    return ResultLine(
        name=share.key,
        amount=share.amount,
        more_than_flat=share.amount - share.flat,
        bar=share.amount / longest,
        tick=share.flat / longest,
        bound=str(BOUNDS[share.bound]) if share.bound in tuple(Bound) else "",
        reached=reached,
        growth=share.amount / reached - 1 if reached else None,
    )
