"""Documents: mistakes are refused at their place; every code has its sentence."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from sextant.engines.values import Problem
from sextant.metrics.connectors.document import ConnectorRefused, parse_connector
from sextant.metrics.connectors.examples import KINDS, example_of
from sextant.metrics.connectors.messages import DOCUMENT, FAILURES, say
from sextant.metrics.connectors.tests.makers import MAPPING, REST, document_text, make_document

SQL = {"kind": "sql", "database": "sqlite", "file": "a.db", "query": "SELECT 1 AS id"}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"name": "Shop 1"}, "mapping.bad_value", "name"),
        ({"sorce": {}}, "mapping.unknown_key", "sorce"),
        ({"source": {**REST, "kind": "soap"}}, "mapping.bad_choice", "source.kind"),
        ({"source": {"url": "http://a/"}}, "mapping.missing_key", "source.kind"),
        ({"source": {**REST, "url": "ftp://a/"}}, "connector.bad_address", "source.url"),
        ({"source": {**REST, "url": "http://user:pw@a/"}}, "connector.bad_address", "source.url"),
        ({"source": {**REST, "headers": {"X-Api-Key": "k"}}}, "connector.secret_in_document", "source.headers"),
        ({"source": {**REST, "rows": "data["}}, "connector.bad_jmespath", "source.rows"),
        ({"source": {**REST, "pages": {"kind": "cursor"}}}, "mapping.missing_key", "source.pages.next"),
        ({"source": {**REST, "auth": {"kind": "basic", "secret": "s"}}}, "mapping.missing_key", "source.auth.user"),
        ({"source": {**REST, "limits": {"attempts": 0}}}, "mapping.bad_value", "source.limits.attempts"),
        ({"source": {**REST, "params": {"s": "{since}"}}}, "connector.cursor_and_since", "."),
        ({"source": {**SQL, "query": "DROP TABLE t"}, "backfill": None}, "connector.not_a_select", "source.query"),
        ({"source": {**SQL, "host": "db"}, "backfill": None}, "connector.sqlite_has_a_file", "source"),
        ({"source": {**SQL, "database": "mysql", "file": None}}, "connector.server_needed", "source"),
        ({"schedule": {"cron": "0 25 * * *"}}, "connector.bad_cron", "schedule.cron"),
        ({"schedule": {"cron": "0 6 * * * *"}}, "connector.bad_cron", "schedule.cron"),
        ({"schedule": {"cron": "0 6 * * *", "zone": "Mars"}}, "connector.unknown_zone", "schedule.zone"),
        ({"backfill": None}, "connector.backfill_needed", "."),
        ({"backfill": {"from": "2026-02-01", "until": "2026-01-01"}}, "connector.backfill_reversed", "backfill"),
        ({"closing_days": 31}, "mapping.bad_value", "closing_days"),
        ({"mapping": {**MAPPING, "record": None}}, "connector.record_needed", "."),
        ({"mapping": {**MAPPING, "recrod": "id"}}, "mapping.unknown_key", "mapping.recrod"),
    ],
)
def test_a_mistake_is_named_at_its_place(changes: dict, code: str, path: str) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        make_document(**changes)
    found = {(problem.code, problem.params.get("path")) for problem in caught.value.problems}
    assert (code, path) in found
    assert all(say(problem) for problem in caught.value.problems)


def test_a_key_written_twice_is_refused() -> None:
    with pytest.raises(ConnectorRefused) as caught:
        parse_connector(document_text() + "name: again\n")
    assert caught.value.problems[0].code == "mapping.yaml"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_examples_can_be_saved_as_they_are_and_differ_in_words_alone(kind: str, language: str) -> None:
    text = example_of(kind, language=language)
    document = parse_connector(text)
    assert document.source == parse_connector(example_of(kind)).source
    assert document.source.kind == kind
    assert text.isascii() or language == "zh-hans" or "…" in text


def test_every_code_that_is_raised_has_a_sentence_and_none_is_left_over() -> None:
    folder = Path(__file__).resolve().parents[1]
    actions = folder.parent / "actions"
    texts = [path.read_text("utf-8") for path in [*folder.glob("*.py"), *actions.glob("connector*.py")]]
    code = "\n".join(text for text in texts if "FAILURES: Mapping" not in text)
    raised = {f"connector.{name}" for name in re.findall(r'SourceFailed\(\s*"(\w+)"', code)}
    raised |= set(re.findall(r'"(connector\.\w+)"', code))
    # those of `foundation.outbound`, which looks at the host
    raised |= {"connector.host_unknown", "connector.host_private"}
    raised |= {"connector.too_often", "connector.source_error", "connector.not_found", "connector.unexpected_status"}
    assert raised == set(DOCUMENT) | set(FAILURES)


def test_a_sentence_within_a_sentence_is_said_whole() -> None:
    inner = Problem("connector.file_missing", {"file": "b.csv"})
    with translation.override("zh-hans"):
        said = say(Problem("connector.file_refused", {"count": 2, "file": "a.csv", "problem": inner}))
    assert said == "2 个文件没有导入，其余已入账。a.csv：没有文件“b.csv”。请核对 file。"
