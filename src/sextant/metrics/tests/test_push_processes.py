"""A call killed between the commits: the whole batch counts or none of it, and sending it again completes it once."""

import os
import signal
import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from sextant.foundation.api.models import ApiCall
from sextant.foundation.api.tests.makers import NOON, make_client
from sextant.metrics.models import Batch
from sextant.metrics.tests.makers import make_metric
from sextant.metrics.tests.test_push import body, in_ledger, push, row
from sextant.people.tests.makers import make_person

CHILD = """
import os, signal, sys, django
django.setup()
from sextant.foundation.api.contracts import NewSecret
from sextant.metrics.ledger import store as ledger
from sextant.metrics.tests.test_push import body, push, row

write = ledger.append

def die(*args, **kwargs):
    if sys.argv[1] == "after ledger":
        write(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

ledger.append = die
push(NewSecret(0, sys.argv[2], sys.argv[3]), body(row(), row(value=2)))
"""


@pytest.mark.parametrize("moment", ["before ledger", "after ledger"])
def test_a_killed_call_leaves_all_or_nothing_and_a_line_in_the_log(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOON.isoformat())
    make_person(number="XC1005")
    make_metric(code="sales.collections")
    client = make_client()
    known = connection.settings_dict
    url = make_conninfo(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"] or None, dbname=known["NAME"]
    )
    child = subprocess.run(
        [sys.executable, "-c", CHILD, moment, client.key, client.secret],
        # a home of its own has a key of its own: this process has to read what was sealed here
        env={
            **os.environ,
            "DATABASE_URL": url,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "SEXTANT_SECRET_KEY": settings.SECRET_KEY,
        },
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    whole = [Decimal(2), Decimal("12.5")]
    assert [value for _, value, _ in in_ledger()] == (whole if moment == "after ledger" else [])
    assert ApiCall.objects.get().status is None

    status, answer = push(client, body(row(), row(value=2)))
    assert (status, answer["accepted"], answer["already_known"]) == (200, 2, False)
    assert [value for _, value, _ in in_ledger()] == whole
    assert Batch.objects.get().state == "done"
