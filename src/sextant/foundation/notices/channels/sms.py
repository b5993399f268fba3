"""SMS gateways: any that takes one HTTP call for one message, described by templates.

The administrator writes the body as the gateway's manual shows it, with `{phone}`, `{text}` and `{id}` where they
belong; `{id}` stays the same when a message is tried again, for gateways that refuse what they have seen.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import jmespath
from jmespath.exceptions import JMESPathError

from sextant.foundation.notices.channels.contracts import Message, SendFailed, Sent
from sextant.foundation.notices.channels.parts import one_text
from sextant.foundation.notices.channels.web import JSON, call, read_json
from sextant.foundation.notices.policy.wording import fill
from sextant.foundation.outbound.calls import Caller

FORM = "application/x-www-form-urlencoded; charset=utf-8"
PLACEHOLDERS = ("phone", "text", "id")


class SmsGateway:
    """A gateway: where to, what it is sent, and how its answer is read."""

    def __init__(self, *, settings: Mapping[str, str], headers: Mapping[str, str], caller: Caller) -> None:
        self._settings = settings
        self._headers = headers
        self._caller = caller

    def send(self, message: Message) -> Sent:
        """Hand one message over. A gateway's yes means that it will try: nothing is confirmed."""
        is_form = self._settings.get("format") == "form"
        values = {"phone": message.to, "text": one_text(message), "id": message.id}
        written = {name: quote_plus(value) if is_form else json.dumps(value)[1:-1] for name, value in values.items()}
        template = self._settings["template"]
        body = fill(template, written) if is_form else fill_json(template, written)
        content_type = FORM if is_form else JSON
        answer = call(
            self._caller, self._settings["url"], body=body.encode(), content_type=content_type, headers=self._headers
        )
        condition = self._settings.get("success", "")
        if not condition:
            return Sent()
        document = read_json(answer)
        if not _search(condition, document):
            raise SendFailed("refused", answer.excerpt)
        return Sent(str(_search(self._settings.get("id_path", ""), document) or "")[:200])

    def close(self) -> None:
        """Let go of connections."""
        self._caller.__exit__(None, None, None)


def fill_json(template: str, values: Mapping[str, str]) -> str:
    """`template` with `{phone}` and its like replaced; every other brace belongs to the JSON and stays.

    >>> fill_json('{"to": "{phone}"}', {"phone": "138"})
    '{"to": "138"}'
    """
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _search(expression: str, document: Mapping[str, Any]) -> Any:
    if not expression:
        return None
    try:
        return jmespath.search(expression, document)
    except JMESPathError as error:
        raise SendFailed("bad_condition", str(error), is_whole=True) from error
