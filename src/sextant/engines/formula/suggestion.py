"""What the writer probably meant."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

CLOSE_ENOUGH = 0.55
"""Found by trying: 挑战达成率 for 挑战完成率 scores 0.8, 客户数 for 完成率 scores 0."""


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to `word`, or None when none is near.

    Case, width and spaces do not count. Order of the letters counts half, the letters themselves the other half:
    a Chinese name is short, so two swapped characters must not make it a stranger.

    >>> suggest("挑战达成率", ["挑战完成率", "基准完成率", "客户数"])
    '挑战完成率'
    >>> suggest("averge", ["AVERAGE", "ABS"]), suggest("成本", ["完成率"])
    ('AVERAGE', None)
    """
    best = max(known, key=lambda candidate: (_likeness(word, candidate), candidate), default=None)
    return best if best is not None and _likeness(word, best) >= CLOSE_ENOUGH else None


def _likeness(word: str, candidate: str) -> float:
    """0 (nothing in common) to 1 (the same)."""
    left, right = _folded(word), _folded(candidate)
    if not left or not right:
        return 0.0
    if left == right:
        return 1.0
    in_order = SequenceMatcher(None, left, right, autojunk=False).ratio()
    shared = 2 * sum((Counter(left) & Counter(right)).values()) / (len(left) + len(right))
    contained = 0.7 if min(len(left), len(right)) > 1 and (left in right or right in left) else 0.0
    return max((in_order + shared) / 2, contained)


def _folded(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())
