"""Why a goal without a metric shows its light, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sextant.engines.evaluation import NOBODY_SAID
from sextant.goals.contracts import ProgressFrom
from sextant.goals.contracts.progress import RISKIEST, GoalStatus
from sextant.metrics.messages.metrics import say_reason

NOTHING_YET: Mapping[ProgressFrom, Promise | str] = {
    ProgressFrom.METRIC: gettext_lazy("还没有评估过。"),
    ProgressFrom.CHILDREN: gettext_lazy("没有执行中的下级目标。"),
    ProgressFrom.ACTIONS: gettext_lazy("没有里程碑或行动项。"),
    ProgressFrom.TYPED: gettext_lazy("还没有人更新过进展。"),
}


def say_status(status: GoalStatus, *, may_name: bool = True) -> str:
    """Why the status is what it is. `may_name`: the reader may see the goal below that it was taken from; the reason is
    the same for everybody, only its name is not."""
    if status.code == NOBODY_SAID:
        return str(NOTHING_YET[status.source])
    if status.code != RISKIEST:
        return say_reason(status.code, status.params)
    title = status.params["title"] if may_name else _("受限目标")
    return _("下级“%(title)s”：%(reason)s") % {"title": title, "reason": _reason_below(status)}


def _reason_below(status: GoalStatus) -> str:
    code = status.params.get("below", "")
    if code == NOBODY_SAID:
        return str(NOTHING_YET[ProgressFrom(status.params["source"])])
    return say_reason(code, status.params) if code else _("还没有评估过。")
