"""The OpenAPI document: whole, true to what is served, and open to everyone."""

import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import resolve

from sextant.foundation.api.contracts import CallRefused
from sextant.foundation.api.http import Operation
from sextant.foundation.api.openapi import Problem, list_operations
from sextant.foundation.api.problems import problem_document


@pytest.fixture
def document(db: None) -> dict:
    answer = Client().get("/api/v1/openapi.json")
    assert answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (part for key, part in value.items() if key == "$ref")
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _references(part)


def test_it_has_what_openapi_3_1_requires(document: dict) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= document["info"].keys()
    identifiers = []
    for path, item in document["paths"].items():
        assert path.startswith("/api/v1/")
        assert set(item) <= {"get", "post", "put", "patch", "delete"}
        for described in item.values():
            identifiers.append(described["operationId"])
            assert described["requestBody"]["content"]
            for status, answer in described["responses"].items():
                assert re.fullmatch(r"[1-5]\d\d", status)
                assert answer["description"]
            for parameter in described["parameters"]:
                assert {"name", "in", "schema"} <= parameter.keys()
    assert len(set(identifiers)) == len(identifiers) > 0


def test_every_reference_leads_somewhere(document: dict) -> None:
    found = set(_references(document))
    assert found
    for reference in found:
        place: object = document
        for part in reference.removeprefix("#/").split("/"):
            assert isinstance(place, dict)
            place = place[part]


def test_it_describes_what_is_served_and_nothing_else(document: dict) -> None:
    served = dict(list_operations())
    assert set(document["paths"]) == set(served)
    for path, one in served.items():
        assert isinstance(resolve(path).func.operation, Operation)
        schemas = document["components"]["schemas"]
        assert set(schemas[one.accepts.__name__]["properties"]) == set(one.accepts.model_fields)
        assert set(schemas[one.answers.__name__]["properties"]) == set(one.answers.model_fields)


def test_a_refusal_is_as_described() -> None:
    refusal = problem_document(CallRefused(403, "api.scope_missing", scope="x"), request_id="r")
    assert Problem.model_validate(refusal).code == "api.scope_missing"
    assert set(refusal) <= set(Problem.model_fields)


def test_it_says_the_limit_on_rows_that_is_enforced(document: dict) -> None:
    rows = document["components"]["schemas"]["PushBatch"]["properties"]["rows"]
    assert (rows["minItems"], rows["maxItems"]) == (1, 10_000)
