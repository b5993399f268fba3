"""企业微信 group robots: https://developer.work.weixin.qq.com/document/path/91770.

A text of at most 2,048 bytes; the person is named by telephone number or account. Twenty messages a minute (45009).
"""

from sextant.foundation.notices.channels.contracts import Message, Sent
from sextant.foundation.notices.channels.parts import one_text, within_bytes
from sextant.foundation.notices.channels.web import as_json, call, judge, read_json
from sextant.foundation.outbound.calls import Caller

_MOST_BYTES = 2048
_BUSY = (45009, 45033, -1)
_OURS = (93000, 93004, 93008, 40001, 40014, 41001)


class WeComRobot:
    """A robot, by its address."""

    def __init__(self, *, url: str, caller: Caller) -> None:
        self._url = url
        self._caller = caller

    def send(self, message: Message) -> Sent:
        """Say it in the robot's group."""
        text: dict[str, object] = {"content": within_bytes(one_text(message), _MOST_BYTES)}
        text["mentioned_mobile_list" if _is_mobile(message.to) else "mentioned_list"] = [message.to]
        answer = read_json(call(self._caller, self._url, body=as_json({"msgtype": "text", "text": text})))
        judge(answer.get("errcode"), answer.get("errmsg"), good=0, busy=_BUSY, ours=_OURS)
        return Sent(is_confirmed=True)

    def close(self) -> None:
        """Let go of connections."""
        self._caller.__exit__(None, None, None)


def _is_mobile(to: str) -> bool:
    return to.isdecimal() and len(to) == 11
