"""钉钉 group robots: https://open.dingtalk.com/document/robots/custom-robot-access.

Signed calls carry the milliseconds and, as `sign`, the HMAC-SHA256 of them and the secret. Twenty messages a minute.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from urllib.parse import urlencode

from sextant.foundation.notices.channels.contracts import Message, Sent
from sextant.foundation.notices.channels.parts import one_text
from sextant.foundation.notices.channels.web import as_json, call, judge, read_json
from sextant.foundation.outbound.calls import Caller

_BUSY = (-1, 130101, 410100)
_OURS = (300001, 310000, 400101, 400102)


class DingTalkRobot:
    """A robot, by its address and the secret it signs with, if it does."""

    def __init__(self, *, url: str, sign: str, caller: Caller, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._sign = sign
        self._caller = caller
        self._clock = clock

    def send(self, message: Message) -> Sent:
        """Say it in the robot's group. The name must stand in the text for the person to be called."""
        by_number = message.to.isdecimal() and len(message.to) == 11
        document = {
            "msgtype": "text",
            "text": {"content": f"@{message.to} {one_text(message)}"},
            "at": {"atMobiles" if by_number else "atUserIds": [message.to], "isAtAll": False},
        }
        answer = read_json(call(self._caller, self._signed(), body=as_json(document)))
        judge(answer.get("errcode"), answer.get("errmsg"), good=0, busy=_BUSY, ours=_OURS)
        return Sent(is_confirmed=True)

    def close(self) -> None:
        """Let go of connections."""
        self._caller.__exit__(None, None, None)

    def _signed(self) -> str:
        if not self._sign:
            return self._url
        at = str(round(self._clock() * 1000))
        signature = sign(self._sign, at)
        return f"{self._url}&{urlencode({'timestamp': at, 'sign': signature})}"


def sign(secret: str, milliseconds: str) -> str:
    """The signature of a call: base64 of HMAC-SHA256 over time and secret, under the secret."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
