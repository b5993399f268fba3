"""What changed within a text, piece by piece: a long formula shows its one new number and not two long lines."""

import re
from difflib import SequenceMatcher
from enum import StrEnum

_PIECE = re.compile(r"\[[^\]\n]*\]|\d[\d.]*%?|[A-Za-z_]+|\s+|.", re.DOTALL)
LONGEST = 2000
"""Texts are compared piece by piece up to so many characters; comparing takes the square of their length."""


class PieceKind(StrEnum):
    """What became of a piece."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


def diff_texts(old: str, new: str) -> tuple[tuple[PieceKind, str], ...] | None:
    """The pieces of both texts in order: kept, removed, added. None where little is kept, or the texts are too long to
    compare: then the two read better as a whole.

    >>> diff_texts("[完成率] * 30 + [得分]", "[完成率] * 40 + [得分]")[1:3]
    ((<PieceKind.REMOVED: 'removed'>, '30'), (<PieceKind.ADDED: 'added'>, '40'))
    >>> diff_texts("业绩", "态度") is None
    True
    """
    if max(len(old), len(new)) > LONGEST:
        return None
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.5:
        return None
    pieces: list[tuple[PieceKind, str]] = []
    for step, old_from, old_until, new_from, new_until in matcher.get_opcodes():
        if step == "equal":
            pieces.append((PieceKind.KEPT, "".join(before[old_from:old_until])))
            continue
        pieces.append((PieceKind.REMOVED, "".join(before[old_from:old_until])))
        pieces.append((PieceKind.ADDED, "".join(after[new_from:new_until])))
    return tuple((kind, text) for kind, text in pieces if text)
