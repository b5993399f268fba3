"""What a document refers to: definitions of the centre, and what domains know by a code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A thing that must exist: `kind` as registered ("form", "metric", "role"), and its code. `path` says where the
    document names it, in words of the document ("steps[2].form")."""

    kind: str
    code: str
    path: str = ""


def references_at(document: object, places: Mapping[str, str]) -> tuple[Reference, ...]:
    """The codes that stand at the named places, in the order of the document, each with its own path.

    `places` gives the kind of what stands at a dotted path of fields; lists on the way are gone through, each item of a
    list of codes is one reference. Empty texts and None refer to nothing.

    >>> document = {"steps": [{"form": "leave"}, {"form": ""}, {"form": "proof", "tell": ["hr", "boss"]}]}
    >>> [one.path for one in references_at(document, {"steps.form": "form", "steps.tell": "role"})]
    ['steps[1].form', 'steps[3].form', 'steps[3].tell[1]', 'steps[3].tell[2]']
    """
    found = [
        Reference(kind, code, path)
        for place, kind in places.items()
        for path, code in _texts_at(document, tuple(place.split(".")), "")
    ]
    return tuple(dict.fromkeys(found))


def _texts_at(part: object, fields: tuple[str, ...], path: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, list | tuple):
        for place, one in enumerate(part, start=1):  # people count from one
            yield from _texts_at(one, fields, f"{path}[{place}]")
    elif fields and isinstance(part, Mapping):
        yield from _texts_at(part.get(fields[0]), fields[1:], f"{path}.{fields[0]}".lstrip("."))
    elif not fields and isinstance(part, str) and part:
        yield path, part
