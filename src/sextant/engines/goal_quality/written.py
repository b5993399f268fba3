"""Numbers in a sentence that can be promised: 90 %, 三家, 翻一番; not dates and not parts of names (Q4, ISO 9001)."""

import re
from dataclasses import dataclass
from decimal import Decimal

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width forms → ASCII, one for one, so that offsets stay."""

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATES = re.compile(
    r"\d{4}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?)?"
    r"|\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?"
    r"|\d{1,2}\s*月(?:份|\s*\d{1,2}\s*[日号])?(?!内|度)"
    r"|(?:\d{4}\s*)?\bQ[1-4]\b|(?:\d{4}\s*)?\bH[12]\b"
    r"|第?[一二三四1-4]\s*季度?|[上下]半年|(?:年|季|月)[底末]|第\s*\d+\s*[周期]"
    rf"|\b(?:{_MONTHS})[a-z]*\.?\s+\d{{1,2}}(?:,?\s+\d{{4}})?\b|\b\d{{1,2}}\s+(?:{_MONTHS})[a-z]*\b|\b20\d\d\b(?!\s*[%万亿元家个台件人次])",
    re.IGNORECASE,
)
_NAMES = re.compile(r"[A-Za-z]+[-/ ]?(?:T\s*)?\d{3,5}(?=\D|$)|[A-Za-z]\d+|\b\d[A-Z]\b")
"""ISO 9001, GB/T 19001, K12, A3, 5S."""

_UNITS = (
    "%|‰|万元|亿元|万|亿|元|人次|个|家|次|人|天|日|周|个月|月|年|份|项|成|倍|篇|场|台|件|分钟|分|小时|秒|名|条|轮|款|套|座|户"
    "|吨|公斤|千克|米|公里|门|节|页|级|位|单|批|点|票|部|辆|间|栋|百分点"
)
_DIGITS = re.compile(rf"(?<![A-Za-z\d.,])\d[\d,]*(?:\.\d+)?(?P<unit>\s*(?:{_UNITS}|[A-Za-z]{{1,8}}(?![A-Za-z])))?")
_WORDS = re.compile(
    rf"百分之[零一二三四五六七八九十百点两]+|翻[一两三]?番"
    rf"|零(?=事故|投诉|缺陷|差错|延期|违规|遗漏|故障|泄露|退货|伤害)"
    rf"|(?<![第统])(?:[二两三四五六七八九十百千][一二三四五六七八九十百千万]*|一[十百千万][一二三四五六七八九十百千万]*)(?:{_UNITS})"
    rf"|一(?:成|倍|半)"
)


@dataclass(frozen=True, slots=True)
class Promised:
    """A number in a text. `value` None where it is written in words."""

    value: Decimal | None
    has_unit: bool


def find_numbers(text: str) -> list[Promised]:
    """The numbers of a text that are neither dates nor parts of names.

    >>> find_numbers("2026 年第四季度：48 小时内响应率由 59% 提到 90%，通过 ISO 9001")
    [Promised(value=Decimal('48'), has_unit=True), Promised(value=Decimal('59'), has_unit=True), \
Promised(value=Decimal('90'), has_unit=True)]
    >>> find_numbers("新开三家门店")
    [Promised(value=None, has_unit=True)]
    >>> find_numbers("2026 年 Q4 提升 5S 水平")
    []
    """
    plain = _blank(_NAMES, _blank(_DATES, text.translate(_FULL_WIDTH)))
    digits = [
        Promised(Decimal(match.group().removesuffix(match["unit"] or "").replace(",", "")), bool(match["unit"]))
        for match in _DIGITS.finditer(plain)
    ]
    return digits + [Promised(None, True) for _ in _WORDS.finditer(plain)]


def has_date(text: str) -> bool:
    """Whether a text says by when.

    >>> has_date("12 月底前上线"), has_date("尽快上线")
    (True, False)
    """
    return _DATES.search(text.translate(_FULL_WIDTH)) is not None


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)
