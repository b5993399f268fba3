"""What stands between a document and its publication: its shape, what its kind says, and whether what it names is
there."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from sextant.engines.definitions import Reference, check_size
from sextant.engines.values import Problem
from sextant.foundation.documents import shape_problems
from sextant.lowcode.contracts.definitions import VersionState
from sextant.lowcode.models import Definition, DefinitionVersion
from sextant.lowcode.registry import DefinitionKind, find_kind, find_referent


def read_document(kind: DefinitionKind, document: Mapping[str, Any]) -> tuple[BaseModel | None, tuple[Problem, ...]]:
    """The document in the shape of its kind, or None and why not (codes definition.* of shape: unknown_key,
    missing_key, bad_choice, bad_value, with `path`; codes of the kind's own validators)."""
    if problems := check_size(document):
        return None, problems
    try:
        return kind.model.model_validate(document), ()
    except ValidationError as error:
        return None, tuple(_renamed(one) for one in shape_problems(error, keys=_keys(kind.model)))


def check_document(
    kind: DefinitionKind, document: Mapping[str, Any], *, code: str, on: datetime
) -> tuple[Problem, ...]:
    """Everything to be said about a document before it is published, errors and warnings. `code` is that of its
    definition, `on` the instant at which what it names must hold. One query, and those of the kind's own checks."""
    read, problems = read_document(kind, document)
    if read is None:
        return problems
    return (*kind.checks(read, code=code, on=on), *check_references(kind.references(read)))


def check_references(references: Iterable[Reference]) -> tuple[Problem, ...]:
    """An error for each thing that is named and cannot be used: definition.unknown_reference, .retired_reference,
    .unpublished_reference, .unknown_reference_kind; params `kind`, `code`, `path`. One query for definitions, and one
    question to each domain that is named."""
    wanted = tuple(references)
    states = _states_of(one for one in wanted if find_kind(one.kind))
    there = {kind: _existing(kind, wanted) for kind in {one.kind for one in wanted if not find_kind(one.kind)}}
    found = []
    for one in wanted:
        wrong = states.get((one.kind, one.code), "unknown_reference") if find_kind(one.kind) else ""
        if not find_kind(one.kind):
            codes = there[one.kind]
            wrong = "unknown_reference_kind" if codes is None else "" if one.code in codes else "unknown_reference"
        if wrong:
            found.append(Problem(f"definition.{wrong}", {"kind": one.kind, "code": one.code, "path": one.path}))
    return tuple(found)


def _states_of(references: Iterable[Reference]) -> dict[tuple[str, str], str]:
    """What is wrong with each definition that is named, "" for nothing; those that do not exist are left out."""
    named = {(one.kind, one.code) for one in references}
    if not named:
        return {}
    published = DefinitionVersion.objects.filter(state=VersionState.PUBLISHED.value).values("definition_id")
    rows = Definition.objects.filter(kind__in={kind for kind, _ in named}, code__in={code for _, code in named})
    usable = set(rows.filter(id__in=published).values_list("id", flat=True))
    return {
        (one.kind, one.code): "retired_reference"
        if one.is_retired
        else ""
        if one.pk in usable
        else "unpublished_reference"
        for one in rows
        if (one.kind, one.code) in named
    }


def _existing(kind: str, references: Iterable[Reference]) -> frozenset[str] | None:
    """Which codes of a domain's kind exist; None when no domain registered the kind."""
    referent = find_referent(kind)
    return referent.existing(frozenset(one.code for one in references if one.kind == kind)) if referent else None


@cache
def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    """Every key the shape knows, at any depth: to suggest from."""
    schema = model.model_json_schema()
    parts = (schema, *schema.get("$defs", {}).values())
    return tuple(dict.fromkeys(key for part in parts for key in part.get("properties", {})))


def _renamed(problem: Problem) -> Problem:
    """A finding of shape as one of ours."""
    code = problem.code
    if code.startswith("mapping."):
        code = "definition." + code.removeprefix("mapping.")
    return Problem(code, problem.params, problem.severity, problem.at)
