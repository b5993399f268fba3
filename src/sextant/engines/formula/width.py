"""Full-width punctuation, digits and letters, as a Chinese keyboard types them, read as their half-width twins.

Every replacement is one character for one character, so that positions stay those of the text the user sees.
"""

import re

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_INVISIBLE = dict.fromkeys("\u3000\u200b\u2060\ufeff", " ")
"""The wide space, and what a copy from a web page or a document brings along unseen."""
_OTHERS = {"×": "*", "÷": "/", "−": "-", "。": ".", "、": ",", "【": "[", "】": "]"}
_TABLE = str.maketrans({**{chr(full): chr(half) for full, half in _FULL_WIDTH.items()}, **_INVISIBLE, **_OTHERS})

# What stands in quotes or in name brackets is data: it stays exactly as written.
_KEPT = re.compile(r'("(?:[^"]|"")*"|[“”][^“”]*[“”]|＂[^＂]*＂|[\[［【][^\[\]［］【】]*[\]］】])')


def half_width(text: str) -> str:
    """`text` with full-width signs made half-width outside quotes and name brackets; same length.

    >>> half_width('如果（［完成率］＜０．７，“（黄）”；２）')
    '如果([完成率]<0.7,“（黄）”;2)'
    """
    pieces = _KEPT.split(text)
    return "".join(_edges(piece) if odd % 2 else piece.translate(_TABLE) for odd, piece in enumerate(pieces))


def _edges(kept: str) -> str:
    """A quoted piece with only its own two delimiters made half-width."""
    return kept[0].translate(_TABLE) + kept[1:-1] + kept[-1].translate(_TABLE)
