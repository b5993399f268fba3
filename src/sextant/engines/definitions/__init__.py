"""Definitions as documents: what changed between two of them, their digest, how old ones are brought up to date, and
what they refer to. A document is plain JSON; what it means is known to its kind alone."""

from sextant.engines.definitions.difference import Change, ChangeKind, diff_documents
from sextant.engines.definitions.digest import document_digest
from sextant.engines.definitions.limits import check_size
from sextant.engines.definitions.references import Reference, references_at
from sextant.engines.definitions.upgrade import Upgrade, UpgradeImpossible, check_chain, upgrade_document
from sextant.engines.definitions.wording import PieceKind, diff_texts

__all__ = [
    "Change",
    "ChangeKind",
    "PieceKind",
    "Reference",
    "Upgrade",
    "UpgradeImpossible",
    "check_chain",
    "check_size",
    "diff_documents",
    "diff_texts",
    "document_digest",
    "references_at",
    "upgrade_document",
]
