"""The file of refused rows: correct it and import it again under the same mapping."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from sextant.foundation.tabular import read_table, write_table
from sextant.people.contracts import RowRejection
from sextant.people.mapping import PeopleMapping


def write_refusals(path: Path, *, source: Path, mapping: PeopleMapping, rejected: Iterable[RowRejection]) -> int:
    """Write the rows of `source` that have a rejection to `path` (CSV, or a workbook for .xlsx), with the reasons in an
    extra last column; returns how many. Without rejections the file holds the header alone."""
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for rejection in rejected:
        reasons[rejection.row].append(rejection.message)
    table = read_table(source, **mapping.file.model_dump())

    def rows() -> Iterator[list[object]]:
        for row in table.rows():
            if row.row in reasons:
                yield [*(row.cells[column] for column in table.columns), " ".join(reasons[row.row])]

    return write_table(path, columns=[*table.columns, _free_name(table.columns)], rows=rows())


def _free_name(columns: tuple[str, ...]) -> str:
    """A name for the extra column that the table does not use yet (it may be such a file itself)."""
    name = _("拒绝原因")
    number = 2
    while name in columns:
        name = f"{_('拒绝原因')} {number}"
        number += 1
    return name
