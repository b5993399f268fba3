"""Reading a mapping file and holding it against the columns of a table, with errors that name place and remedy."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sextant.engines.values import Problem
from sextant.people.contracts import Code, MappingInvalid
from sextant.people.mapping.document import PeopleMapping


def load_mapping(path: Path) -> PeopleMapping:
    """The mapping in the YAML file `path`; raises MappingInvalid (`people.mapping_*`)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MappingInvalid(Problem(Code.MAPPING_MISSING, {"path": str(path)})) from error
    except UnicodeDecodeError as error:
        params = {"path": path.name, "line": 1, "detail": "UTF-8"}
        raise MappingInvalid(Problem(Code.MAPPING_NOT_YAML, params)) from error
    try:
        document = yaml.load(text, Loader=_StrictLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or str(error)
        params = {"path": path.name, "line": mark.line + 1 if mark else 1, "detail": detail}
        raise MappingInvalid(Problem(Code.MAPPING_NOT_YAML, params)) from error
    return parse_mapping(document)


def parse_mapping(document: object) -> PeopleMapping:
    """The mapping a document (as YAML gives it) means; raises MappingInvalid for the first fault."""
    try:
        return PeopleMapping.model_validate(document)
    except ValidationError as error:
        raise MappingInvalid(_first_fault(error)) from error


def check_columns(mapping: PeopleMapping, columns: Sequence[str]) -> None:
    """Raise MappingInvalid, naming the nearest column, when the mapping asks for one the table does not have."""
    for field, column in mapping.columns_used():
        if column not in columns:
            params = {"field": field, "column": column, "columns": ", ".join(columns)}
            raise MappingInvalid(_with_suggestion(Code.UNKNOWN_COLUMN, params, column, columns))


def _first_fault(error: ValidationError) -> Problem:
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "-"
    if fault["type"] == "extra_forbidden":
        known = _known_beside(fault["loc"])
        params = {"field": place, "known": ", ".join(known)}
        return _with_suggestion(Code.MAPPING_UNKNOWN_FIELD, params, str(fault["loc"][-1]), known)
    return Problem(Code.MAPPING_INVALID, {"place": place, "detail": fault["msg"]})


def _known_beside(place: tuple[int | str, ...]) -> list[str]:
    """Names of the fields that may stand where the unknown one at `place` stands."""
    model: Any = PeopleMapping
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> Any:
    """The model inside `Model | None` or `list[Model]`."""
    if hasattr(annotation, "model_fields"):
        return annotation
    inner = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)


def _with_suggestion(code: Code, params: Mapping[str, object], wanted: str, known: Iterable[str]) -> Problem:
    near = get_close_matches(wanted, list(known), n=1, cutoff=0.5)
    return Problem(Code(f"{code}_near"), {**params, "near": near[0]}) if near else Problem(code, params)


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key given twice, and in which Yes, No, On and 2026-01-31 are text, as people mean them."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                params = {"key": key, "line": key_node.start_mark.line + 1}
                raise MappingInvalid(Problem(Code.MAPPING_TWICE, params))
            seen.add(key)
        return super().construct_mapping(node, deep)


_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:timestamp" and not (tag == "tag:yaml.org,2002:bool" and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
