"""What an act of a rule does, in words, in the active language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sextant.lowcode.rules.document import (
    ActDocument,
    CallAct,
    FlowAct,
    NoticeAct,
    PointsAct,
    TaskAct,
    WebhookAct,
)


def say_act(act: ActDocument, names: Mapping[tuple[str, str], str] | None = None) -> str:
    """One act in words; `names` are those of flows and actions by (kind, code), codes stand for what is not there."""
    known = names or {}
    match act:
        case NoticeAct():
            return _("发通知：%(text)s") % {"text": act.title or act.text}
        case TaskAct():
            params = {"title": act.title, "days": act.days}
            return (
                ngettext("派任务：%(title)s，%(days)s 个工作日", "派任务：%(title)s，%(days)s 个工作日", act.days)
                % params
            )
        case FlowAct():
            return _("发起流程：%(flow)s") % {"flow": known.get(("flow", act.flow), act.flow)}
        case CallAct():
            return _("执行：%(action)s") % {"action": known.get(("call", act.action), act.action)}
        case PointsAct():
            return _("记积分：%(points)s 分") % {"points": f"{act.points:+d}"}
        case WebhookAct():
            return _("请“%(endpoint)s”做：%(call)s") % {"endpoint": act.endpoint, "call": act.call}
