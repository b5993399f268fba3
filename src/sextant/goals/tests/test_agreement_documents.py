"""A contract leaves as PDF and comes back: what holds, and what one byte does to it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation
from typer.testing import CliRunner

from sextant.engines.agreement import hash_of
from sextant.goals.actions.contracts import remember_copy
from sextant.goals.actions.support import ask_support, promise_support, refuse_support
from sextant.goals.cli import goals as cli
from sextant.goals.contracts import ContractRow, SupportKind
from sextant.goals.documents.typesetting import make_pdf
from sextant.goals.documents.verifying import compare, verify_file
from sextant.goals.models import Contract
from sextant.goals.queries.contracts import contract_row
from sextant.goals.tests.agreement_makers import make_proposed, sign
from sextant.goals.tests.plan_makers import NOW, employee
from sextant.goals.tests.test_agreement import DUE
from sextant.goals.tests.test_cli import Line


@pytest.fixture
def contract(db, settings) -> ContractRow:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    pair = make_proposed()
    owner, manager, plan_id = employee(pair.owner), employee(pair.manager), pair.plan.id
    training, budget = (
        ask_support(plan_id, kind=kind, ask=ask, actor=owner, now=NOW)
        for kind, ask in ((SupportKind.TRAINING, "学术推广培训"), (SupportKind.BUDGET, "#科室会 $4 场$"))
    )
    promise_support(plan_id, item_id=training, text="苏州，两天", due_on=DUE, actor=manager, now=NOW)
    refuse_support(plan_id, item_id=budget, reason="本季没有预算", actor=manager, now=NOW)
    sign(pair, owner)
    sign(pair, manager)
    return contract_row(Contract.objects.get())


def codes(verified) -> list[str]:
    return [problem.code for problem in verified.problems]


def test_a_pdf_says_who_signed_and_any_changed_byte_is_found(contract, tmp_path: Path):
    pdf = make_pdf(contract)
    (tmp_path / "contract.pdf").write_bytes(pdf)
    assert make_pdf(contract) == pdf, "equal text, equal bytes"
    with translation.override("en"):
        assert verify_file(make_pdf(contract)).content == contract.content
    verified = verify_file(pdf)
    assert (verified.problems, verified.content) == ((), contract.content)
    assert verified.document is not None
    assert [one["name"] for one in verified.document["signatures"]] == ["沈亦舟", "林清越"]

    for at in [*range(0, len(pdf), max(1, len(pdf) // 400)), *range(len(pdf) - 160, len(pdf))]:
        forged = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
        assert verify_file(forged).problems, at
    attached = pdf.index(b"stream\n", pdf.index(b"/Type/EmbeddedFile")) + 60
    forged = pdf[:attached] + bytes([pdf[attached] ^ 1]) + pdf[attached + 1 :]
    assert codes(verify_file(forged)) == ["copy.changed", "copy.content"]
    assert codes(verify_file(pdf + b"\n")) == codes(verify_file(pdf[:-1])) == ["copy.no_seal"]
    assert codes(verify_file(b"PK")) == ["copy.not_pdf"]
    # sealed anew by somebody who knows how, but not what both signed
    forged = make_pdf(_other(contract, '"base":"420"', '"base":"400"'))
    assert codes(verify_file(forged)) == ["contract.signature_text", "contract.signature_text"]


def test_a_character_without_a_shape_in_the_font_spoils_no_paper(contract):
    pdf = make_pdf(_other(contract, "回款", "🚀\U000323af回款"))
    assert "🚀\U000323af回款" in verify_file(pdf).content
    assert codes(verify_file(pdf)) == ["contract.signature_text", "contract.signature_text"]


def _other(contract: ContractRow, old: str, new: str) -> ContractRow:
    """The contract as somebody else would have it, with hashes to match."""
    text = contract.content.replace(old, new)
    assert text != contract.content
    return replace(contract, content=text, digest=hash_of(text), document=json.loads(text))


def test_with_the_database_only_a_copy_that_was_handed_out_holds(contract):
    pdf = make_pdf(contract)
    assert codes(compare(verify_file(pdf))) == ["copy.not_ours"]
    for _again in range(2):
        remember_copy(contract.id, sha256=verify_file(pdf).sha256, now=NOW)
    held = compare(verify_file(pdf))
    assert (held.problems, held.is_compared) == ((), True)
    for old, new, code in (
        ("SX-2026Q1-0001", "SX-2026Q1-0002", "contract.not_here"),
        ("Chrome", "Safari", "contract.other_text"),
    ):
        forged = make_pdf(_other(contract, old, new))
        assert verify_file(forged).problems == ()
        assert codes(compare(verify_file(forged))) == [code]


def test_the_command_says_who_signed_or_what_does_not_hold(contract, tmp_path: Path):
    file = tmp_path / "contract.pdf"
    pdf = make_pdf(contract)
    remember_copy(contract.id, sha256=verify_file(pdf).sha256, now=NOW)
    file.write_bytes(pdf)
    status, said = _call("verify", file)
    assert status == 0 and "与存档一致" in said and "员工  沈亦舟  2026-01-12 10:00  Chrome · Windows" in said
    assert "没有与存档比对" in _call("verify", file, "--offline")[1]
    file.write_bytes(pdf[:2000] + bytes([pdf[2000] ^ 1]) + pdf[2001:])
    status, said = _call("verify", file)
    assert (status, said) == (1, "核对不通过。\n  文件与封签不符：发出之后改过。")
    status, said = _call("verify", file, "--json")
    assert (status, [one["code"] for one in json.loads(said)["problems"]]) == (1, ["copy.changed"])


def _call(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, [str(word) for word in words], obj=Line())
    return result.exit_code, result.output.strip()
