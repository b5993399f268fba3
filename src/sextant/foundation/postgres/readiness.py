"""Whether a server answers, and whether it is one the product can use."""

import time
from collections.abc import Callable

import psycopg
from psycopg import sql

from sextant.foundation.postgres.contracts import OLDEST_MAJOR, PostgresTrouble
from sextant.foundation.postgres.place import DATABASE, Place

PAUSE_SECONDS = 0.02


def wait_until_answering(place: Place, *, while_true: Callable[[], bool], database: str = "postgres") -> bool:
    """Wait for the server to take connections to `database`; False as soon as `while_true` no longer holds.

    No time limit of its own: replaying a long log after a crash takes what it takes.
    """
    while while_true():
        try:
            psycopg.connect(place.url(database), connect_timeout=5).close()
            return True
        except psycopg.OperationalError:
            time.sleep(PAUSE_SECONDS)
    return False


def prepare_database(place: Place) -> None:
    """Create the product's database if it is not there, and check that it can be used."""
    with psycopg.connect(place.url("postgres"), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    check_database(place.url())


def check_database(url: str) -> None:
    """Refuse a server that is too old, not UTF-8, or whose trigram search does not see Chinese.

    With LC_CTYPE=C, `show_trgm('目标')` is empty and every search for Chinese text silently finds nothing.
    Raises postgres.too_old, postgres.not_utf8, postgres.no_extension, postgres.blind_to_chinese.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.info.server_version < OLDEST_MAJOR * 10_000:
            found = str(connection.info.server_version // 10_000)
            raise PostgresTrouble("postgres.too_old", found=found, oldest=str(OLDEST_MAJOR))
        encoding = connection.execute("show server_encoding").fetchone()
        if encoding != ("UTF8",):
            raise PostgresTrouble("postgres.not_utf8", found=str(encoding and encoding[0]))
        try:
            connection.execute("create extension if not exists pg_trgm")
        except psycopg.Error as error:
            raise PostgresTrouble("postgres.no_extension", name="pg_trgm") from error
        if connection.execute("select show_trgm('目标') <> '{}'").fetchone() != (True,):
            raise PostgresTrouble("postgres.blind_to_chinese")
