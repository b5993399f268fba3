"""Opening a channel with what an administrator set up."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings

from sextant.foundation.notices.channels.contracts import Sender, SendFailed
from sextant.foundation.notices.channels.dingtalk import DingTalkRobot
from sextant.foundation.notices.channels.email import MailServer
from sextant.foundation.notices.channels.feishu import FeishuRobot
from sextant.foundation.notices.channels.other import OtherService
from sextant.foundation.notices.channels.sms import SmsGateway
from sextant.foundation.notices.channels.wecom import WeComRobot
from sextant.foundation.notices.contracts import ChannelKind
from sextant.foundation.notices.models import Channel
from sextant.foundation.outbound.calls import Caller
from sextant.foundation.secrets import SecretUnreadable, unseal


@contextmanager
def open_sender(channel: Channel) -> Iterator[Sender]:
    """The channel, ready to send; closed at the end. Raises SendFailed when its secrets cannot be read."""
    sender = _sender(ChannelKind(channel.kind), {**channel.settings, **_secrets(channel)})
    try:
        yield sender
    finally:
        sender.close()


def _secrets(channel: Channel) -> Mapping[str, str]:
    if channel.secret is None:
        return {}
    try:
        found: dict[str, str] = json.loads(unseal(bytes(channel.secret)))
    except SecretUnreadable as error:
        raise SendFailed("secret_unreadable", is_whole=True) from error
    return found


def _sender(kind: ChannelKind, said: Mapping[str, str]) -> Sender:
    match kind:
        case ChannelKind.EMAIL:
            return _mail_server(said)
        case ChannelKind.WECOM:
            return WeComRobot(url=said["url"], caller=_caller())
        case ChannelKind.DINGTALK:
            return DingTalkRobot(url=said["url"], sign=said.get("sign", ""), caller=_caller())
        case ChannelKind.FEISHU:
            return FeishuRobot(url=said["url"], sign=said.get("sign", ""), caller=_caller())
        case ChannelKind.SMS:
            return SmsGateway(settings=said, headers=headers_of(said.get("headers", "")), caller=_caller())
        case _:
            return OtherService(url=said["url"])


def _mail_server(said: Mapping[str, str]) -> MailServer:
    return MailServer(
        host=said["host"],
        port=int(said["port"]),
        security=said["security"],
        username=said.get("username", ""),
        password=said.get("password", ""),
        sender=said["sender"],
        allowed=settings.SEXTANT_OUTBOUND_HOSTS,
    )


def headers_of(written: str) -> dict[str, str]:
    """Headers written one a line, "Name: value"."""
    pairs = (line.partition(":") for line in written.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _caller() -> Caller:
    return Caller(allowed_hosts=settings.SEXTANT_OUTBOUND_HOSTS)
