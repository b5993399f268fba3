"""纪要: two people who write at once, put together line by line; where both changed a place, somebody chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MINUTES_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class MergedText:
    """`text` holds what both changed; None where they changed the same lines and somebody has to choose."""

    text: str | None

    @property
    def is_clash(self) -> bool:
        """Whether somebody has to choose."""
        return self.text is None


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines [first, last) of what both began from become `lines`."""

    first: int
    last: int
    lines: tuple[str, ...]


def merge_texts(base: str, *, mine: str, theirs: str) -> MergedText:
    r"""Put my changes since `base` onto theirs.

    Changes of different lines stand side by side; two additions at the same place stand one after the other, theirs
    first, as in a conversation. Two changes of the same lines that are not the same are a clash.

    >>> merge_texts("甲\n乙\n", mine="甲\n乙改\n", theirs="甲补\n乙\n").text
    '甲补\n乙改\n'
    >>> merge_texts("甲\n", mine="甲\n我加\n", theirs="甲\n他加\n").text
    '甲\n他加\n我加\n'
    >>> merge_texts("甲\n", mine="丙\n", theirs="丁\n").is_clash
    True
    """
    if mine == theirs or theirs == base:
        return MergedText(mine)
    if mine == base:
        return MergedText(theirs)
    old = _lines(base)
    own, other = _changes(old, _lines(mine)), _changes(old, _lines(theirs))
    if any(_clash(one, two) for one in own for two in other):
        return MergedText(None)
    found, at = [], 0
    for change in sorted({*((one.first, one.last, 0, one.lines) for one in other), *_mine(own, other)}):
        first, last, _, lines = change
        found += [*old[at:first], *lines]
        at = max(at, last)
    return MergedText("".join(_ended([*found, *old[at:]])))


def _mine(own: Sequence[_Change], other: Sequence[_Change]) -> list[tuple[int, int, int, tuple[str, ...]]]:
    """My changes that the other side did not make as well."""
    return [(one.first, one.last, 1, one.lines) for one in own if one not in other]


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    return list(_ended(lines))


def _ended(lines: Sequence[str]) -> list[str]:
    """Each line with its end, so that the last of a text can have another one after it."""
    return [line if line.endswith("\n") else line + "\n" for line in lines]


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [_Change(a, b, tuple(new[c:d])) for tag, a, b, c, d in codes if tag != "equal"]


def _clash(one: _Change, two: _Change) -> bool:
    """Whether both touch the same lines, and not in the same way. Two additions at one place do not clash; an addition
    inside what the other rewrites does."""
    if one == two:
        return False
    if one.first == one.last or two.first == two.last:
        place, span = (one, two) if one.first == one.last else (two, one)
        return span.first < place.first < span.last
    return one.first < two.last and two.first < one.last
