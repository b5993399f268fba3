"""Verbs that promise a direction and no result."""

import re

CHINESE = (
    *("提升", "提高", "优化", "加强", "完善", "推进", "推动", "强化", "改善", "改进", "促进", "深化", "夯实", "落实"),
    *("加快", "加大", "增强", "健全", "规范", "抓好", "做好", "搞好", "做实", "做强", "助力", "赋能", "保障", "支持"),
    *("配合", "协助", "努力", "尽力", "争取", "力争", "积极", "探索", "关注", "重视", "持续", "进一步"),
)
ENGLISH = (
    *("improve", "enhance", "optimize", "optimise", "strengthen", "promote", "facilitate", "boost", "foster", "drive"),
    *("streamline", "leverage", "support", "assist", "ensure", "maximize", "maximise", "empower", "advance", "develop"),
    *("increase", "reduce", "accelerate", "deepen", "explore", "strive", "try", "aim"),
)
"""As in requirement G9 and in what HR strikes out most; a word on the list is vague only where nothing measures it."""

_ENDINGS = r"(?:s|d|es|ed|ing)?"
_WORDS = re.compile(
    "|".join(sorted(CHINESE, key=len, reverse=True))
    + "|"
    + "|".join(rf"\b{word.removesuffix('e')}(?:e{_ENDINGS}|{_ENDINGS})\b" for word in ENGLISH),
    re.IGNORECASE,
)


def find_vague_verbs(text: str) -> list[tuple[int, str]]:
    """The vague verbs of a text, each with its offset, in their order.

    >>> find_vague_verbs("进一步提升部门协同")
    [(0, '进一步'), (3, '提升')]
    >>> find_vague_verbs("Improving collaboration")
    [(0, 'Improving')]
    """
    return [(match.start(), match.group()) for match in _WORDS.finditer(text)]
