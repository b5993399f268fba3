"""Two people in one form: what each changed since both read it, put together, or shown where it clashes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Clash:
    """A field both changed, and not to the same. None is empty."""

    name: str
    was: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """`answers` hold everything that does not clash, and in a clash what is kept (theirs): nothing is overwritten
    before somebody decided."""

    answers: Mapping[str, Any]
    clashes: tuple[Clash, ...]


def merge_answers(was: Mapping[str, Any], *, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Put my changes since `was` onto theirs.

    >>> merged = merge_answers({"a": "1", "b": "1"}, mine={"a": "2", "b": "2"}, theirs={"a": "1", "b": "3"})
    >>> dict(merged.answers), [clash.name for clash in merged.clashes]
    ({'a': '2', 'b': '3'}, ['b'])
    """
    answers = dict(theirs)
    clashes = []
    for name in dict.fromkeys((*was, *mine, *theirs)):
        before, my, their = was.get(name), mine.get(name), theirs.get(name)
        if my in (before, their):
            continue
        if their != before:
            clashes.append(Clash(name, before, my, their))
        elif my is None:
            answers.pop(name, None)
        else:
            answers[name] = my
    return Merged(answers, tuple(clashes))
