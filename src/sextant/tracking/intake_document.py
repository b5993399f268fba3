"""接入: what a call of another system starts, as a document HR may change (`intake` is a kind of definition)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sextant.foundation.documents import Document

KIND = "intake"
Place = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$", max_length=120)]
"""Where a value stands in the body: names joined by dots ("order.number")."""
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class AboutDocument(Document):
    """Whom the flow is about: the person whose number, or e-mail address, stands at `at`."""

    at: Place
    by: Literal["number", "email"] = "number"


class IntakeDocument(Document):
    """A call of the trigger `trigger` starts `flow`, once for each value at `key`: the order's own number, not the
    call's, so that the same order told twice is one order. `title` joins what stands at its places; `values` fills the
    flow's fields. `accepts` is the JSON Schema that `sextant tracking install` gives a trigger it opens."""

    trigger: Annotated[str, Field(min_length=1, max_length=120)]
    flow: Code
    key: Place
    about: AboutDocument
    title: Annotated[tuple[Place, ...], Field(min_length=1, max_length=5)]
    values: Annotated[dict[Annotated[str, Field(max_length=60)], Place], Field(max_length=60)] = {}
    accepts: dict[str, Any] = {}


def find_at(body: object, place: str) -> object | None:
    """What stands at a place of a body; None where nothing does.

    >>> find_at({"order": {"number": "SR-7"}}, "order.number")
    'SR-7'
    >>> find_at({"order": "SR-7"}, "order.number") is None
    True
    """
    for name in place.split("."):
        if not isinstance(body, dict) or name not in body:
            return None
        body = body[name]
    return body


def text_at(body: object, place: str) -> str:
    """The text or number at a place as a text; "" where nothing of the kind stands.

    >>> text_at({"n": 7, "yes": True}, "n"), text_at({"n": 7, "yes": True}, "yes")
    ('7', '')
    """
    found = find_at(body, place)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found).strip()
