"""From one page to the next: each way of paging, and how it is seen that a source goes in circles."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import jmespath
from jmespath.exceptions import JMESPathError

from sextant.metrics.connectors.contracts import Row, SourceFailed
from sextant.metrics.connectors.document import CursorPages, LinkPages, OffsetPages, PagePages, RestSource
from sextant.metrics.connectors.login import LoggedIn
from sextant.metrics.connectors.web import Answer, refuse_other_host

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page is: an address and the parameters that go with it."""

    url: str
    params: Mapping[str, str]


def read_pages(source: RestSource, reader: LoggedIn, *, params: Mapping[str, str]) -> Iterator[list[Row]]:
    """The pages of a source, each as its list of rows, until it has no more.

    Raises SourceFailed: a page that came before, more pages than allowed, an answer of another shape, fewer or more
    rows in all than the source itself says there are.
    """
    seen: set[bytes] = set()
    rows_path = jmespath.compile(source.rows)
    place: _Place | None = _first_place(source, params)
    count, number, answer = 0, 0, None
    while place is not None:
        number += 1
        if number > source.limits.pages:
            raise SourceFailed("too_many_pages", pages=source.limits.pages)
        expected = {_NOT_FOUND} if number > 1 and _ends_with_404(source) else set()
        answer = reader.ask(place.url, params=place.params, expected=expected)
        rows = [] if answer.document is None else _rows_of(answer.document, rows_path, source.rows)
        if rows:
            _refuse_seen(rows, seen, number)
            yield rows
        count += len(rows)
        _refuse_other_total(source, answer, count=count, is_last=False)
        place = _next_place(source, answer, place, rows=len(rows), count=count, number=number)
    if answer is not None:
        _refuse_other_total(source, answer, count=count, is_last=True)


def _first_place(source: RestSource, params: Mapping[str, str]) -> _Place:
    return _Place(source.url, {**params, **_numbered(source, number=1, count=0)})


def _numbered(source: RestSource, *, number: int, count: int) -> dict[str, str]:
    """Parameters that name page `number`, of which `count` rows lie before."""
    match source.pages:
        case PagePages() as pages:
            found = {pages.param: str(pages.first + number - 1)}
        case OffsetPages() as pages:
            found = {pages.param: str(count)}
        case _:
            return {}
    if pages.size is not None and pages.size_param is not None:
        found[pages.size_param] = str(pages.size)
    return found


def _next_place(
    source: RestSource, answer: Answer, place: _Place, *, rows: int, count: int, number: int
) -> _Place | None:
    """The page after this one; None after the last. A short page is not the last: sources cut pages to their liking."""
    match source.pages:
        case PagePages() | OffsetPages():
            if rows == 0 or _total_of(source, answer) == count:
                return None
            return _Place(place.url, {**place.params, **_numbered(source, number=number + 1, count=count)})
        case CursorPages() as pages:
            following = _search(answer.document, pages.next)
            if following in (None, "", False):
                return None
            if pages.param is not None:
                return _Place(place.url, {**place.params, pages.param: str(following)})
            return _linked(source, answer, str(following))
        case LinkPages():
            return _linked(source, answer, answer.links["next"]) if "next" in answer.links else None
    return None


def _linked(source: RestSource, answer: Answer, address: str) -> _Place:
    """A page the source gave the address of; on its own host, because the credentials go there."""
    target = urljoin(answer.url, address)
    refuse_other_host(source.url, target)
    return _Place(target, {})


def _rows_of(document: object, path: Any, written: str) -> list[Row]:
    try:
        rows = path.search(document)
    except JMESPathError as error:
        raise SourceFailed("rows_not_found", path=written, found=str(error)[:200]) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceFailed("rows_not_found", path=written, found=_shape_of(document))
    return rows


def _shape_of(document: object) -> str:
    """The outermost shape of an answer, for the message: its keys, or its kind."""
    if isinstance(document, dict):
        return ", ".join(str(key) for key in list(document)[:12]) or "{}"
    return type(document).__name__


def _refuse_seen(rows: list[Row], seen: set[bytes], number: int) -> None:
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest in seen:
        raise SourceFailed("page_twice", page=number)
    seen.add(digest)


def _total_of(source: RestSource, answer: Answer) -> int | None:
    path = source.pages.total if source.pages is not None else None
    found = _search(answer.document, path) if path and answer.document is not None else None
    return int(found) if isinstance(found, int | str) and str(found).isdecimal() else None


def _refuse_other_total(source: RestSource, answer: Answer, *, count: int, is_last: bool) -> None:
    """Rows that went missing between two pages are seen only by counting."""
    total = _total_of(source, answer)
    if total is not None and (count > total or (is_last and count < total)):
        raise SourceFailed("total_differs", total=total, rows=count)


def _search(document: object, path: str) -> Any:
    try:
        return jmespath.search(path, document)
    except JMESPathError:
        return None


def _ends_with_404(source: RestSource) -> bool:
    return isinstance(source.pages, PagePages) and source.pages.past_end == "not_found"
