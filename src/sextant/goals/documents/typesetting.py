"""The contract as PDF, set by typst in a font that comes with the product: equal text gives equal bytes anywhere."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import noto_cjk_sans_otc
import typst
from django.utils.translation import gettext as _

from sextant.goals.contracts import ContractRow
from sextant.goals.documents.paper import columns, write_paper
from sextant.goals.documents.sealing import seal

TEMPLATE = Path(__file__).with_name("contract.typ")
FONTS = Path(noto_cjk_sans_otc.__file__).parent


def make_pdf(contract: ContractRow) -> bytes:
    """The contract in the active language, with its text attached and sealed. About 0.1 s."""
    day = contract.signed_at
    words = asdict(write_paper(contract.document)) | {
        "day": [day.year, day.month, day.day],
        "columns": columns(),
        "goals_title": _("目标"),
        "total_title": _("合计"),
        "support_title": _("资源与支持"),
        "attachment": _("双方签署的文本"),
        "footer": _("绩效契约 %(number)s") % {"number": contract.number},
        "digest": contract.digest,
        "digest_title": _("指纹 SHA-256"),
        "how_to_check": _("核对：sextant goals verify 文件"),
    }
    inputs = {"paper": json.dumps(words, ensure_ascii=False), "content": contract.content}
    return seal(_typeset(inputs), content_digest=contract.digest)


def _typeset(inputs: dict[str, str]) -> bytes:
    """Archival PDF that may carry attachments. That one refuses a character its font has no shape for (an emoji, a very
    rare name); the paper is then a plain PDF with an empty box there, and the text attached to it has the character."""
    try:
        return _compile(inputs, standards="a-3b")
    except typst.TypstError:
        return _compile(inputs)


def _compile(inputs: dict[str, str], *, standards: Literal["a-3b", "1.7"] = "1.7") -> bytes:
    return typst.compile(
        TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        pdf_standards=standards,
    )
