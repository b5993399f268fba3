"""JSON Schema of inbound bodies: nothing is fetched, and only the first problem is told."""

from collections.abc import Mapping


def schema_problem(schema: Mapping[str, object]) -> str:
    """Why `schema` is no JSON Schema (2020-12); "" when it is one."""
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return str(error.message)[:300]
    return ""


def first_problem(schema: Mapping[str, object], body: object) -> str:
    """Where and why `body` does not keep to `schema`; "" when it does. A reference to another document counts as one
    that nothing keeps to: it is never fetched."""
    if not schema:
        return ""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        found = best_match(Draft202012Validator(schema, registry=Registry()).iter_errors(body))
    except Unresolvable as error:
        return f"{error}"[:300]
    return f"{found.json_path}: {found.message}"[:300] if found else ""
