"""Commands that run the product: serve, demo, dev, worker."""

import contextlib
import http.client
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from sextant.conf import env as environment
from sextant.conf.cli.base import CommandFailed, Terminal, is_embedded, use_embedded_server
from sextant.conf.cli.django_ready import set_up_django
from sextant.conf.cli.supervision import Child, Supervisor, python_module
from sextant.foundation.postgres.cluster import Cluster

LOOPBACK = "127.0.0.1"
THREADS_PER_PROCESS = "4"
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def add_to(root: typer.Typer) -> None:
    """Add the commands of this module to the root."""
    from sextant.demo import cli as demo_cli

    for command in (serve, dev, worker):
        root.command()(command)
    group = typer.Typer(help="Show the product with a made-up company, or replay a case beside it.")
    group.callback(invoke_without_command=True)(demo)
    demo_cli.register(group)
    root.add_typer(group, name="demo")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes, of four threads each.")] = 2,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Jobs run at the same time.")] = 4,
) -> None:
    """Run everything: PostgreSQL (unless DATABASE_URL is set), migrations, web and worker, until Ctrl-C or SIGTERM."""
    with _database(host, port) as cluster:
        children = [_web(host, port, workers), _jobs(jobs)]
        _run(children, cluster, host=host, port=port, announce=lambda: _say(_address(host, port)))


def demo(ctx: typer.Context, port: Port = 8000) -> None:
    """Show the product with a made-up company, on this machine only. Prints the log-ins; Ctrl-C ends it."""
    if ctx.invoked_subcommand is None:
        _show(port)
    else:
        set_up_django()


def _show(port: int) -> None:
    with _database(LOOPBACK, port) as cluster:
        from django.db import connections

        from sextant.demo.generate import ensure_demo_company
        from sextant.demo.moment import set_clock_back

        _refuse_real_company()
        set_clock_back()
        logins = ensure_demo_company(now=Terminal().now(), progress=_say)
        connections.close_all()

        def announce() -> None:
            _say(_address(LOOPBACK, port))
            for login in logins:
                _say(f"  {login.username:<12} {login.password:<24} {login.role}  {login.name}  {login.what_to_see}")

        _run([_web(LOOPBACK, port, 1), _jobs(2)], cluster, host=LOOPBACK, port=port, announce=announce)


def dev(port: Port = 8000) -> None:
    """Run for development: code and templates reload, assets are rebuilt when they change (with Node), errors show."""
    os.environ["SEXTANT_DEBUG"] = "1"
    with _database(LOOPBACK, port) as cluster:
        web = python_module("django", "runserver", f"{LOOPBACK}:{port}", "--settings", "sextant.conf.settings")
        children = [Child("web", web), _jobs(2), *_assets()]
        _run(children, cluster, host=LOOPBACK, port=port, announce=lambda: _say(_address(LOOPBACK, port)))


def worker(
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Jobs run at the same time.")] = 4,
) -> None:
    """Run jobs only. For more machines: give them the DATABASE_URL of the first."""
    set_up_django()
    from django.conf import settings

    from sextant.foundation.jobs.worker import run_worker

    run_worker(concurrency=jobs, silence_seconds=settings.SEXTANT_WORKER_SILENCE)


@contextlib.contextmanager
def _database(host: str, port: int) -> Iterator[Cluster | None]:
    """The database, up and migrated; yields the embedded server to be watched, or None for the operator's own."""
    _refuse_taken_port(host, port)
    use_embedded_server()
    with contextlib.ExitStack() as stack:
        cluster = None
        if is_embedded():
            from sextant.foundation.postgres.binaries import find_binaries
            from sextant.foundation.postgres.sharing import own_server

            binaries = find_binaries(environment.postgres_binaries())
            cluster = stack.enter_context(own_server(environment.home(), binaries=binaries))
        else:
            from sextant.foundation.postgres.readiness import check_database

            check_database(os.environ["DATABASE_URL"])
        set_up_django()
        from django.db import connections

        from sextant.foundation.postgres.schema import apply_migrations

        apply_migrations()
        connections.close_all()
        yield cluster


def _refuse_real_company() -> None:
    """Keep the made-up company out of a home where somebody works. Its own files tell a demo that was interrupted."""
    from django.utils.translation import gettext as _

    from sextant.foundation.accounts.models import User
    from sextant.people.models import Person

    begun_here = (environment.home() / "demo").is_dir()
    if not begun_here and (User.objects.exists() or Person.objects.exists()):
        message = _("%(home)s 里已有数据：请用另一个 SEXTANT_HOME 运行 demo") % {"home": environment.home()}
        raise CommandFailed(message)


def _run(children: list[Child], cluster: Cluster | None, *, host: str, port: int, announce: Callable[[], None]) -> None:
    supervisor = Supervisor(children, cluster=cluster)
    supervisor.run(is_ready=lambda: _answers(host, port), on_ready=announce)


def _web(host: str, port: int, workers: int) -> Child:
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": THREADS_PER_PROCESS,
        "--workers-kill-timeout": "10",
        "--respawn-interval": "0.5",
        "--log-level": "warning",
    }
    words = [word for pair in options.items() for word in pair]
    command = python_module("granian", *words, "--no-ws", "--respawn-failed-workers", "sextant.conf.wsgi:application")
    return Child("web", command)


def _jobs(concurrency: int) -> Child:
    return Child("worker", python_module("sextant.conf.cli", "worker", "--jobs", str(concurrency)))


def _assets() -> list[Child]:
    folder = Path(__file__).resolve().parents[4] / "frontend"
    node = shutil.which("node")
    if node is None or not (folder / "node_modules").is_dir():
        _say("assets are not watched: Node or frontend/node_modules is missing")
        return []
    return [Child("assets", [node, "build.mjs", "--watch"], folder=str(folder))]


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            set_up_django()
            from django.utils.translation import gettext as _

            values = {"address": f"{host}:{port}", "reason": error.strerror}
            raise CommandFailed(_("无法监听 %(address)s（%(reason)s）：请用 --port 换一个端口") % values) from error


def _answers(host: str, port: int) -> bool:
    """Whether /healthz says that the product is ready."""
    asked = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(asked, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _address(host: str, port: int) -> str:
    return f"六分仪 Sextant  http://{host}:{port}/"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
