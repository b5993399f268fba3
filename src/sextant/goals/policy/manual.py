"""May somebody set a goal's light by hand?"""

from datetime import date

from sextant.engines.values import Light, Problem

REASON_LENGTH = 500
MOST_DAYS = 92


def decide_manual_light(*, light: Light, reason: str, from_on: date, until_on: date) -> tuple[Problem, ...]:
    """What forbids this light; () = nothing. Codes: goals.light_needs_colour, goals.light_needs_reason,
    goals.light_reason_long, goals.light_days (an end after the start, a quarter later at most).

    >>> day = date(2026, 1, 5)
    >>> decide_manual_light(light=Light.RED, reason=" ", from_on=day, until_on=date(2026, 2, 1))[0].code
    'goals.light_needs_reason'
    """
    problems = []
    if light is Light.NONE:
        problems.append(Problem("goals.light_needs_colour", {"field": "light", "value": ""}))
    if not reason.strip():
        problems.append(Problem("goals.light_needs_reason", {"field": "reason", "value": ""}))
    elif len(reason) > REASON_LENGTH:
        problems.append(Problem("goals.light_reason_long", {"field": "reason", "value": "", "most": REASON_LENGTH}))
    if not 0 < (until_on - from_on).days <= MOST_DAYS:
        problems.append(Problem("goals.light_days", {"field": "until_on", "value": until_on, "most": MOST_DAYS}))
    return tuple(problems)
