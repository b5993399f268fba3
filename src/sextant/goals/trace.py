"""An explanation as text: the light, the arithmetic, the rules, the weeks, the batches and every row."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sextant.goals.messages.goals import plain
from sextant.metrics.contracts import Explanation
from sextant.ui.formats import DASH
from sextant.ui.marks import word_of


def write_trace(goal: str, told: Explanation) -> str:
    """`told` for a reader at a terminal, from the answer down to what it rests on."""
    return "\n".join(_lines(goal, told))


def _lines(goal: str, told: Explanation) -> Iterator[str]:
    head = _("%(goal)s，%(day)s：%(light)s。%(reason)s")
    words = {"goal": goal, "day": told.as_of, "light": word_of(told.light.value), "reason": told.reason}
    yield head % words
    yield _("得分 %(score)s，实际 %(value)s，应到 %(expected)s") % {
        "score": _shown(told.score),
        "value": _shown(told.value),
        "expected": _shown(told.expected),
    }
    yield ""
    for number, line in enumerate(told.lines, start=1):
        yield f"  {number}. {line}"
    yield ""
    yield from _weeks(told)
    yield from _batches(told)
    yield from _rows(told)
    yield from _proof(told)


def _weeks(told: Explanation) -> Iterator[str]:
    yield _("每周")
    line = _("  %(day)s  当周 %(own)s，到此 %(so_far)s，应到 %(expected)s，%(light)s，%(rows)s 条")
    for week in told.weeks:
        yield line % {
            "day": week.ends_on,
            "own": _shown(week.own),
            "so_far": _shown(week.so_far),
            "expected": _shown(week.expected),
            "light": word_of(week.light.value),
            "rows": week.measurements,
        }
    yield ""


def _batches(told: Explanation) -> Iterator[str]:
    yield _("批次")
    line = _("  批次 %(id)s  %(source)s，%(file)s，%(at)s 到，用到 %(rows)s 条，合计 %(total)s")
    for share in told.batches:
        yield line % {
            "id": share.batch.id,
            "source": share.batch.source,
            "file": share.batch.filename,
            "at": f"{share.batch.delivered_at:%Y-%m-%d %H:%M}",
            "rows": share.measurements,
            "total": _shown(share.total),
        }
    yield ""


def _rows(told: Explanation) -> Iterator[str]:
    yield _("原始记录 %(count)s 条") % {"count": told.count}
    line = _("  %(day)s  %(value)s  批次 %(batch)s，%(file)s 第 %(row)s 行 %(record)s")
    for row in told.measurements:
        value = _shown(row.value)
        if row.denominator is not None:
            value = f"{value} / {_shown(row.denominator)}"
        words = {"day": row.day, "value": value, "batch": row.batch, "file": row.filename, "row": row.row}
        yield (line % {**words, "record": row.record or ""}).rstrip()
    yield ""


def _proof(told: Explanation) -> Iterator[str]:
    yield _("账本第 %(version)s 版，%(calendar)s，%(engine)s") % {
        "version": told.ledger_version,
        "calendar": told.calendar_version,
        "engine": told.engine_version,
    }
    if told.run is not None:
        yield _("评估 %(run)s，摘要 %(digest)s") % {"run": told.run.id, "digest": told.run.digest}
    if told.is_reproduced:
        yield _("重新算过，和保存的结果一致。")
    elif told.is_reproduced is None:
        yield _("这一天没有保存的评估，以上按最新账本算出。")
    else:
        yield _("重新算过，和保存的结果不一致：目标或指标在评估之后改过。请重新评估。")


def _shown(value: object) -> str:
    return DASH if value is None else str(plain(value))
