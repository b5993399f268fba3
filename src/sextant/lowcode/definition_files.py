"""Definitions as YAML files: one a file, so that a difference in a repository is the difference of one definition."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError

from sextant.engines.definitions import UpgradeImpossible, upgrade_document
from sextant.engines.values import Problem
from sextant.foundation.documents import Document, DocumentRefused, read_yaml, shape_problems
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.registry import find_kind, get_kind


class DefinitionFile(Document):
    """What stands in a file. `format` is that of the document when it was written."""

    kind: Annotated[str, Field(min_length=1, max_length=40)]
    code: Annotated[str, Field(min_length=1, max_length=60)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    format: Annotated[int, Field(ge=1)] = 1
    document: dict[str, Any]


def file_name(version: VersionRow) -> str:
    """The name of its file: `formula.bonus.yaml`."""
    return f"{version.kind}.{version.code}.yaml"


def write_file(version: VersionRow) -> str:
    """The version as the text of a file, always the same for the same version."""
    kind = get_kind(version.kind)
    order = {name: place for place, name in enumerate(kind.model.model_fields)}
    # the database keeps documents without an order of their keys: the shape has the one people expect
    document = dict(sorted(version.document.items(), key=lambda one: order.get(one[0], len(order))))
    head = {"kind": version.kind, "code": version.code, "name": version.name, "format": kind.format}
    return yaml.dump({**head, "document": document}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def read_file(path: Path) -> DefinitionFile:
    """The definition in a file, its document brought up to date.

    Raises DocumentRefused (definition.unreadable, definition.newer_format, definition.unknown_kind, and what is wrong
    with the YAML as `mapping.*`).
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentRefused(Problem("definition.unreadable")) from error
    try:
        found = DefinitionFile.model_validate(read_yaml(text))
    except ValidationError as error:
        raise DocumentRefused(*shape_problems(error, keys=DefinitionFile.model_fields)) from error
    kind = find_kind(found.kind)
    if kind is None:
        raise DocumentRefused(Problem("definition.unknown_kind", {"kind": found.kind}))
    try:
        document = upgrade_document(found.document, from_format=found.format, upgrades=kind.upgrades)
    except UpgradeImpossible as error:
        newer = Problem("definition.newer_format", {"format": found.format, "newest": kind.format})
        raise DocumentRefused(newer) from error
    return found.model_copy(update={"document": document, "format": kind.format})


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as several lines."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _write_text)
