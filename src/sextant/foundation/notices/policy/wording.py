"""Texts with placeholders in braces: `{unit}` stands for a value, `{{` and `}}` for the braces themselves."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PERCENT = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong at `position` (characters from 1). `code`: `unknown` with the `name` nobody fills in and the one
    that was probably meant, or `brace` for one without its partner."""

    code: str
    position: int
    name: str = ""
    meant: str = ""


def check_text(text: str, names: Collection[str]) -> list[TextProblem]:
    """What keeps `text` from being filled with values for `names`; [] when nothing does.

    >>> check_text("你好 {nmae}", ["name"])
    [TextProblem(code='unknown', position=4, name='nmae', meant='name')]
    """
    return list(_problems(text, names))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced; one nobody fills stays as it is written, so that a value that went away
    shows instead of breaking a message.

    >>> fill("{unit}：{{{left}}}", {"unit": "研发", "left": "2"})
    '研发：{2}'
    """

    def put(found: re.Match[str]) -> str:
        match found[0]:
            case "{{" | "}}":
                return found[0][0]
            case _ if found[1] is not None and found[1].strip() in values:
                return values[found[1].strip()]
            case other:
                return other

    return _TOKEN.sub(put, text)


def braced(text: str) -> str:
    """A text of the catalogue, written with `%(unit)s`, as HR writes it.

    >>> braced("%(unit)s 完成 100%%")
    '{unit} 完成 100%'
    """
    escaped = text.replace("{", "{{").replace("}", "}}")
    return _PERCENT.sub(lambda found: f"{{{found[1]}}}" if found[1] else "%", escaped)


def _problems(text: str, names: Collection[str]) -> Iterator[TextProblem]:
    for found in _TOKEN.finditer(text):
        position = found.start() + 1
        if found[0] in {"{", "}"}:
            yield TextProblem("brace", position)
        elif found[1] is not None and found[1].strip() not in names:
            yield TextProblem("unknown", position, found[1].strip(), _nearest(found[1].strip(), names))


def _nearest(name: str, names: Collection[str]) -> str:
    return next(iter(get_close_matches(name, list(names), n=1, cutoff=0.5)), "")
