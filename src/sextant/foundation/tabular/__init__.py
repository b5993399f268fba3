"""Reading tables that people hand in: CSV, TSV, Excel, Parquet, JSONL; numbers and dates as people write them.

Import from this package, not from its modules; sentences for the problem codes are in `tabular.messages`.
"""

from sextant.foundation.tabular.cells import read_date, read_number
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.plain import plain_cell
from sextant.foundation.tabular.reading import read_table
from sextant.foundation.tabular.rows import TableRow, TableUnreadable
from sextant.foundation.tabular.table import Table, TableKind
from sextant.foundation.tabular.writing import write_table

__all__ = [
    "Code",
    "Table",
    "TableKind",
    "TableRow",
    "TableUnreadable",
    "plain_cell",
    "read_date",
    "read_number",
    "read_table",
    "write_table",
]
