"""A web server of the standard library that answers as a test tells it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """A request as it arrived."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


@dataclass
class Reply:
    """What to answer: anything JSON can hold, or bytes as they are. `hang` answers nothing until the stub ends."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False


Answering = Callable[[Asked], Reply]


@dataclass
class Stub:
    """The running server: its address, and what it was asked."""

    url: str
    asked: list[Asked]
    over: threading.Event


@contextmanager
def serving(answer: Answering) -> Iterator[Stub]:
    """A server on a free port of this machine, for the length of the block."""
    asked: list[Asked] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            self._answer(dict(parse_qsl(self.rfile.read(length).decode())))

        def _answer(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Asked(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, form)
            asked.append(request)
            reply = answer(request)
            if reply.hang:
                over.wait(30)
                self.close_connection = True
                return
            raw = isinstance(reply.body, bytes)
            body = reply.body if raw else json.dumps(reply.body, ensure_ascii=False).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Stub(f"http://127.0.0.1:{server.server_port}", asked, over)
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
