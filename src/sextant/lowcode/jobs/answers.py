"""Jobs of answers laid out for lists."""

from procrastinate.contrib.django import app

from sextant.foundation.clock import now
from sextant.lowcode.actions.answer_lists import ARRANGE_JOB, arrange_all, arrange_answers
from sextant.lowcode.jobs.flows import RETRY


@app.task(name=ARRANGE_JOB, retry=RETRY)
def arrange_answers_of(definition_id: int) -> None:
    """After a form, or a set of custom fields, was published or taken out of use."""
    arrange_answers(definition_id, now=now())


@app.periodic(cron="50 2 * * *")
@app.task(name="sextant.lowcode.arrange_all_answers", queueing_lock="sextant.lowcode.arrange_all_answers", retry=RETRY)
def arrange_all_answers(timestamp: int = 0, **unknown: object) -> None:
    """Every night: what a version that holds from today wants, and what an interrupted job left."""
    arrange_all(now=now())
