"""Parameters of a reason or step as the words that stand in its sentence: amounts with unit, shares in per cent."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from sextant.engines.values import Light, round_half_up
from sextant.ui.formats import DASH, write_number, write_percent
from sextant.ui.marks import word_of

Words = Mapping[str, str]

_AMOUNTS = frozenset(
    {
        "value",
        "expected",
        "base",
        "stretch",
        "start",
        "low",
        "high",
        "tolerance",
        "line",
        "limit",
        "late_expected",
        "numerator",
        "denominator",
    }
)
_SHARES = frozenset(
    {
        "completion",
        "threshold",
        "share",
        "over",
        "progress",
        "elapsed",
        "late_elapsed",
        "cap",
        "base_part",
        "stretch_part",
        "base_weight",
        "stretch_weight",
        "held_completion",
        "quantile",
        "red_bar",
        "yellow_bar",
        "red_share",
        "yellow_share",
    }
)
_MOST_PLACES = 4


def words_of(params: Mapping[str, object]) -> Words:
    """Every parameter as text. Amounts get the metric's precision and unit, shares become per cent, lights words;
    what is missing is a dash.

    A completion that rounding would lift to its threshold keeps more places: "69.97%，低于 70%".
    """
    words: dict[str, str] = defaultdict(lambda: DASH)
    write_amount = _amount_writer(params)
    is_score = "base_part" in params
    is_share = "unit" not in params or "completion" in params
    for name, value in params.items():
        if value is None or value == "":
            continue
        if name == "result":
            words[name] = _write_result(value, params, write_amount, is_score=is_score)
        elif name in _SHARES or (name == "expected" and "progress" in params):
            words[name] = write_share(_decimal(value))
        elif name in _AMOUNTS:
            words[name] = write_amount(_decimal(value))
        elif name == "held_light":
            words[name] = word_of(value)
        else:
            words[name] = value.isoformat() if isinstance(value, date) else str(value)
    if "share" in params:
        words["over"] = write_share(2 - _decimal(params["share"]))
    if "completion" in words and "threshold" in words and is_share:
        words["completion"] = apart(_decimal(params["completion"]), _decimal(params["threshold"]))
    return words


def write_share(share: Decimal) -> str:
    """A share in per cent with one place, dropped when zero.

    >>> write_share(Decimal("0.653846")), write_share(Decimal("0.70"))
    ('65.4%', '70%')
    """
    text = write_percent(share, 1)
    return text.replace(".0%", "%")


def apart(share: Decimal, threshold: Decimal) -> str:
    """`share` in per cent with as many places as it takes to look different from a threshold it does not reach.

    >>> apart(Decimal("0.6997"), Decimal("0.70")), apart(Decimal("0.65"), Decimal("0.70"))
    ('69.97%', '65%')
    """
    if share == threshold:
        return write_share(share)
    places = 1
    while places < _MOST_PLACES and round_half_up(share * 100, places) == round_half_up(threshold * 100, places):
        places += 1
    return write_share(share) if places == 1 else write_percent(share, places)


def _amount_writer(params: Mapping[str, object]) -> Callable[[Decimal], str]:
    decimals, unit = int(str(params.get("decimals") or 0)), str(params.get("unit") or "")

    def write(amount: Decimal) -> str:
        text = write_number(amount, decimals)
        if not unit:
            return text
        return f"{text}{unit}" if unit.startswith("%") else f"{text} {unit}"

    return write


def _write_result(
    value: object, params: Mapping[str, object], write_amount: Callable[[Decimal], str], *, is_score: bool
) -> str:
    if isinstance(value, Light):
        return word_of(value)
    if not isinstance(value, Decimal):
        return str(value)
    if is_score:
        return write_number(value, 1)
    is_amount = "aggregation" in params or ("case" in params and "value" not in params)
    return write_amount(value) if is_amount else write_share(value)


def _decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
