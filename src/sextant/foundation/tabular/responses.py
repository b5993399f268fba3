"""Tables as answers of a page: rows leave as they are read, whatever their number."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import FileResponse, StreamingHttpResponse

from sextant.foundation.tabular.writing import write_table


class _Line:
    """What csv.writer writes into: gives every line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def send_csv(columns: Sequence[object], rows: Iterable[Sequence[object]], name: str) -> StreamingHttpResponse:
    """The rows as CSV, line by line."""
    answer = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def send_workbook(columns: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> FileResponse:
    """The rows as a workbook. It has its index at the end: it is written whole, and the open file outlives its
    folder."""
    with TemporaryDirectory(prefix="sextant-export-") as folder:
        path = Path(folder) / name
        write_table(path, columns=columns, rows=rows)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _lines(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    # spreadsheets take a CSV for UTF-8 only when it begins with this mark
    yield "\ufeff" + writer.writerow(columns)
    for row in rows:
        yield writer.writerow(["" if cell is None else cell for cell in row])
