"""Small servers on this machine that stand for somebody else's: they keep what they were asked, and answer as told."""

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stub:
    """A server that runs. `gate` holds answers back while it is not set: a receiver that hangs."""

    url: str
    port: int
    asked: list[Asked] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)


Answering = Callable[[Asked], tuple[int, bytes]]


@contextmanager
def web_stub(answer: Answering, *, hangs: bool = False) -> Iterator[Stub]:
    """A web server. With `hangs` it answers nobody before the end."""
    stub = Stub("", 0)
    if not hangs:
        stub.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            stub.asked.append(asked)
            stub.gate.wait()
            status, text = answer(asked)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            except OSError:
                return  # the caller has gone away, as it should

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.port = server.server_address[1]
    stub.url = f"http://127.0.0.1:{stub.port}"
    with _running(server):
        yield stub
        stub.gate.set()


@dataclass
class Mailbox:
    """A mail server that runs: what it was sent, and which addresses it refuses for good. While `gate` is not set it
    takes mails without ever saying so."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    connections: int = 0
    gate: threading.Event = field(default_factory=threading.Event)


@contextmanager
def mail_stub() -> Iterator[Mailbox]:
    """A mail server that speaks as much SMTP as a client needs."""
    box = Mailbox()
    box.gate.set()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            box.connections += 1
            self._say("220 stub")
            with contextlib.suppress(OSError):  # a client that was killed
                self._talk()

        def _talk(self) -> None:
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "DATA":
                    self._say("354 go on")
                    box.mails.append(self._mail())
                    box.gate.wait()
                    self._say("250 taken")
                elif verb == "RCPT" and any(address in line for address in box.refused):
                    self._say("550 no such mailbox")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def _mail(self) -> bytes:
            lines = []
            while (line := self.rfile.readline().rstrip(b"\r\n")) != b".":
                lines.append(line)
            return b"\n".join(lines)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), Handler)
    box.port = server.server_address[1]
    with _running(server):
        yield box
        box.gate.set()


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
