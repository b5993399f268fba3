"""What an administrator fills in to set up each channel."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.foundation.notices.contracts import ChannelKind


@dataclass(frozen=True, slots=True)
class ChannelField:
    """One thing to fill in. Secret ones are sealed and never shown again. `choices`: (value, label)."""

    name: str
    label: str | Promise
    hint: str | Promise = ""
    is_secret: bool = False
    is_required: bool = True
    is_long: bool = False
    initial: str = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()


_ROBOT_URL = _("机器人的 Webhook 地址")
_SIGN = ChannelField("sign", _("加签密钥"), _("机器人的安全设置选“加签”时填写"), is_secret=True, is_required=False)
FIELDS: dict[ChannelKind, tuple[ChannelField, ...]] = {
    ChannelKind.EMAIL: (
        ChannelField("host", _("服务器"), "smtp.example.com"),
        ChannelField("port", _("端口"), initial="465"),
        ChannelField(
            "security",
            _("加密"),
            initial="tls",
            choices=(("tls", "TLS"), ("starttls", "STARTTLS"), ("none", _("不加密"))),
        ),
        ChannelField("sender", _("发件人"), _("例如：六分仪 <notice@example.com>")),
        ChannelField("username", _("账号"), is_required=False),
        ChannelField("password", _("密码"), is_secret=True, is_required=False),
    ),
    ChannelKind.WECOM: (ChannelField("url", _ROBOT_URL, is_secret=True),),
    ChannelKind.DINGTALK: (ChannelField("url", _ROBOT_URL, is_secret=True), _SIGN),
    ChannelKind.FEISHU: (ChannelField("url", _ROBOT_URL, is_secret=True), _SIGN),
    ChannelKind.SMS: (
        ChannelField("url", _("网关地址")),
        ChannelField("format", _("格式"), initial="json", choices=(("json", "JSON"), ("form", _("表单")))),
        ChannelField(
            "template",
            _("请求正文"),
            _("用 {phone}、{text}、{id} 表示手机号、内容和消息编号"),
            is_long=True,
            initial='{"phone": "{phone}", "content": "{text}", "requestId": "{id}"}',
        ),
        ChannelField(
            "headers",
            _("请求头"),
            _("一行一个，例如 Authorization: Bearer …"),
            is_secret=True,
            is_required=False,
            is_long=True,
        ),
        ChannelField("success", _("成功的条件"), _("JMESPath，例如 code == '0'；不填则 2xx 即成功"), is_required=False),
        ChannelField("id_path", _("消息编号在哪里"), _("JMESPath，例如 data.msgId"), is_required=False),
    ),
    ChannelKind.OTHER: (
        ChannelField("url", _("Apprise 地址"), _("例如 slack://…；{to} 代表个人填写的部分"), is_secret=True),
    ),
}
