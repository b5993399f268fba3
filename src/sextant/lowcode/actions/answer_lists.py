"""Laying answers out for lists: a partition for each form whose fields are listed, and an index for each such field.

Both are made by a job: tables and indexes are nothing to wait for on a page. The job may run at any time, and again: it
looks at what there is and makes what is missing (decision 0188).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from psycopg import sql

from sextant.lowcode.contracts.custom_fields import KIND as FIELDS
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.models import AnswerSet, Definition, FormSheet
from sextant.lowcode.policy.answer_lists import Listed, Measure, listed_fields, over_answers
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.sheets import KIND as FORM
from sextant.lowcode.queries.sheets import form_of, ready_form

ARRANGE_JOB = "sextant.lowcode.arrange_answers"
BATCH = 5000
_TAKE = """
    insert into lowcode_answer (definition_id, sheet_id, subject_id, about_id, at, answers)
    select %(home)s, id, subject_id, about_id, coalesce(handed_in_at, changed_at), answers || computed
    from (
      select * from lowcode_formsheet where id = any(%(ids)s) and (%(drafts)s or state = 'handed_in') for share
    ) as sheet
    on conflict (definition_id, sheet_id) do nothing
"""
_NEXT = """
    select sheet.id from lowcode_formsheet as sheet
    join lowcode_definitionversion as version on version.id = sheet.version_id
    where version.definition_id = %(home)s and sheet.id > %(after)s and (%(drafts)s or sheet.state = 'handed_in')
      and not exists (select from lowcode_answer as taken where taken.definition_id = %(home)s
                      and taken.sheet_id = sheet.id)
    order by sheet.id limit %(batch)s
"""
_INDEXES = """
    select named.relname, stored.indisvalid from pg_index as stored
    join pg_class as named on named.oid = stored.indexrelid
    where stored.indrelid = to_regclass(%(table)s) and named.relname like %(beginning)s
"""
_STATISTICS = "select stxname from pg_statistic_ext where stxrelid = to_regclass(%(table)s)"


def arrange_answers(definition_id: int, *, now: datetime) -> None:
    """Make the partition of this definition and its indexes as its version in force wants them, and take away what no
    field wants any more. Custom fields follow their newest version: their formulas are worked out again.

    Runs outside a transaction (CREATE INDEX CONCURRENTLY). Nothing happens for what is no form.
    """
    definition = Definition.objects.filter(id=definition_id, kind__in=(FORM, FIELDS)).first()
    if definition is None:
        return
    version = find_current(definition.kind, definition.code, on=now)
    wanted = _listed(version) if version else ()
    if version is not None and definition.kind == FIELDS:
        _follow(version)
    if wanted and not AnswerSet.objects.filter(definition_id=definition_id).exists():
        _make_partition(definition_id, takes_drafts=definition.kind == FIELDS, now=now)
    if AnswerSet.objects.filter(definition_id=definition_id).exists():
        # also when a job before this one ended half-way: what is there stays as it is
        _take_all(definition_id, takes_drafts=definition.kind == FIELDS)
        _keep_indexes(definition_id, {_index_name(definition_id, one): one for one in wanted})


def arrange_all(*, now: datetime) -> None:
    """Every form and set of custom fields, one after the other: what a version published for today wants."""
    for definition_id in Definition.objects.filter(kind__in=(FORM, FIELDS)).order_by("id").values_list("id", flat=True):
        arrange_answers(definition_id, now=now)


def table_of(definition_id: int) -> str:
    """The partition's table."""
    return f"lowcode_answer_{definition_id}"


def _listed(version: VersionRow) -> tuple[Listed, ...]:
    document = form_of(version)
    return listed_fields(ready_form(document), document.listed_names())


def _make_partition(definition_id: int, *, takes_drafts: bool, now: datetime) -> None:
    """The table, and from its commit on every save is listed. Writers of sheets wait for as long as that takes, so
    that none falls between."""
    table = sql.Identifier(table_of(definition_id))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '5s'")
        cursor.execute("lock table lowcode_formsheet in share row exclusive mode")
        for statement in (
            "drop table if exists {table}",
            "create table {table} (like lowcode_answer including all)",
            "alter table lowcode_answer attach partition {table} for values in ({home})",
        ):
            cursor.execute(sql.SQL(statement).format(table=table, home=sql.Literal(definition_id)))
        AnswerSet.objects.create(definition_id=definition_id, takes_drafts=takes_drafts, made_at=now)


def _take_all(definition_id: int, *, takes_drafts: bool) -> None:
    """What was answered before there was a partition, some thousands at a time; what is there already stays."""
    last, asked = 0, {"home": definition_id, "drafts": takes_drafts}
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NEXT, {**asked, "after": last, "batch": BATCH})
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return
            cursor.execute(_TAKE, {**asked, "ids": ids})
        last = ids[-1]


def _keep_indexes(definition_id: int, wanted: Mapping[str, Listed]) -> None:
    table = table_of(definition_id)
    named = {"table": table, "beginning": f"lowcode\\_a{definition_id}\\_%"}
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, named)
        valid = dict(cursor.fetchall())
        for name in [name for name, is_valid in valid.items() if name not in wanted or not is_valid]:
            cursor.execute(sql.SQL("drop index concurrently if exists {}").format(sql.Identifier(name)))
        cursor.execute(_STATISTICS, named)
        stale = {f"{name}_s" for name in valid} - {f"{name}_s" for name in wanted}
        told = {row[0] for row in cursor.fetchall()}
        for name in told & stale:
            cursor.execute(sql.SQL("drop statistics if exists {}").format(sql.Identifier(name)))
        missing = [name for name in wanted if not valid.get(name)]
        for name in missing:
            _make_index(name, wanted[name], table=table, has_statistics=f"{name}_s" in told)
        if missing:
            cursor.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))


def _make_index(name: str, listed: Listed, *, table: str, has_statistics: bool) -> None:
    parts = {
        "name": sql.Identifier(name),
        "told": sql.Identifier(f"{name}_s"),
        "table": sql.Identifier(table),
        "kept": _expression(listed),
    }
    if listed.measure is Measure.CODES:
        index = "create index concurrently {name} on {table} using gin ({kept})"
    else:
        index = "create index concurrently {name} on {table} ({kept}, sheet_id)"
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(index).format(**parts))
        if not has_statistics and listed.measure is not Measure.CODES:
            cursor.execute(sql.SQL("create statistics {told} on {kept} from {table}").format(**parts))


def _expression(listed: Listed) -> sql.Composable:
    """As `queries.answer_lists.expression`, for an index. Dates stay ISO texts: a cast to a date is refused there."""
    key = sql.Literal(listed.name)
    if listed.measure is Measure.CODES:
        return sql.SQL("(answers -> {})").format(key)
    if listed.measure is Measure.TEXT:
        return sql.SQL('(left(answers ->> {}, 200) collate "C")').format(key)
    return sql.SQL("(lowcode_number(answers ->> {}))").format(key)


def _index_name(definition_id: int, listed: Listed) -> str:
    """Says how the field is compared: one that is compared another way gets another index."""
    return f"lowcode_a{definition_id}_{listed.name}_{listed.measure.value[0]}"


def _follow(version: VersionRow) -> None:
    """Sheets of custom fields that answer an older version answer this one: what its formulas give is worked out."""
    read = ready_form(form_of(version))
    older = FormSheet.objects.filter(version__definition_id=version.definition_id).exclude(version_id=version.id)
    while True:
        with transaction.atomic():
            batch = list(older.select_for_update(of=("self",)).order_by("id")[:BATCH])
            for sheet in batch:
                sheet.version_id = version.id
                sheet.computed = over_answers(read, sheet.answers)
            FormSheet.objects.bulk_update(batch, ["version", "computed"], batch_size=500)
        if len(batch) < BATCH:
            return
