"""What is wrong with the ledger's files, and what brought back which of them, as sentences."""

from collections.abc import Mapping
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sextant.metrics.ledger.damage import Damage, Fault

FAULTS: Mapping[Fault, Promise | str] = {
    Fault.MISSING: _("账本文件 %(file)s 不见了，里面是批次 %(first)s 到 %(last)s 的数据。"),
    Fault.SIZE: _("账本文件 %(file)s 的大小和记录的不一样，里面是批次 %(first)s 到 %(last)s 的数据。"),
    Fault.CONTENT: _("账本文件 %(file)s 的内容坏了，里面是批次 %(first)s 到 %(last)s 的数据。"),
    Fault.LOG: _("账本的日志 %(file)s 缺失或损坏。"),
    Fault.SHORT: _("账本比数据库记得的短：缺批次 %(first)s 等的数据。"),
}
WHY: Mapping[str, Promise | str] = {
    "ledger.no_source": _("批次 %(batch)s（%(source)s，%(name)s）没有留下可以重建的来源"),
    "ledger.other_rows": _("批次 %(batch)s（%(source)s，%(name)s）重建出的行和当时的不一样"),
    "ledger.not_kept": _("里面的批次没有记录"),
    "ledger.no_room": _("重建出的文件与日志记录的大小对不上"),
}
"""Why a file or a batch could not be brought back."""


def say_damage(damage: Damage) -> str:
    """What is wrong and what to do, in the active language."""
    first, last = damage.batches or ("?", "?")
    path = Path(damage.uri)
    wrong = str(FAULTS[damage.fault]) % {"file": path.name, "first": first, "last": last}
    remedy = _now(
        "%(wrong)s请运行 sextant metrics ledger repair；修复不了的，从备份放回 %(folder)s。"
        "在此之前不评估，也不显示由它算出的数。"
    )
    return remedy % {"wrong": wrong, "folder": path.parent}


def say_refusal(file: str, code: str, params: Mapping[str, object]) -> str:
    """Why something was not brought back, and what has to be delivered again."""
    remedy = _now(
        "%(file)s 没有修复：%(why)s。请从备份恢复，或把当时的原文件交给 sextant metrics ledger repair --file 原文件。"
    )
    return remedy % {"file": file, "why": str(WHY[code]) % params}
