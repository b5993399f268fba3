"""What a number is about, and on which day a moment lies."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import Actor, Role
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.contracts import IngestReport
from sextant.metrics.engine import open_engine
from sextant.metrics.intake.messages import say_mapping
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import MappingRefused, parse_mapping
from sextant.metrics.models import Batch
from sextant.people.tests.makers import make_person

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
HR = Actor(user_id=1, person_id=1, roles=frozenset({Role.HR}), label="hr")
MAPPING = """
source: 订单
person: {column: who}
columns: {amount: {type: number}}
metrics:
  - {code: d.amount, name: 金额}
  - {code: d.orders, name: 订单数, aggregation: count}
dimensions: {customer: 客户}
record: id
measurements:
  - {metric: d.amount, date: at, value: "[amount]", dimensions: {product: 'LEFT([产品], 1)'}}
  - {metric: d.orders, date: at}
"""
HEADER = "id,who,at,amount,客户,产品\n"


@pytest.fixture(autouse=True)
def person(db: None) -> None:
    make_person(number="E1")


@pytest.fixture
def deliver(tmp_path: Path):
    def take_in(body: str, *, mapping: str = MAPPING):
        path = tmp_path / "a.csv"
        path.write_text(HEADER + body, encoding="utf-8")
        return ingest_file(path, mapping=parse_mapping(mapping), actor=HR, now=NOW)

    return take_in


def written(report: IngestReport, columns: str) -> list[tuple]:
    with open_engine() as connection:
        found = ledger.relation(connection).filter(f"batch = {report.batch}")
        return sorted(found.project(columns).fetchall(), key=str)


def test_dimensions_are_kept_with_the_measurement_sorted_by_name_without_blank_ones(deliver) -> None:
    report = deliver('1,E1,2026-03-01,5,"甲 ""A"" 公司",X1\n2,E1,2026-03-01,6,,Y\n3,E1,2026-03-01,7,,\n')
    assert written(report, "value, dimensions") == [
        (Decimal(1), '{"customer":"甲 \\"A\\" 公司"}'),
        (Decimal(1), None),
        (Decimal(1), None),
        (Decimal(5), '{"customer":"甲 \\"A\\" 公司","product":"X"}'),
        (Decimal(6), '{"product":"Y"}'),
        (Decimal(7), None),
    ]


def test_a_dimension_that_is_neither_column_nor_formula_is_refused_at_its_place(deliver) -> None:
    with pytest.raises(MappingRefused) as refused:
        deliver("1,E1,2026-03-01,5,甲,X\n", mapping=MAPPING.replace("LEFT([产品], 1)", "LEFT([产], 1)"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["path"]) == ("mapping.formula", "measurements[1].dimensions.product")
    assert not Batch.objects.exists()


def test_mappings_without_the_newer_keys_are_known_by_the_same_digest_as_before() -> None:
    plain = parse_mapping(MAPPING.replace("dimensions: {customer: 客户}\n", "").split(", dimensions:")[0] + "}\n")
    assert plain.digest() == "2c89077d4ca6f2fc4e749fc93aa1810af4e8d914143d43415c1cbdcce18402c7"
    assert parse_mapping(MAPPING).digest() != plain.digest()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-03-01T15:59:59Z", date(2026, 3, 1)),
        ("2026-03-01T16:00:00Z", date(2026, 3, 2)),
        ("2026-03-01 23:00:00-08:00", date(2026, 3, 2)),
        ("2026-03-01 00:30:00+09:00", date(2026, 2, 28)),
        ("2026-03-01 23:00:00", date(2026, 3, 1)),
    ],
)
def test_a_moment_lies_on_the_day_it_was_where_the_company_works(deliver, moment: str, day: date) -> None:
    report = deliver(f"1,E1,{moment},5,甲,X\n", mapping=f"zone: Asia/Shanghai\n{MAPPING}")
    assert {found for (found,) in written(report, "day")} == {day}


def test_moments_written_without_their_zone_are_read_in_the_one_declared(deliver) -> None:
    zone = "zone: Asia/Shanghai\n" + MAPPING.replace(
        "columns: {", "columns: {at: {type: date, written_in: UTC, formats: ['%d/%m/%Y %H:%M', '%d/%m/%Y']}, "
    )
    report = deliver("1,E1,01/03/2026 17:00,5,甲,X\n2,E1,05/03/2026,5,甲,X\n", mapping=zone)
    assert {found for (found,) in written(report, "day")} == {date(2026, 3, 2), date(2026, 3, 5)}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("zone: Asia/Shanghei", "mapping.unknown_zone"),
        ("columns: {at: {type: date, written_in: UTC}}", "mapping.written_in_without_zone"),
        ("columns: {at: {written_in: UTC}}", "mapping.written_in_without_date"),
    ],
)
def test_a_zone_that_cannot_be_meant_is_refused_with_a_sentence(line: str, code: str) -> None:
    document = MAPPING.replace("columns: {amount: {type: number}}", line)
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(document)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert say_mapping(refused.value.problems[0])
