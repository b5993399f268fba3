"""Jobs of red lights' conversations: what time does to them."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now
from sextant.tracking.actions.case_pressing import press_late_cases as press

RETRY = RetryStrategy(max_attempts=3, wait=30)


@app.periodic(cron="35 * * * *")
@app.task(name="sextant.tracking.press_late_cases", queueing_lock="sextant.tracking.press_late_cases", retry=RETRY)
def press_late_cases(timestamp: int = 0, **unknown: object) -> None:
    """Every hour, so that no zone waits for another's midnight: cases whose day is over go up."""
    press(actor=Actor.system("red light"), now=now())
