"""Typed environment. Every variable the product reads is named here, once; a bad one stops the start with its name,
what was found and an example."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECRET_KEY_CHARACTERS = 32


class BadEnvironment(Exception):
    """A variable holds something unusable. The message names it and shows a good value."""


def home() -> Path:
    """Where data lives: `SEXTANT_HOME`, else `var/` of a checkout, else the user's data directory."""
    if given := os.environ.get("SEXTANT_HOME"):
        return Path(given).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").is_file() and (checkout / "sextant").is_file():
        return checkout / "var"
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser().resolve() / "sextant"


def postgres_binaries() -> Path | None:
    """The folder of the PostgreSQL programs the embedded server is to run, when the operator chose one
    (`SEXTANT_POSTGRES_BIN=/usr/lib/postgresql/17/bin`); None to look for them."""
    given = os.environ.get("SEXTANT_POSTGRES_BIN")
    return Path(given).expanduser() if given else None


def _flag(name: str, default: bool) -> bool:
    raw = os.environ.get(name, "").strip().lower()
    if raw == "":
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise BadEnvironment(f"{name}={raw!r}: use 1 or 0")


def _seconds(name: str, default: float) -> float:
    raw = os.environ.get(name, "").strip()
    try:
        seconds = float(raw) if raw else default
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise BadEnvironment(f"{name}={raw!r}: use a number of seconds, e.g. {default:g}")
    return seconds


def _zone() -> ZoneInfo:
    name = os.environ.get("SEXTANT_ZONE", "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadEnvironment(f"SEXTANT_ZONE={name!r}: unknown time zone, use e.g. Asia/Shanghai") from error


def _hosts(name: str) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, os.environ.get(name, "").lower().split(","))))


def _address() -> str:
    """Where people open the product, without a slash at the end; "" when the operator has not said."""
    given = os.environ.get("SEXTANT_ADDRESS", "").strip().rstrip("/")
    if given and not re.fullmatch(r"https?://[^\s/?#]+", given):
        raise BadEnvironment(
            f"SEXTANT_ADDRESS={given!r}: use the address people open, e.g. https://sextant.example.com"
        )
    return given


def _engine() -> str | None:
    """The master of the Spark cluster that evaluates, as Spark names it; None for DuckDB in the process itself."""
    given = os.environ.get("SEXTANT_ENGINE", "").strip()
    if given in {"", "duckdb"}:
        return None
    if here := re.fullmatch(r"spark://(local\[(\*|[1-9]\d*)\])", given):
        return here[1]
    if re.fullmatch(r"spark://[^\s/:,]+:\d+(,[^\s/:,]+:\d+)*", given):
        return given
    raise BadEnvironment(f"SEXTANT_ENGINE={given!r}: use duckdb, spark://host:7077 or spark://local[2]")


def _secret_keys() -> tuple[str, ...]:
    """Keys that seal secrets at rest, newest first. A bad one is named by its place: a key is never printed."""
    keys = tuple(key.strip() for key in os.environ.get("SEXTANT_SECRET_KEYS", "").split(",") if key.strip())
    for place, key in enumerate(keys, start=1):
        if len(key) < SECRET_KEY_CHARACTERS:
            raise BadEnvironment(
                f"SEXTANT_SECRET_KEYS: key {place} is shorter than {SECRET_KEY_CHARACTERS} characters, "
                "make one with `openssl rand -base64 48`"
            )
    return keys


@dataclass(frozen=True, slots=True)
class Env:
    """What the environment said. `database_url` is None when the embedded server is to be used. A worker without a
    heartbeat for `worker_silence_seconds` counts as dead, and its jobs run again. `connector_hosts` are the hosts that
    connectors may read although they lie on this machine or in a private network, `connector_files` the folder whose
    files they may read. `outbound_hosts` are the same for notices and webhooks that are sent; `address` is where people
    open the product, for the links in them. `engine` is the master of the Spark cluster that evaluates, None without
    one."""

    home: Path
    database_url: str | None
    zone: ZoneInfo
    debug: bool
    allowed_hosts: tuple[str, ...]
    behind_https: bool
    worker_silence_seconds: float
    secret_keys: tuple[str, ...]
    connector_hosts: frozenset[str]
    connector_files: Path
    outbound_hosts: frozenset[str]
    address: str
    engine: str | None


def read() -> Env:
    """The environment as one value; raises BadEnvironment with the remedy."""
    hosts = os.environ.get("SEXTANT_HOSTS", "localhost,127.0.0.1,[::1],testserver")
    return Env(
        home=home(),
        database_url=os.environ.get("DATABASE_URL") or None,
        zone=_zone(),
        debug=_flag("SEXTANT_DEBUG", default=False),
        allowed_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        behind_https=_flag("SEXTANT_HTTPS", default=False),
        worker_silence_seconds=_seconds("SEXTANT_WORKER_SILENCE", default=30),
        secret_keys=_secret_keys(),
        connector_hosts=_hosts("SEXTANT_CONNECTOR_HOSTS"),
        connector_files=Path(os.environ.get("SEXTANT_CONNECTOR_FILES") or home() / "connectors").expanduser(),
        outbound_hosts=_hosts("SEXTANT_OUTBOUND_HOSTS"),
        address=_address(),
        engine=_engine(),
    )
