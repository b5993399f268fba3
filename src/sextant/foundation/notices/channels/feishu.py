"""飞书 custom bots: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot.

The signature's key is made of seconds and secret, its text is empty. A hundred messages a minute, five a second.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from html import escape

from sextant.foundation.notices.channels.contracts import Message, Sent
from sextant.foundation.notices.channels.parts import one_text
from sextant.foundation.notices.channels.web import as_json, call, judge, read_json
from sextant.foundation.outbound.calls import Caller

_BUSY = (9499, 11232, 11233)
_OURS = (19001, 19002, 19021, 19022, 19024)


class FeishuRobot:
    """A bot, by its address and the secret it signs with, if it does."""

    def __init__(self, *, url: str, sign: str, caller: Caller, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._sign = sign
        self._caller = caller
        self._clock = clock

    def send(self, message: Message) -> Sent:
        """Say it in the bot's group, to the person with this open id or user id."""
        # the text is read as markup: what people wrote must not call somebody else
        call_out = f'<at user_id="{escape(message.to)}">{escape(message.name)}</at>'
        document: dict[str, object] = {
            "msg_type": "text",
            "content": {"text": f"{call_out} {escape(one_text(message), quote=False)}"},
        }
        if self._sign:
            at = str(int(self._clock()))
            document |= {"timestamp": at, "sign": sign(self._sign, at)}
        answer = read_json(call(self._caller, self._url, body=as_json(document)))
        code = answer.get("code", answer.get("StatusCode"))
        judge(code, answer.get("msg", answer.get("StatusMessage")), good=0, busy=_BUSY, ours=_OURS)
        return Sent(is_confirmed=True)

    def close(self) -> None:
        """Let go of connections."""
        self._caller.__exit__(None, None, None)


def sign(secret: str, seconds: str) -> str:
    """The signature of a call: base64 of HMAC-SHA256 over nothing, under time and secret."""
    return base64.b64encode(hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
