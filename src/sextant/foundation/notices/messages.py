"""Words for channels, groups, states and problems of notices."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.foundation.notices.contracts import ChannelKind, DeliveryState, NoticeGroup
from sextant.foundation.notices.policy.wording import TextProblem

CHANNELS: Mapping[ChannelKind, str | Promise] = {
    ChannelKind.IN_APP: _("站内"),
    ChannelKind.EMAIL: _("邮件"),
    ChannelKind.WECOM: _("企业微信"),
    ChannelKind.DINGTALK: _("钉钉"),
    ChannelKind.FEISHU: _("飞书"),
    ChannelKind.SMS: _("短信"),
    ChannelKind.OTHER: _("其他服务"),
}
GROUPS: Mapping[NoticeGroup, str | Promise] = {
    NoticeGroup.TO_DO: _("要我做的"),
    NoticeGroup.GOALS: pgettext_lazy("通知分组", "我的目标"),
    NoticeGroup.REVIEWS: _("反馈与评估"),
    NoticeGroup.TEAM: pgettext_lazy("通知分组", "团队"),
    NoticeGroup.SYSTEM: pgettext_lazy("通知分组", "系统"),
}
STATES: Mapping[DeliveryState, str | Promise] = {
    DeliveryState.WAITING: pgettext_lazy("投递", "待发"),
    DeliveryState.SENDING: pgettext_lazy("投递", "发送中"),
    DeliveryState.SENT: pgettext_lazy("投递", "已发出"),
    DeliveryState.DELIVERED: pgettext_lazy("投递", "送达"),
    DeliveryState.DEAD: pgettext_lazy("投递", "失败"),
    DeliveryState.DROPPED: pgettext_lazy("投递", "不必再发"),
}
REASONS: Mapping[str, str | Promise] = {
    "": "",
    "quiet": _("免打扰"),
    "digest": _("进摘要"),
    "rate": _("一小时内太多，合并发"),
    "escalated": _("没人看，升级发送"),
    "resent": _("管理员重发"),
}
PROBLEMS: Mapping[str, str | Promise] = {
    "": "",
    "host_unknown": _("找不到服务器，请核对地址"),
    "host_private": _("地址在内网，要发请把它写进 SEXTANT_OUTBOUND_HOSTS"),
    "bad_address": _("地址写得不对"),
    "bad_certificate": _("对方证书不可信"),
    "no_connection": _("连不上对方"),
    "cut_off": _("连接中断"),
    "silent": _("对方没有应答"),
    "busy": _("对方说太频繁，稍后再发"),
    "refused_us": _("对方不接受这个通道，请核对地址和密钥"),
    "refused": _("对方拒收这一条"),
    "not_understood": _("看不懂对方的应答，请核对地址"),
    "no_such_mailbox": _("收件地址不存在"),
    "bad_condition": _("“成功的条件”写得不对"),
    "secret_unreadable": _("密钥打不开，请重新填写"),
    "interrupted": _("发送时进程中断，已重发"),
    "nobody": _("收件人已离职或没有地址"),
    "broken": _("程序出错，请看日志"),
}


def say_problem(code: str) -> str:
    """Why a message or a channel failed, in one sentence; "" for none."""
    return str(PROBLEMS.get(code, code))


def say_text_problem(problem: TextProblem) -> str:
    """What is wrong with a text in HR's words, and where."""
    if problem.code == "brace":
        return _t("第 %(position)d 个字符的花括号没有配对；要写花括号本身，请写两个") % {"position": problem.position}
    params = {"position": problem.position, "name": problem.name, "meant": problem.meant}
    if problem.meant:
        return _t("第 %(position)d 个字符：没有 {%(name)s} 这个占位符，是不是 {%(meant)s}") % params
    return _t("第 %(position)d 个字符：没有 {%(name)s} 这个占位符") % params
