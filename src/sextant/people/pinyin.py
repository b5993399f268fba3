"""The sort key of a name: pinyin, stored beside the name because the database has no Chinese collation."""

import unicodedata


def sort_key(name: str) -> str:
    """Small letters by which names are ordered; characters of one syllable stay apart from longer ones.

    >>> sort_key("张伟"), sort_key("Mei-Mei Johns"), sort_key("ＡＢ 王")
    ('zhang wei', 'mei-mei johns', 'ab wang')
    """
    from pypinyin import lazy_pinyin  # its tables are slow to load, and most processes only read names

    plain = unicodedata.normalize("NFKC", name)
    return " ".join(" ".join(lazy_pinyin(plain)).casefold().split())[:300]
