"""A process that dies between its commit and the notice, or while it sends: nothing is lost, and what may have gone out
twice can be told by its id. Real processes, real kills."""

import email
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from sextant.foundation.notices.actions.delivering import deliver, list_due_kinds
from sextant.foundation.notices.models import Channel, Delivery
from sextant.foundation.outbound.tests.stub import mail_stub
from sextant.people.tests.makers import make_person
from tests.platform.processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
_BEGIN = f"""
import os, django
django.setup()
from datetime import datetime
from django.db import transaction
now = datetime.fromisoformat("{NOON.isoformat()}")
"""
TELL_AND_DIE = """
from sextant.foundation.notices.actions import send_notice
with transaction.atomic():
    transaction.on_commit(lambda: os._exit(9))  # before the job could be queued
    said = {"owner": "周以宁", "cycle": "2026", "by": "徐景行"}
    send_notice("goals.plan_proposed", person_ids=[%d], params=said, path="/", key="1", now=now)
"""
DELIVER = """
from sextant.foundation.notices.actions.delivering import deliver
deliver("email", now=now)
"""


def _start(script: str) -> "subprocess.Popen[bytes]":
    database = connection.settings_dict
    changes = {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(database['HOST'], safe='')}",
        "DJANGO_SETTINGS_MODULE": "sextant.conf.settings",
        "SEXTANT_OUTBOUND_HOSTS": "127.0.0.1",
        "PYTHONPATH": str(ROOT / "src"),
    }
    return subprocess.Popen([sys.executable, "-c", _BEGIN + script], env={**os.environ, **changes})


@pytest.mark.slow
def test_a_notice_outlives_the_processes_that_should_have_sent_it(transactional_db: None, settings) -> None:
    settings.SEXTANT_OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    person = make_person(name="周以宁", email="a@example.com")
    with mail_stub() as box:
        said = {"host": "127.0.0.1", "port": str(box.port), "security": "none", "sender": "n@example.com"}
        Channel.objects.create(kind="email", settings=said, is_active=True, changed_at=NOON, changed_by="test")
        assert _start(TELL_AND_DIE % person.pk).wait() == 9
        assert list_due_kinds(now=NOON) == ["email"], "every minute somebody looks for what was left"
        box.gate.clear()
        sending = _start(DELIVER)
        wait_until(lambda: box.mails, "the server has the mail")
        sending.send_signal(signal.SIGKILL)
        sending.wait()
        box.gate.set()
        assert Delivery.objects.get().state == "sending"
        later = NOON + timedelta(minutes=6)
        assert list_due_kinds(now=later) == ["email"]
        deliver("email", now=later)
    sent = [email.message_from_bytes(one, policy=default)["Message-ID"] for one in box.mails]
    assert len(sent) == 2 and len(set(sent)) == 1, "the one that died had sent it: mail programs show it once"
    assert list(Delivery.objects.values_list("state", "attempts")) == [("sent", 2)]
