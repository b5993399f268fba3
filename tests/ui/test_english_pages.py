"""An English reader meets Chinese only in data: every page of the access table, and the demo company, in English.

What people entered or delivered stays as it is, in any language. To tell data from words of the product, the data of
these tests is respelt in characters that nobody uses; Chinese that is left then comes from the product.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django.urls import resolve, reverse
from django.utils.translation.reloader import translation_file_changed

import hatch_build
from sextant.demo.generate import ensure_demo_company
from sextant.foundation.accounts.models import User
from sextant.goals.models import Contract, Goal
from sextant.metrics.models import Batch, EvaluationRun, QuarantinedRow
from sextant.metrics.queries.mappings import list_mappings
from sextant.people.models import Person, Unit
from tests.browser import overflow, settle, sign_in
from tests.cast import Cast, make_cast
from tools.translations import CHINESE

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "src/sextant/locale"
DEMO_NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LOOKS = 3
"""How many pages of one kind are looked at."""
SAMPLES = {
    "ui:gallery",
    "api:openapi",
    "goals:contract_pdf",
    "goals:adjust_evidence",
    "goals:export",
    "lowcode:definition_schema",
    "lowcode:answers_export",
    "lowcode:formula",
    "lowcode:rule_design",
    "notices:text",
}
"""Pages that show Chinese sample data (components, an example in a schema), paper, files that people
attached or take out and in, the signs a name must not hold, the names that formulas read, and a text in the language it
is written for."""
RESPELT = {"people", "metrics", "goals", "api", "lowcode", "notices", "webhooks", "events", "tracking"}
"""Apps whose tables hold what people entered or delivered."""


def _rows() -> Iterator[dict]:
    """Rows of the access table that answer a GET with a page to somebody."""
    for file in sorted((ROOT / "tests/access_table").glob("*.toml")):
        for row in tomllib.loads(file.read_text(encoding="utf-8")).get("url", []):
            if row.get("method", "GET") == "GET" and _reader(row) and row["name"] not in SAMPLES:
                yield row


def _reader(row: dict) -> str | None:
    return next((who for who in ("hr", "employee", "admin", "anonymous") if row[who] == 200), None)


@pytest.fixture(scope="module", autouse=True)
def catalogue() -> None:
    """The catalogue as it is in the sources, whatever was compiled before."""
    hatch_build.compile_translations(LOCALE)
    translation_file_changed(sender=None, file_path=LOCALE / "en/LC_MESSAGES/django.mo")


def respell(text: str) -> str:
    """`text` with every Chinese character moved, one to one, to where no script is.

    >>> len(respell("回款 748")), CHINESE.search(respell("回款 748"))
    (6, None)
    """
    return CHINESE.sub(lambda found: chr(0xF0000 + ord(found[0])), text)


def respell_data() -> None:
    """Respell what is stored about people, metrics, goals and clients, also where triggers let nothing be changed."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    for model in apps.get_models():
        if model._meta.app_label not in RESPELT:
            continue
        names = [field.name for field in model._meta.concrete_fields if _holds_text(field)]
        changed = []
        for row in model._default_manager.only("pk", *names) if names else ():
            before = {name: getattr(row, name) for name in names}
            after = {name: _respelt(value) for name, value in before.items()}
            if after != before:
                for name, value in after.items():
                    setattr(row, name, value)
                if isinstance(row, Contract):  # the database holds the text to its digest
                    row.digest = sha256(row.content.encode()).hexdigest()
                changed.append(row)
        if changed:
            model._default_manager.bulk_update(changed, names, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")


def _holds_text(field: models.Field) -> bool:
    held = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(held, models.CharField | models.TextField | models.JSONField) and not field.primary_key


def _respelt(value: object) -> object:
    if value is None or isinstance(value, str):
        return value and respell(value)
    return json.loads(respell(json.dumps(value, ensure_ascii=False)))


def chinese_in(html: str) -> list[str]:
    """Chinese characters and punctuation in a page, with what stands around them.

    Languages and the mappings that come as examples have their own names, options are indented with wide spaces, and an
    editor of formulas completes the words of functions in every language: that is no Chinese of ours.
    """
    text = re.sub(r'<script id="[\w-]*completions".*?</script>', "", html, flags=re.DOTALL)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    for known in ("\u3000", *dict(settings.LANGUAGES).values(), *_examples()):
        text = text.replace(known, "")
    return [text[max(found.start() - 50, 0) : found.end() + 20] for found in CHINESE.finditer(text)]


@cache
def _examples() -> tuple[str, ...]:
    return tuple(mapping.source for mapping in list_mappings() if mapping.is_example)


def _page(client: Client, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"}, follow=True)
    assert answer.status_code == 200, path
    if not answer["Content-Type"].startswith(("text/", "application/json")):
        return ""  # a picture, a workbook: no page
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts).decode()


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    respell_data()
    return made


@pytest.mark.parametrize("row", list(_rows()), ids=lambda row: f"{row['name']}-{row.get('case', '')}")
def test_page_of_the_access_table_holds_no_chinese_for_an_english_reader(row: dict, cast: Cast) -> None:
    client = Client()
    cast.sign_in(client, str(_reader(row)))
    path = reverse(row["name"], kwargs={key: cast.resolve(value) for key, value in row.get("kwargs", {}).items()})
    assert chinese_in(_page(client, path)) == []


MAPPING = """
source: ERP
person: {column: who, by: number}
record: id
columns: {day: {type: date}, amount: {type: number}}
metrics: [{code: erp.amount, name: Amount, aggregation: sum}]
measurements: [{metric: erp.amount, date: day, value: "[amount]"}]
"""
LINES = """id,who,day,amount
1,{number},2026-01-02,1
2,{number},2026-01-02,x
3,{number},soon,3
4,nobody,2026-01-02,4
5,,2026-01-02,5
6,{number},2999-01-01,6
1,{number},2026-01-02,7
,{number},2026-01-02,8
9,{number},,9
10,{number},2026-01-02,
"""


def test_file_taken_in_with_quarantine_is_told_in_english(cast: Cast, settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path
    number = Person.objects.get(pk=cast.objects["own_person"]).number
    client = _english(cast, "hr")
    preview = _upload(client, LINES.format(number=number), MAPPING)
    assert "quarantine" in preview.content.decode().lower()
    batch = client.post(preview.request["PATH_INFO"], {"do": "run", "mapping_text": MAPPING}, follow=True)
    assert QuarantinedRow.objects.values("code").distinct().count() >= 8
    pages = [preview.content, batch.content]
    for code in QuarantinedRow.objects.values_list("code", flat=True).distinct():
        link = next(link for link in re.findall(rb'href="(\?reason=[^"]+)"', batch.content) if code.encode() in link)
        pages.append(client.get(batch.request["PATH_INFO"] + unescape(link.decode())).content)
    assert [found for page in pages for found in chinese_in(page.decode())] == []


@pytest.mark.parametrize(
    ("lines", "mapping"),
    [
        ("id,who\n1,2\n", MAPPING),
        ("id,who,day,amount\n", MAPPING),
        ("", MAPPING),
        ("id,id\n1,2\n", MAPPING),
        ("id,who,day,amount\n1,2,3,4\n", MAPPING.replace("person", "persons")),
        ("id,who,day,amount\n1,2,3,4\n", MAPPING.replace("[amount]", "[amuont] + ROUND(")),
        ("id,who,day,amount\n1,2,3,4\n", "source: [1\n  - 2"),
        ("id,who,day,amount\n1,2,3,4\n", ""),
    ],
)
def test_file_or_mapping_that_is_refused_is_told_in_english(
    lines: str, mapping: str, cast: Cast, settings, tmp_path: Path
) -> None:
    settings.SEXTANT_HOME = tmp_path
    page = _upload(_english(cast, "hr"), lines, mapping).content.decode()
    assert 'role="alert"' in page or "sx-error" in page
    assert chinese_in(page) == []


def test_sign_in_that_fails_is_told_in_english(cast: Cast) -> None:
    form = {"username": "hr", "password": "wrong"}
    pages = [
        client.post(reverse("accounts:sign_in"), form).content.decode()
        for client in [Client(headers={"Accept-Language": "en"})]
        for _attempt in range(12)
    ]
    assert len({re.sub(r"\d|csrf.*", "", page) for page in pages}) > 1, "a lockout was to be seen too"
    assert [found for page in pages for found in chinese_in(page)] == []


def _english(cast: Cast, who: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    cast.sign_in(client, who)
    return client


def _upload(client: Client, lines: str, mapping: str):
    file = SimpleUploadedFile("export.csv", lines.encode())
    form = {"file": file, "mapping": "own", "mapping_text": mapping}
    return client.post(reverse("metrics:ingest"), form, follow=True)


@pytest.mark.slow
@pytest.mark.django_db
def test_demo_company_holds_no_chinese_for_an_english_reader(tmp_path: Path, settings, monkeypatch) -> None:
    settings.SEXTANT_HOME = tmp_path
    monkeypatch.setenv("SEXTANT_NOW", DEMO_NOW.isoformat())
    logins = ensure_demo_company(now=DEMO_NOW)
    respell_data()
    found: dict[str, list[str]] = {}
    for login in logins:
        client = Client()
        client.force_login(User.objects.get(username=login.username))
        for path, html in _walk(client):
            if chinese := chinese_in(html):
                found[f"{login.username} {path}"] = chinese[:3]
    assert found == {}, "\n".join(f"{page}: {words}" for page, words in found.items())


def _walk(client: Client) -> Iterator[tuple[str, str]]:
    """Pages within reach of the first one, a few of each kind: links and what pages fetch."""
    waiting, seen, looked = ["/"], {"/"}, Counter[str]()
    while waiting:
        path = waiting.pop(0)
        kind = _kind(path)
        looked[kind] += 1
        if looked[kind] > LOOKS:
            continue
        html = _page(client, path)
        yield path, html
        for link in re.findall(r'(?:href|hx-get)="([/?][^"#]*)"', html):
            target = unescape(link if link.startswith("/") else path.partition("?")[0] + link)
            if target not in seen and not target.startswith("/static/") and not _is_sample(target):
                seen.add(target)
                waiting.append(target)


def _is_sample(path: str) -> bool:
    return resolve(path.partition("?")[0]).view_name in SAMPLES


def _kind(path: str) -> str:
    """The view behind `path` and the names of what it is asked."""
    address, _mark, query = path.partition("?")
    return f"{resolve(address).view_name}?{'&'.join(sorted(re.findall('([^&=]+)=', query)))}"


@pytest.mark.slow
@pytest.mark.browser
def test_longer_english_words_fit_on_desk_and_phone(live_server, page, phone, settings, tmp_path, monkeypatch) -> None:
    settings.SEXTANT_HOME = tmp_path
    monkeypatch.setenv("SEXTANT_NOW", DEMO_NOW.isoformat())
    ensure_demo_company(now=DEMO_NOW)
    User.objects.update(language="en")
    batch, run = Batch.objects.latest("id"), EvaluationRun.objects.latest("id")
    goal, person, unit = (model.objects.latest("id") for model in (Goal, Person, Unit))
    paths = ["/", "/people/", "/goals/", "/goals/?view=list", "/metrics/batches/", "/metrics/runs/", "/metrics/ingest/"]
    paths += [f"/people/{person.id}/", f"/units/{unit.id}/", f"/goals/{goal.id}/"]
    paths += [f"/metrics/batches/{batch.id}/", f"/metrics/runs/{run.id}/", "/account/sessions/"]
    for screen in (page, phone):
        sign_in(screen, live_server, "hr")
        for path in paths:
            screen.goto(live_server.url + path)
            settle(screen)
            assert screen.locator("html").get_attribute("lang") == "en"
            assert overflow(screen) == [], path
        assert screen.problems == []


@pytest.mark.django_db
def test_chinese_in_a_page_is_found() -> None:
    assert len(chinese_in('<b>简体中文</b> “CNY”，<script>["\\u57fa"]</script>')) == 2
