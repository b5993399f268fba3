"""`sextant bench objects`: lists of answers of many forms, filtered and sorted by any of their fields.

Answers are written first and laid out afterwards, as when HR lets a form that is in use be filtered: what that costs is
told too. Times are those of the database, planning counted; the plan of every statement says whether it asked an index.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sextant.conf.bench.meter import Meter

ASKED = 200
QUESTIONS = ("sort", "one_field", "filter_and_sort", "two_filters", "next_page")
PAGE = 50
KINDS = ("number", "money", "date", "choice", "text")
_INDEX = re.compile(r"lowcode_a[0-9]+_f[0-9]+_")
LEVELS = tuple(f"o{number}" for number in range(1, 9))
_ANSWERS = """
    INSERT INTO lowcode_formsheet (version_id, subject_kind, subject_id, part, about_id, state, revision, answers,
                                   computed, created_at, changed_at, handed_in_at)
    SELECT %s, 'bench', %s * 10000000 + place, '', place, 'handed_in', 1, ({pairs}), '{{}}', at, at, at
    FROM generate_series(1, %s) AS place,
      LATERAL (SELECT timestamptz '2026-01-01' + place * interval '1 minute') AS t(at)
"""
_DRAWN = "((hashint8extended(place, {turn}) & 2147483647) %% {number})"
_PAIRS = {
    "number": f"'{{name}}', {_DRAWN.replace('{number}', '100000')}::text",
    "money": f"'{{name}}', ({_DRAWN.replace('{number}', '10000000')} / 100.0)::text",
    "date": f"'{{name}}', (date '2024-01-01' + {_DRAWN.replace('{number}', '1000')}::int)::text",
    "choice": f"'{{name}}', 'o' || (1 + {_DRAWN.replace('{number}', '8')})",
    "text": "'{name}', md5((place + {turn})::text)",
}
"""Answers by kind, each field drawn by itself: where two fields rise together, an order is walked for longer."""


def run(answers: int, objects: int, fields: int) -> dict[str, Any]:
    """Measure lists over so many answers, spread evenly over the objects, each with so many fields."""
    with tempfile.TemporaryDirectory(prefix="sextant-bench-") as folder:
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEXTANT_EMBEDDED"}}
        environment = {**kept, "SEXTANT_HOME": str(Path(folder) / "home")}
        command = [sys.executable, "-m", "sextant.conf.bench.objects", str(answers), str(objects), str(fields)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _measure(answers: int, objects: int, fields: int) -> dict[str, Any]:
    meter = Meter()
    made = meter.measure("publish", lambda: [_publish(f"object_{place}", fields) for place in range(objects)])
    meter.measure("write", lambda: _write_all([version for _, version in made], answers // objects))
    meter.measure("lay_out", lambda: _lay_out([definition for definition, _ in made]))
    draws = random.Random(5)
    asked = {
        name: list(_ask(name, made, draws))
        for name in ("sort", "one_field", "filter_and_sort", "two_filters", "next_page")
    }
    return {
        "objects": objects,
        "fields": objects * fields,
        "answers": answers // objects * objects,
        **{name: _told(times) for name, times in asked.items()},
        **{name: cost.document for name, cost in meter.best.items()},
        **_sizes(),
    }


def _publish(code: str, fields: int) -> tuple[int, int]:
    from sextant.lowcode.actions.definitions import create_definition, publish_definition

    options = [{"code": level, "label": level} for level in LEVELS]
    made = create_definition(
        "form",
        code=code,
        name=code,
        document={
            "fields": [
                {
                    "name": f"f{place}",
                    "label": f"字段{place}",
                    "kind": KINDS[place % len(KINDS)],
                    "listed": True,
                    **({"options": options} if KINDS[place % len(KINDS)] == "choice" else {}),
                }
                for place in range(fields)
            ]
        },
        actor=_system(),
        now=_now(),
    )
    publish_definition(made.definition_id, revision=1, reason="bench", actor=_system(), now=_now())
    return made.definition_id, made.version_id


def _write_all(version_ids: list[int], number: int) -> None:
    for place, version_id in enumerate(version_ids):
        _write(version_id, place, number)


def _write(version_id: int, place: int, number: int) -> None:
    from django.db import connection

    fields = _fields_of(version_id)
    pairs = (_PAIRS[kind].format(name=name, turn=turn * 17) for turn, (name, kind) in enumerate(fields))
    sql = _ANSWERS.format(pairs=f"jsonb_build_object({', '.join(pairs)})")
    with connection.cursor() as cursor:
        cursor.execute(sql, [version_id, place, number])


def _fields_of(version_id: int) -> list[tuple[str, str]]:
    from sextant.lowcode.queries.sheets import get_form

    return [(one.name, one.kind.value) for one in get_form(version_id).fields]


def _lay_out(definition_ids: list[int]) -> None:
    from sextant.lowcode.actions.answer_lists import arrange_answers

    for definition_id in definition_ids:
        arrange_answers(definition_id, now=_now())


def _ask(what: str, made: list[tuple[int, int]], draws: random.Random) -> Iterator[tuple[float, bool]]:
    """One list after the other: its time in the database, and whether every statement asked an index of a field."""
    from sextant.lowcode.policy.answer_lists import listed_fields, read_test
    from sextant.lowcode.queries.answer_lists import Order, answers_of, list_answers, place_of
    from sextant.lowcode.queries.sheets import get_form, ready_form

    for _ in range(ASKED):
        definition_id, version_id = draws.choice(made)
        document = get_form(version_id)
        listed = listed_fields(ready_form(document), document.listed_names())
        order = Order(draws.choice(listed), is_down=draws.random() < 0.5)
        number = {"filter_and_sort": 1, "two_filters": 2}.get(what, 0)
        filtered = [order.listed] if what == "one_field" and order.listed else draws.sample(listed, number)
        tests = [read_test(one, _given(one.field.kind.value, draws)) for one in filtered]
        found = answers_of(definition_id, tests=[test for test in tests if test])
        after = None
        if what == "next_page" and (rows := list_answers(found, order=order, limit=PAGE * 4)):
            after = place_of(rows[-1], order)
        yield _inside(
            lambda found=found, order=order, after=after: list_answers(found, order=order, after=after, limit=PAGE)
        )


def _given(kind: str, draws: random.Random) -> dict[str, list[str]]:
    if kind == "choice":
        return {"": [draws.choice(LEVELS)]}
    if kind == "text":
        return {"": [f"{draws.randrange(256):02x}"]}
    if kind == "date":
        year, month = draws.choice((2024, 2025)), draws.randint(1, 12)
        return {"from": [f"{year}-{month:02}-01"], "until": [f"{year}-{month:02}-28"]}
    low = draws.randrange(90_000)
    return {"from": [str(low)], "until": [str(low + 5000)]}


def _inside(work: Any) -> tuple[float, bool]:
    """Milliseconds PostgreSQL says it took, planning and running, and whether an index of a field was asked."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    spent, uses_index = 0.0, True
    with connection.cursor() as cursor:
        for one in captured.captured_queries:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {one['sql']}")
            told = cursor.fetchone()[0]
            plan = (told if isinstance(told, list) else json.loads(told))[0]
            spent += plan["Planning Time"] + plan["Execution Time"]
            uses_index = uses_index and _INDEX.search(json.dumps(plan)) is not None
    return spent, uses_index


def _told(times: list[tuple[float, bool]]) -> dict[str, Any]:
    ordered = sorted(spent for spent, _ in times)
    return {
        "database_ms": {
            "p50": round(ordered[len(ordered) // 2], 2),
            "p95": round(ordered[len(ordered) * 95 // 100], 2),
        },
        "by_index": sum(1 for _, uses_index in times if uses_index) / len(times),
    }


def _sizes() -> dict[str, Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_table_size(oid)), sum(pg_indexes_size(oid)), "
            "(SELECT count(*) FROM pg_indexes WHERE indexname ~ '^lowcode_a[0-9]') "
            "FROM pg_class WHERE relname ~ '^lowcode_answer_[0-9]+$'"
        )
        table, indexes, count = cursor.fetchone()
    return {"table_mib": round(table / 2**20), "indexes_mib": round(indexes / 2**20), "indexes": count}


def _system() -> Any:
    from sextant.foundation.access.contracts import Actor

    return Actor.system("bench")


def _now() -> Any:
    from sextant.foundation.clock import now

    return now()


def _main(answers: int, objects: int, fields: int) -> dict[str, Any]:
    from sextant.conf.cli.base import database_ready
    from sextant.conf.cli.django_ready import set_up_django

    set_up_django()
    with database_ready():
        return _measure(answers, objects, fields)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(*(int(one) for one in sys.argv[1:4]))))
