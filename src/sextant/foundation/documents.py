"""YAML documents that people write: read strictly, refused with the path and what was probably meant.

Mappings, connectors, rules and definitions are such documents. Codes are `mapping.*` whatever the document, because the
sentences speak of the place in the text alone; who shows them has them (`metrics.intake.messages`, `lowcode.messages`).
"""

import difflib
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from sextant.engines.values import Problem

MAX_CHARACTERS = 200_000


class DocumentRefused(Exception):
    """The document cannot be used; nothing was read or written. `problems` say where and why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*(f"{problem.code} {dict(problem.params)}" for problem in problems))
        self.problems = problems


class Document(BaseModel):
    """A part of a document: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def read_yaml(text: str) -> dict[str, object]:
    """The keys and values of a YAML text; DocumentRefused (`mapping.too_long`, `.yaml`, `.not_a_document`)."""
    if len(text) > MAX_CHARACTERS:
        raise DocumentRefused(Problem("mapping.too_long", {"limit": MAX_CHARACTERS}))
    try:
        document = yaml.load(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        raise DocumentRefused(_yaml_problem(error)) from error
    except yaml.YAMLError as error:
        raise DocumentRefused(Problem("mapping.yaml", {"line": 1, "column": 1, "detail": str(error)})) from error
    if not isinstance(document, dict):
        raise DocumentRefused(Problem("mapping.not_a_document"))
    return document


def keys_of(*documents: type[BaseModel]) -> tuple[str, ...]:
    """Every key these documents know, to suggest from."""
    return tuple(dict.fromkeys(key for document in documents for key in document.model_fields))


def shape_problems(error: ValidationError, *, keys: Iterable[str]) -> list[Problem]:
    """What pydantic found, as problems: the path, what stands there, what was expected; ten at most.

    A validator names its problem in `ValueError("code")`, meaning `mapping.code`; a dotted code stands for itself.
    """
    known = tuple(keys)
    return [_shape_problem(entry, known) for entry in _findings(error)[:10]]


class _StrictLoader(yaml.SafeLoader):
    """YAML without its two traps: a key written twice silently replaces the first, and aliases can be nested until
    they fill the memory."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "alias", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key_node.value!r} twice", key_node.start_mark)
            seen.add(key_node.value if isinstance(key_node.value, str) else id(key_node))
        return super().construct_mapping(node, deep=deep)


def _yaml_problem(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    at = {"line": mark.line + 1, "column": mark.column + 1} if mark else {"line": 1, "column": 1}
    return Problem("mapping.yaml", {**at, "detail": error.problem or ""})


def _findings(error: ValidationError) -> list[dict[str, Any]]:
    """What pydantic found, without the echo that a list is too short because its entries are wrong."""
    found: list[dict[str, Any]] = [dict(entry) for entry in error.errors()]
    inner = {tuple(entry["loc"][:1]) for entry in found if len(entry["loc"]) > 1}
    return [entry for entry in found if entry["type"] != "too_short" or tuple(entry["loc"]) not in inner]


def _shape_problem(entry: Mapping[str, Any], keys: tuple[str, ...]) -> Problem:
    """One finding of pydantic as a problem: the path in the document, and what was expected there."""
    path = _path(entry["loc"])
    kind = entry["type"]
    if kind == "extra_forbidden":
        key = str(entry["loc"][-1])
        near = difflib.get_close_matches(key, keys, 1)
        return Problem("mapping.unknown_key", {"path": path, "key": key, "suggestion": near[0] if near else ""})
    if kind == "missing":
        return Problem("mapping.missing_key", {"path": path})
    if kind == "value_error":
        code = str(entry["ctx"]["error"])
        return Problem(code if "." in code else f"mapping.{code}", {"path": path})
    if kind == "union_tag_not_found":
        return Problem("mapping.missing_key", {"path": f"{path}.{_discriminator(entry)}"})
    if kind == "union_tag_invalid":
        params = {"value": str(entry["ctx"]["tag"]), "choices": _choices(entry, "expected_tags")}
        return Problem("mapping.bad_choice", {"path": f"{path}.{_discriminator(entry)}", **params})
    if kind in {"enum", "literal_error"}:
        return Problem("mapping.bad_choice", {"path": path, "value": str(entry["input"]), "choices": _choices(entry)})
    return Problem("mapping.bad_value", {"path": path, "value": str(entry["input"])[:80], "detail": entry["msg"]})


def _choices(entry: Mapping[str, Any], key: str = "expected") -> str:
    return str(entry.get("ctx", {}).get(key, "")).replace("'", "").replace(" or ", ", ")


def _discriminator(entry: Mapping[str, Any]) -> str:
    """The key that says which kind of part this is."""
    return str(entry["ctx"]["discriminator"]).strip("'")


def _path(location: tuple[object, ...]) -> str:
    """("measurements", 0, "value") as "measurements[1].value": people count from one."""
    written = ""
    for part in location:
        written += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return written.lstrip(".") or "."
