"""`sextant metrics audit …` and `sextant metrics match …`."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.metrics.actions.audits import audit_batch, save_rule
from sextant.metrics.actions.matching import (
    KeyAlreadyMatched,
    KeyTooLong,
    ReasonMissing,
    SubjectUnknown,
    match_subject,
    replay_resolved,
)
from sextant.metrics.actions.nightly_audit import audit_night
from sextant.metrics.audits.messages import say_rule, say_sample
from sextant.metrics.audits.rules import RuleRefused, parse_rule
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.intake.messages import say_mapping
from sextant.metrics.mapping import MappingRefused
from sextant.metrics.queries.audits import Finding, findings_of, standing_findings
from sextant.metrics.queries.batches import BatchUnknown
from sextant.metrics.queries.matching import list_unmatched
from sextant.people.queries import resolve_persons, resolve_units
from sextant.ui.formats import write_moment

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
audit = typer.Typer(rich_markup_mode=None, help="Rules about data: judge by them, save them.")
match = typer.Typer(rich_markup_mode=None, help="Keys of sources that stand for nobody: list them, say whom they mean.")
_ALL = 100_000


def register(metrics: typer.Typer) -> None:
    """Add the two groups to `sextant metrics`."""
    metrics.add_typer(audit, name="audit")
    metrics.add_typer(match, name="match")


@audit.command("run")
def run(
    ctx: typer.Context,
    batch: Annotated[int | None, typer.Option(help="Judge this batch again; without it, what did not come.")] = None,
    as_json: AsJson = False,
) -> None:
    """Judge by the rules of today."""
    cli = command_line(ctx)
    with cli.database_ready():
        try:
            if batch is None:
                audit_night(actor=cli.actor(), now=cli.now())
            else:
                audit_batch(batch, actor=cli.actor(), now=cli.now())
        except BatchUnknown:
            cli.fail(_("没有批次 %(n)s。批次号见 /metrics/batches/。") % {"n": batch})
        found = standing_findings() if batch is None else findings_of(batch)
    cli.emit({"batch": batch, "findings": [_document(one) for one in found]}, as_json=as_json, human=_in_words(found))


@audit.command("save")
def save(
    ctx: typer.Context, file: Annotated[typer.FileText, typer.Argument(help="YAML; see docs/data-audit.md.")]
) -> None:
    """Save a rule: a new one, or the next version of one that is there."""
    cli = command_line(ctx)
    with cli.database_ready():
        try:
            rule = parse_rule(file.read())
            version = save_rule(rule, actor=cli.actor(), now=cli.now())
        except RuleRefused as error:
            cli.fail(" ".join(say_rule(problem) for problem in error.problems))
    cli.emit({"code": rule.code, "version": version}, as_json=False)


@match.command("list")
def list_keys(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Keys that wait, those with most rows first."""
    cli = command_line(ctx)
    with cli.database_ready():
        found = list_unmatched(limit=_ALL)
    rows = [
        {
            "source": one.source,
            "kind": one.kind.name.lower(),
            "key": one.key,
            "rows": one.rows,
            "batches": one.batches,
            "ambiguous": one.is_ambiguous,
        }
        for one in found
    ]
    lines = [f"{one.source}\t{one.key}\t{one.rows}" for one in found]
    cli.emit(rows, as_json=as_json, human="\n".join(lines) or _("没有等待匹配的写法。"))


@match.command("set")
def set_key(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="Source, as batches name it.")],
    key: Annotated[str, typer.Argument(help="The key, as the source writes it.")],
    person: Annotated[str, typer.Option(help="Employee number of the person it stands for.")] = "",
    unit: Annotated[str, typer.Option(help="Code of the unit it stands for.")] = "",
    ignore: Annotated[str, typer.Option(help="It is none of ours: the reason.")] = "",
    of_unit: Annotated[bool, typer.Option("--of-unit", help="With --ignore: the key names a unit.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Overrule what somebody said before.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say whom a key stands for, and take in the rows that waited for it."""
    cli = command_line(ctx)
    if sum(map(bool, (person, unit, ignore))) != 1:
        cli.fail(_("--person、--unit、--ignore 要写且只写一个。"))
    kind = SubjectKind.UNIT if unit or of_unit else SubjectKind.PERSON
    with cli.database_ready():
        subject = _subject(person=person, unit=unit)
        if subject is None and not ignore:
            cli.fail(_("找不到 %(key)s。请核对工号或部门编码。") % {"key": person or unit})
        try:
            done = match_subject(
                source,
                kind=kind,
                key=key,
                subject_id=subject,
                reason=ignore,
                replace=replace,
                actor=cli.actor(),
                now=cli.now(),
            )
        except KeyAlreadyMatched as error:
            told = {"by": error.by, "at": write_moment(error.at)}
            cli.fail(_("%(by)s 已在 %(at)s 匹配过这个写法。要更改请加 --replace。") % told)
        except (ReasonMissing, SubjectUnknown, KeyTooLong):
            cli.fail(_("这个写法不能匹配：请核对长度、原因和对象。"))
        except MappingRefused as error:
            cli.fail(" ".join(say_mapping(problem) for problem in error.problems))
    cli.emit(done, as_json=as_json, human=_("补入 %(n)s 条度量。") % {"n": sum(one.accepted for one in done)})


@match.command("retry")
def retry(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Look every waiting key up once more, after the roster was brought up to date."""
    cli = command_line(ctx)
    with cli.database_ready():
        done = replay_resolved(actor=cli.actor(), now=cli.now())
    cli.emit(done, as_json=as_json, human=_("补入 %(n)s 条度量。") % {"n": sum(one.accepted for one in done)})


def _subject(*, person: str, unit: str) -> int | None:
    if person:
        return resolve_persons([person], by="number").get(person)
    return resolve_units([unit], by="code").get(unit) if unit else None


def _document(one: Finding) -> dict[str, object]:
    return {
        "rule": one.rule_code,
        "version": one.rule_version,
        "kind": one.kind,
        "severity": one.severity,
        "metric": one.metric.code if one.metric else None,
        "count": one.count,
        "samples": list(one.samples),
    }


def _in_words(found: list[Finding]) -> str:
    if not found:
        return _("没有发现。")
    lines = []
    for one in found:
        lines.append(_("%(rule)s：%(n)s 处") % {"rule": one.rule, "n": one.count})
        decimals = one.metric.decimals if one.metric else 0
        check = one.document.get("check", {})
        lines += [f"  {say_sample(one.kind, check, sample, decimals=decimals)}" for sample in one.samples[:5]]
    return "\n".join(lines)
