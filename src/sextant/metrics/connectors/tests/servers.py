"""Real database servers for the length of a test: on this machine, with a password and a certificate."""

import os
import shutil
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.platform.processes import wait_until

PASSWORD = "reader-密码-1"
_STARTS_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens, and the file of the authority that vouches for it (itself)."""

    host: str
    port: int
    authority: Path


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    paths = folder / "server.crt", folder / "server.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    named = ["-subj", "/CN=source", "-addext", "subjectAltName=IP:127.0.0.1"]
    written = ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run([*command, *named, *written], check=True, capture_output=True)
    return paths


def mariadb_programs() -> tuple[str, str]:
    """The server and the program that makes its folder; skips the test where something is missing, and says what."""
    found = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin"), shutil.which("mariadb-install-db")
    if found[0] is None or found[1] is None:
        pytest.skip("no MariaDB server here: apt-get install mariadb-server")
    if find_spec("pymysql") is None:
        pytest.skip('no driver for MariaDB here: pip install "sextant[mysql]"')
    return found[0], found[1]


@contextmanager
def mariadb(folder: Path) -> Iterator[Server]:
    """A MariaDB with the database `shop` (written to here, read by `reader`) that asks for TLS."""
    import pymysql

    server, installer = mariadb_programs()
    data, port = folder / "data", free_port()
    crt, key = certificate(folder)
    subprocess.run(
        [installer, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--user=root"],
        check=True,
        capture_output=True,
    )
    command = [
        *(server, "--no-defaults", "--user=root", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1"),
        *(f"--socket={folder}/s", f"--pid-file={folder}/pid", f"--ssl-cert={crt}", f"--ssl-key={key}"),
        *("--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--skip-name-resolve"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(folder / "s", process)
        with pymysql.connect(unix_socket=str(folder / "s"), user="root") as root, root.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
            cursor.execute("CREATE TABLE shop.sales (id INT, who VARCHAR(20), day DATE, amount DECIMAL(12,2))")
            rows = [(n, f"沈{n % 3}", f"2026-01-{1 + n % 28:02}", n * 1.25) for n in range(1, 5001)]
            cursor.executemany("INSERT INTO shop.sales VALUES (%s, %s, %s, %s)", rows)
            cursor.execute("CREATE USER reader@'%%' IDENTIFIED BY %s REQUIRE SSL", [PASSWORD])
            # more than an account for reading should have: what is left must be refused by the transaction
            cursor.execute("GRANT ALL ON shop.* TO reader@'%'")
            root.commit()
        yield Server("127.0.0.1", port, crt)
    finally:
        process.terminate()
        process.wait(timeout=_STARTS_WITHIN)


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL that listens on TCP and lets `reader` in with a password. Our own programs cannot encrypt: that is
    done by a door in front of it (`_Door`), so what is tried is our side of it."""
    from sextant.foundation.postgres.binaries import find_binaries
    from sextant.foundation.postgres.cluster import Cluster
    from sextant.foundation.postgres.place import settle

    # an address of this machine that is ours alone, so that the usual port is free
    host = f"127.66.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"
    with TemporaryDirectory(prefix="sextant-source-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        place = settle(Path(folder))
        rules = Path(folder) / "hba"
        rules.write_text("local all all trust\nhost all reader 127.0.0.0/8 scram-sha-256\n", encoding="ascii")
        settings = {"fsync": "off", "listen_addresses": host, "hba_file": str(rules)}
        cluster = Cluster(place, find_binaries(), settings=settings)
        cluster.start()
        try:
            with psycopg.connect(place.url(), autocommit=True) as owner:
                owner.execute("CREATE TABLE sales AS SELECT n AS id, n * 1.25 AS amount FROM generate_series(1,5000) n")
                owner.execute(psycopg.sql.SQL("CREATE ROLE reader LOGIN PASSWORD {}").format(PASSWORD))
                owner.execute("GRANT ALL ON sales TO reader")
            crt, key = certificate(Path(folder))
            with _door((crt, key), to=(host, 5432)) as port:
                yield Server("127.0.0.1", port, crt)
        finally:
            cluster.kill()


_TLS_PLEASE = struct.pack("!ii", 8, 80877103)
"""How a client of PostgreSQL asks for encryption; the server answers S and both go on in TLS."""


@contextmanager
def _door(paths: tuple[Path, Path], *, to: tuple[str, int]) -> Iterator[int]:
    """A port that speaks TLS as PostgreSQL does, and hands everything on; who does not ask for it is shown out."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*paths)

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if self.request.recv(8) != _TLS_PLEASE:
                return
            self.request.sendall(b"S")
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection(to) as server,
            ):
                back = threading.Thread(target=_carry, args=(server, client), daemon=True)
                back.start()
                _carry(client, server)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door) as listening:
        listening.daemon_threads = True
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield listening.server_address[1]
        listening.shutdown()


def _carry(origin: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := origin.recv(65_536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the server has made its socket: it says so nowhere else."""
    wait_until(lambda: path.exists() or process.poll() is not None, "the server's socket", seconds=_STARTS_WITHIN)
    assert path.exists(), "the server did not start"
