"""Whether a notice goes over a channel: the catalogue, the company and the person each have a word."""

from dataclasses import dataclass

from sextant.foundation.notices.contracts import ChannelKind, NoticeSpec


@dataclass(frozen=True, slots=True)
class CompanyWord:
    """What the company says of one kind of notice on one channel; `is_fixed`: nobody may choose otherwise."""

    is_on: bool
    is_fixed: bool


def is_wanted(spec: NoticeSpec, kind: ChannelKind, company: CompanyWord | None, choice: bool | None) -> bool:
    """The company's fixed word, else the person's choice, else the company's word, else the catalogue's.

    >>> spec = NoticeSpec("a.b", "甲", "乙", "")
    >>> is_wanted(spec, ChannelKind.EMAIL, None, None), is_wanted(spec, ChannelKind.EMAIL, None, False)
    (True, False)
    >>> is_wanted(spec, ChannelKind.SMS, CompanyWord(is_on=True, is_fixed=True), False)
    True
    """
    if company is not None and company.is_fixed:
        return company.is_on
    if choice is not None:
        return choice
    return company.is_on if company is not None else kind in spec.channels


def masked(value: str) -> str:
    """An address as lists show it: enough to recognise one's own, too little to use.

    >>> masked("13800006021"), masked("zhou.yining"), masked("周")
    ('138····6021', 'zho····ning', '····')
    """
    return f"{value[:3]}····{value[-4:]}" if len(value) > 8 else f"{value[:1] if len(value) > 3 else ''}····"
