"""Sources that answer JSON over HTTP."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from sextant.metrics.connectors.contracts import Meter, Request, Row, SecretReader, SourceFailed
from sextant.metrics.connectors.document import PLACEHOLDER, RestSource
from sextant.metrics.connectors.login import LoggedIn
from sextant.metrics.connectors.paging import read_pages
from sextant.metrics.connectors.web import Clock, WebReader


class RestDriver:
    """Reads a `RestSource`, page after page."""

    def __init__(
        self,
        source: RestSource,
        *,
        secrets: SecretReader,
        allowed_hosts: Collection[str] = (),
        clock: Clock | None = None,
    ) -> None:
        self._source = source
        self._secrets = secrets
        self._allowed_hosts = allowed_hosts
        self._clock = clock

    def rows(self, request: Request, *, meter: Meter, first: int | None = None) -> Iterator[Row]:
        """See RowDriver."""
        limits = self._source.limits
        with WebReader(limits, meter=meter, allowed_hosts=self._allowed_hosts, clock=self._clock) as reader:
            logged_in = LoggedIn(self._source, reader, secrets=self._secrets)
            params = fill_in(self._source.params, request)
            for page in read_pages(self._source, logged_in, params=params):
                for row in page:
                    if meter.rows >= limits.rows:
                        raise SourceFailed("too_many_rows", rows=limits.rows)
                    meter.rows += 1
                    yield row
                if first is not None and meter.rows >= first:
                    return


def fill_in(params: Mapping[str, str], request: Request) -> dict[str, str]:
    """Parameters with their days and cursor; one whose cursor has no value yet is left out.

    >>> from sextant.metrics.connectors.contracts import Window
    >>> window = Window(date(2026, 1, 5), date(2026, 2, 1))
    >>> fill_in({"q": "day:{from:%Y%m%d}..{until}", "after": "{since}"}, Request(window))
    {'q': 'day:20260105..2026-02-01'}
    """
    values: dict[str, date | str | None] = {
        "from": request.window.from_on,
        "until": request.window.until_on,
        "since": request.since,
    }
    filled = {}
    for name, text in params.items():
        wanted = [found[1] for found in PLACEHOLDER.finditer(text)]
        if any(values[one] is None for one in wanted):
            continue
        filled[name] = PLACEHOLDER.sub(lambda found: _written(values[found[1]], found[2]), text)
    return filled


def _written(value: date | str | None, form: str | None) -> str:
    if isinstance(value, date):
        return value.strftime(form) if form else value.isoformat()
    if form and value:
        return datetime.fromisoformat(value).strftime(form)
    return str(value)
