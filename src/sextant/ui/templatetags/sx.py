"""Template tags of the product, loaded everywhere: formats, lights, avatars, assets, links that keep the query.

Each filter is one line over `formats` or `marks`, which hold the rules and are tested without templates.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import QueryDict
from django.utils.safestring import SafeString

from sextant.ui import assets, formats, marks
from sextant.ui.controls import draw_control, kind_of
from sextant.ui.drawings import draw_spark

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file. A tag, not only a variable: error pages are drawn without context processors."""
    return assets.asset_url(name)


@register.simple_tag
def preloads() -> list[str]:
    """Chunks to fetch beside app.js."""
    return assets.preloads()


@register.filter
def num(value: object, decimals: object = 0) -> str:
    """{{ value|num }}, {{ value|num:metric.decimals }}"""
    return formats.write_number(_number(value), _whole(decimals))


@register.filter
def change(value: object, decimals: object = 0) -> str:
    """{{ difference|change:1 }} → +8.0"""
    return formats.write_change(_number(value), _whole(decimals))


@register.filter
def pct(value: object, decimals: object = 0) -> str:
    """{{ ratio|pct:1 }} → 65.3%"""
    return formats.write_percent(_number(value), _whole(decimals))


@register.filter
def share(value: object) -> str:
    """A ratio 0…1 as the number a bar's `pct` wants: 0…100, cut at both ends, plain digits."""
    amount = _number(value)
    return "0" if amount is None else f"{min(max(amount, Decimal(0)), Decimal(1)) * 100:.2f}"


@register.filter
def short(value: object) -> str:
    """{{ 18600000|short }} → 1,860万"""
    return formats.write_short_number(_number(value))


@register.filter
def day(value: date | None) -> str:
    """{{ due_on|day }} → 2026-11-29"""
    return formats.write_day(value)


@register.filter
def day_words(value: date | None) -> str:
    """{{ due_on|day_words }} → 11 月 29 日"""
    return formats.write_day_words(value)


@register.filter
def moment(value: datetime | None) -> str:
    """{{ delivered_at|moment }} → 2026-11-30 06:31"""
    return formats.write_moment(value)


@register.filter
def days_left(value: date | None, today: date) -> str:
    """{{ due_on|days_left:today }} → 剩 6 天"""
    return formats.write_days_left(value, today)


@register.filter
def ago(value: datetime | None, now: datetime) -> str:
    """{{ at|ago:now }} → 5 分钟前"""
    return formats.write_ago(value, now)


@register.filter
def filesize(value: int | None) -> str:
    """{{ size|filesize }} → 348 KB"""
    return formats.write_file_size(value)


@register.filter
def seconds(value: object) -> str:
    """{{ run.seconds|seconds }} → 0.42 秒"""
    return formats.write_seconds(_number(value))


@register.filter
def tone(value: object) -> str:
    """{{ goal.light|tone }} → good, warn, bad, none"""
    return marks.tone_of(value)


@register.filter
def light_word(value: object) -> str:
    """{{ goal.light|light_word }} → 正常, 关注, 风险, 无数据"""
    return marks.word_of(value)


@register.filter
def avatar_text(person: object) -> str:
    """What stands in the avatar of anything with a name (row, dict, model) or of a name itself."""
    return str(_of(person, "short") or formats.short_name(str(_of(person, "name") or "")))


@register.filter
def avatar_tint(person: object) -> int:
    """Its tint: by id where there is one, else by name."""
    given = _of(person, "tone")
    return int(given) if isinstance(given, int) else marks.tint_of(_of(person, "id") or _of(person, "name"))


@register.filter
def control(field: BoundField, autofocus: object = "") -> SafeString:
    """The input of a bound field in our clothes: class by widget, errors and help announced with it."""
    return draw_control(field, autofocus=bool(autofocus))


@register.filter
def control_kind(field: BoundField) -> str:
    """check, file or plain: how the field component lays it out."""
    return kind_of(field)


@register.simple_tag
def spark_path(values: Iterable[object], width: object, height: object) -> str:
    """The `d` of a small line over a series; missing values are holes."""
    return draw_spark([_number(value) for value in values], width=_whole(width), height=_whole(height))


@register.simple_tag
def part_of(done: object, total: object) -> str:
    """done / total as 0…100 for a bar; nothing is 0 of nothing."""
    whole = _number(total)
    return share((_number(done) or Decimal(0)) / whole) if whole else "0"


@register.filter
def left_out(shell: object, shown: int) -> list[Any]:
    """Entries of the navigation that are not among the first `shown` of the bottom bar."""
    bar = {entry.href for entry in getattr(shell, "bottom", ())[:shown]}
    return [entry for part in ("main", "admin") for entry in getattr(shell, part, ()) if entry.href not in bar]


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """`?…` of this page with some parameters changed; None or "" takes one out. {% query page=2 %}"""
    request = context.get("request")
    now: QueryDict = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            now.pop(name, None)
        else:
            now[name] = str(value)
    pairs = [(name, value) for name, values in now.lists() for value in values]
    return f"?{urlencode(pairs)}" if pairs else "?"


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, param: str, number: object, step: int) -> str:
    """`?…` of the page `step` further; everything else stays."""
    return query(context, **{param: _whole(number) + step})


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """(code, name in itself) of every language of the product."""
    return list(settings.LANGUAGES)


def _of(thing: object, name: str) -> object:
    if isinstance(thing, str):
        return thing if name == "name" else None
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _number(value: object) -> Decimal | None:
    """A number from anything a template holds; None for missing, and for text that is no number."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _whole(value: object) -> int:
    return int(str(value)) if str(value).isdigit() else 0
