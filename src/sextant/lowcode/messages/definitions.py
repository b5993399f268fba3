"""Sentences about definitions, and their differences in words, in the active language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.definitions import Change, ChangeKind, diff_texts
from sextant.engines.values import Problem
from sextant.foundation import formula_messages
from sextant.lowcode.contracts.definitions import VersionState
from sextant.lowcode.registry import DefinitionKind, find_kind, find_referent

SENTENCES: Mapping[str, Promise | str] = {
    "definition.unknown_kind": _("没有“%(kind)s”这一类方案。请检查 kind。"),
    "definition.bad_code": _("编号“%(code)s”不能用。请以小写字母开头，只用小写字母、数字和下划线，最多 60 个。"),
    "definition.bad_name": _("请填写名称，最多 %(most)s 个字。"),
    "definition.code_taken": _("编号“%(code)s”已被使用。请换一个。"),
    "definition.no_draft": _("没有草稿。请先修改。"),
    "definition.draft_open": _("第 %(number)s 版还在起草。请先发布或放弃它。"),
    "definition.in_review": _("草稿正在等人审核。要改，请先收回。"),
    "definition.not_in_review": _("草稿不在审核中。"),
    "definition.retired": _("这个方案已停用。要改，请先恢复。"),
    "definition.no_version": _("没有第 %(number)s 版。"),
    "definition.not_waiting": _("这一版已经生效，不能撤回。可以退回到以前的版本。"),
    "definition.reason_missing": _("请写明改动原因，最多 %(most)s 个字。"),
    "definition.effective_in_the_past": _("生效时间已经过去。请改为以后的时间。"),
    "definition.before_waiting": _("上一版要到 %(at)s 才生效，这一版不能更早。请先撤回上一版。"),
    "definition.review_needed": _("这类方案要由另一个人审核后发布。请先提交审核。"),
    "definition.own_review": _("自己写的草稿要由另一个人发布。"),
    "definition.in_use": _("%(kind)s“%(name)s”还在使用它。请先改那一个。"),
    "definition.unknown_reference": _("%(path)s：没有%(kind)s“%(code)s”，可能已被删除。请换一个。"),
    "definition.retired_reference": _("%(path)s：%(kind)s“%(code)s”已停用。请换一个，或先恢复它。"),
    "definition.unpublished_reference": _("%(path)s：%(kind)s“%(code)s”还没有发布。请先发布它。"),
    "definition.unknown_reference_kind": _("%(path)s：系统里没有“%(kind)s”这一类内容。请改正。"),
    "definition.not_an_object": _("内容应是“键: 值”的文档。"),
    "definition.too_deep": _("内容的层次超过 %(limit)s 层。请拆成几份。"),
    "definition.too_large": _("内容有 %(bytes)s 字节，最多 %(limit)s。请拆成几份。"),
    "definition.not_plain": _("内容里有不能保存的字符或数值。请改正。"),
    "definition.not_a_document": _("内容应是“键: 值”的文档。"),
    "definition.too_long": _("文件超过 %(limit)s 个字符。请拆成几份。"),
    "definition.yaml": _("第 %(line)s 行第 %(column)s 列不是有效的 YAML（%(detail)s）。请检查缩进、引号和重复的键。"),
    "definition.unknown_key": _("%(path)s：没有“%(key)s”这个键。请对照文档改正。"),
    "definition.unknown_key_near": _("%(path)s：没有“%(key)s”这个键，是否想写“%(suggestion)s”？"),
    "definition.missing_key": _("%(path)s：没有填写。请补上。"),
    "definition.bad_choice": _("%(path)s：不能写“%(value)s”。可选：%(choices)s。"),
    "definition.bad_value": _("%(path)s：“%(value)s”不合要求（%(detail)s）。请改正。"),
    "definition.newer_format": _("文件是更新的版本写出的（格式 %(format)s，最高 %(newest)s）。请先升级本系统。"),
    "definition.twice": _("%(kind)s“%(code)s”在文件里出现了两次。请删去一个。"),
    "definition.unreadable": _("文件不是 UTF-8 文字。请另存为 UTF-8。"),
}

STATES: Mapping[VersionState, Promise | str] = {
    VersionState.DRAFT: _("草稿"),
    VersionState.REVIEW: _("待审核"),
    VersionState.PUBLISHED: _("已发布"),
    VersionState.WITHDRAWN: _("已撤回"),
}

CHANGES: Mapping[ChangeKind, Promise | str] = {
    ChangeKind.ADDED: _("新增"),
    ChangeKind.REMOVED: _("删除"),
    ChangeKind.CHANGED: _("修改"),
    ChangeKind.MOVED: _("移动"),
}


LONG = 24
"""From so many characters on, a text shows what changed within it."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of a difference. `old` and `new` are "" where the line says all by itself; `pieces` are those of a text
    in which only a part changed: (kept, removed or added; text)."""

    kind: ChangeKind
    verb: str
    place: str
    old: str
    new: str
    pieces: tuple[tuple[str, str], ...] = ()


def say(problem: Problem, kind: DefinitionKind | None = None) -> str:
    """The sentence of a problem: of definitions, of formulas, or of the kind. KeyError for a code nobody wrote down."""
    code = problem.code
    if code == "definition.unknown_key" and problem.params.get("suggestion"):
        code = "definition.unknown_key_near"
    if code in SENTENCES:
        return str(SENTENCES[code]) % {name: _param(name, value) for name, value in problem.params.items()}
    if kind is not None and kind.say is not None:
        return kind.say(problem)
    if code.startswith("formula."):
        return formula_messages.say(problem)
    raise KeyError(code)


def say_all(problems: Iterable[Problem], kind: DefinitionKind | None = None) -> list[str]:
    """Each problem said."""
    return [say(one, kind) for one in problems]


def say_changes(changes: Iterable[Change], kind: DefinitionKind) -> list[ChangeLine]:
    """A difference as lines people read: one fact a line, in the words of the kind and the order of its labels: the
    database keeps documents without an order of their keys."""
    order = {path: place for place, path in enumerate(kind.labels)}
    ordered = sorted(changes, key=lambda one: order.get(one.fields[0], len(order)))
    return [_say_change(one, kind) for one in ordered]


def name_of_kind(code: str) -> str:
    """What people call a kind of definition, or of thing that definitions refer to; its code when nobody knows it."""
    if kind := find_kind(code):
        return str(kind.name)
    referent = find_referent(code)
    return str(referent.name) if referent else code


def say_value(value: object) -> str:
    """A value of a document as people write it; a part with fields by what it is called."""
    match value:
        case None:
            return ""
        case bool():
            return gettext("是") if value else gettext("否")
        case list() | tuple():
            return gettext("、").join(said for one in value if (said := say_value(one)))
        case Mapping():
            return next(
                (str(value[name]) for name in ("name", "title", "label", "text", "code") if value.get(name)), "…"
            )
        case _:
            return str(value)


def _say_change(change: Change, kind: DefinitionKind) -> ChangeLine:
    label = kind.labels.get(".".join(change.fields)) or kind.labels.get(change.fields[-1]) or change.fields[-1]
    place = gettext(" · ").join([*change.items, str(label)]) if change.items else str(label)
    old, new = (_say_in_kind(value, change.fields[-1], kind) for value in (change.old, change.new))
    if change.items and isinstance(change.old if change.new is None else change.new, Mapping):
        # an item as a whole: it is called by its name, and the list says what it is
        *outer, last = change.items
        place, old, new = gettext(" · ").join([*outer, str(label)]), last if old else "", last if new else ""
    pieces: tuple[tuple[str, str], ...] = ()
    if change.kind is ChangeKind.CHANGED and min(len(old), len(new)) >= LONG:
        pieces = tuple((piece.value, text) for piece, text in diff_texts(old, new) or ())
    return ChangeLine(change.kind, str(CHANGES[change.kind]), place, old, new, pieces)


def _say_in_kind(value: object, field: str, kind: DefinitionKind) -> str:
    words = kind.words.get(field, {})
    return str(words[value]) if isinstance(value, str) and value in words else say_value(value)


def _param(name: str, value: object) -> object:
    if name == "kind":
        return name_of_kind(str(value))
    if isinstance(value, datetime):
        return date_format(value.astimezone(settings.SEXTANT_ZONE), "SHORT_DATETIME_FORMAT")
    return value
