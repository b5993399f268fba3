"""Words for states and problems of webhooks."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.foundation.webhooks.contracts import SendingState

STATES: Mapping[SendingState, str | Promise] = {
    SendingState.WAITING: pgettext_lazy("Webhook", "待发"),
    SendingState.SENDING: pgettext_lazy("Webhook", "发送中"),
    SendingState.DONE: pgettext_lazy("Webhook", "已收下"),
    SendingState.DEAD: pgettext_lazy("Webhook", "失败"),
}
PROBLEMS: Mapping[str, str | Promise] = {
    "": "",
    "refused": _("对方没有收下"),
    "gone": _("对方说地址已作废"),
    "silent": _("对方没有应答"),
    "no_connection": _("连不上对方"),
    "bad_certificate": _("对方证书不可信"),
    "cut_off": _("连接中断"),
    "host_unknown": _("找不到主机"),
    "host_private": _("地址在内网，要发请把它写进 SEXTANT_OUTBOUND_HOSTS"),
    "bad_address": _("地址写得不对"),
    "interrupted": _("发送时进程中断，已重发"),
    "secret_unreadable": _("密钥打不开，请更换密钥"),
    "schema": _("内容不合约定"),
    "no_json": _("不是 JSON"),
}


def say_problem(code: str) -> str:
    """Why a message was not taken, or a call refused; "" for none."""
    return str(PROBLEMS.get(code, code))
