"""Is a file a contract as it was signed? First by the file alone, then against what the database keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sextant.engines.agreement import check_contract
from sextant.engines.values import Problem
from sextant.goals.documents.sealing import open_sealed
from sextant.goals.queries.contracts import find_contract, is_known_copy


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of a file. `problems` () = everything held that was asked; `document` None when nothing in it can
    be trusted. `is_compared`: with the database, too."""

    sha256: str
    content: str
    document: Mapping[str, Any] | None
    problems: tuple[Problem, ...]
    is_compared: bool = False


def verify_file(data: bytes) -> Verified:
    """Whether nothing was changed since the file was made. No database. Codes: copy.*, contract.*."""
    opened = open_sealed(data)
    if opened.value is None:
        return Verified(sha256(data).hexdigest(), "", None, opened.problems)
    checked = check_contract(opened.value)
    return Verified(sha256(data).hexdigest(), opened.value, checked.value, checked.problems)


def compare(verified: Verified) -> Verified:
    """`verified` held against the stored contract. Two queries.

    Codes: contract.not_here (no such number), contract.other_text, copy.not_ours (the text is right, but this file was
    never handed out).
    """
    if verified.document is None:
        return verified
    problems: tuple[Problem, ...] = ()
    number, version = str(verified.document["number"]), int(verified.document["version"])
    stored = find_contract(number, version=version)
    if stored is None:
        problems = (Problem("contract.not_here", {"number": number}),)
    elif stored.content != verified.content:
        problems = (Problem("contract.other_text", {"number": number}),)
    elif not is_known_copy(stored.id, sha256=verified.sha256):
        problems = (Problem("copy.not_ours"),)
    return Verified(verified.sha256, verified.content, verified.document, problems, is_compared=True)
