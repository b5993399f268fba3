"""绩效契约: the signed text as one document that can be checked without anything else.

A document names the digest of the plan in each signature, and is itself known by the digest of its canonical form. Who
changes a letter has to change the digests too; that the digests are those of the company, only its database can say.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sextant.engines.agreement.form import canonical_text, hash_of, plain_value
from sextant.engines.agreement.plan import PlanText, plain_plan
from sextant.engines.values import Outcome, Problem

FORMAT = "sextant.contract/1"
SIDES = ("owner", "counterpart")


@dataclass(frozen=True, slots=True)
class SignatureText:
    """Who signed for which side: `number` and `name` of the person, the name as they typed it, when (UTC), on which
    device, and the digest of the plan they had read."""

    side: str
    number: str
    name: str
    typed_name: str
    at: datetime
    device: str
    revision: int
    digest: str


def write_contract(
    plan: PlanText, *, number: str, version: int, signatures: tuple[SignatureText, ...], signed_at: datetime
) -> str:
    """The document in its canonical form; `hash_of` it is the digest of the contract."""
    return canonical_text(
        {
            "format": FORMAT,
            "number": number,
            "version": version,
            "signed_at": plain_value(signed_at),
            "plan": plain_plan(plan),
            "signatures": plain_value(signatures),
        }
    )


def check_contract(text: str, *, digest: str | None = None) -> Outcome[dict[str, Any]]:
    """The document behind `text` when everything it promises about itself holds, else what does not.

    `digest` is the one the contract is known by, where the asker has it. Codes: contract.unreadable, contract.form (not
    the canonical form), contract.digest, contract.signature_missing (`side`), contract.signature_text (`side`: signed
    another text), contract.one_signer (both signatures are of one person).
    """
    if digest is not None and hash_of(text) != digest:
        return Outcome(None, (Problem("contract.digest", {"named": digest, "found": hash_of(text)}),))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Outcome(None, (Problem("contract.unreadable"),))
    if not _is_document(document):
        return Outcome(None, (Problem("contract.unreadable"),))
    if canonical_text(document) != text:
        return Outcome(None, (Problem("contract.form"),))
    problems = tuple(_signature_problems(document))
    return Outcome(None if problems else document, problems)


def _is_document(document: object) -> bool:
    """Whether it has the parts everything below reads."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return False
    signatures = document.get("signatures")
    return (
        isinstance(document.get("plan"), dict)
        and isinstance(signatures, list)
        and all(isinstance(one, dict) for one in signatures)
    )


def _signature_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    signed = hash_of(canonical_text(document["plan"]))
    by_side = {one.get("side"): one for one in document["signatures"]}
    for side in SIDES:
        if side not in by_side:
            yield Problem("contract.signature_missing", {"side": side})
        elif by_side[side].get("digest") != signed:
            yield Problem("contract.signature_text", {"side": side})
    if len(by_side) == len(SIDES) and len({one.get("number") for one in by_side.values()}) < len(SIDES):
        yield Problem("contract.one_signer")
