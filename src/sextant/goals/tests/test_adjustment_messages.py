"""Every code of adjustments has a sentence, every state, act and way its word."""

import re
from pathlib import Path

import sextant.goals
from sextant.engines.adjustment import FIELDS, STEPS, Code, Way
from sextant.engines.values import Problem
from sextant.goals.contracts import AdjustmentAct, AdjustmentException, AdjustmentState
from sextant.goals.messages import adjustment as words

ROOT = Path(sextant.goals.__file__).parent
SOURCES = ("policy/adjustment.py", "actions/adjust*.py")


def test_every_code_has_a_sentence():
    texts = [path.read_text(encoding="utf-8") for pattern in SOURCES for path in ROOT.glob(pattern)]
    codes = set(re.findall(r'"(adjust\.[a-z_]+)"', "\n".join(texts))) | {code.value for code in Code}
    assert len(codes) > 25 and codes - words.SENTENCES.keys() == set()
    assert set(words.STATES) == set(AdjustmentState) and set(words.ACTS) == set(AdjustmentAct)
    assert set(words.EXCEPTIONS) == set(AdjustmentException) and set(words.WAYS) == {way.value for way in Way}
    assert set(STEPS) - set(words.STEPS) == {"adjust.median"}
    assert set(words.ENDS) == {state for state in AdjustmentState if not state.is_open and not state.is_agreed}


def test_sentences_take_the_parameters_their_codes_carry():
    given = {"known": 1, "needed": 3, "way": "history", "base": "1860", "best": "1602", "beyond": "0.161"}
    for code, fields in FIELDS.items():
        said = words.say(Problem(code, {name: given[name] for name in fields}))
        assert "%(" not in said
    assert (
        words.say(Problem(Code.NEVER_REACHED, given)) == "现行基准 1,860 比往期最好的 1,602 还高出 16.1%，从未达到过。"
    )
    told = {"past": ["1310", "1480"], "method": "trend", "last": "1602", "growth": "0.081", "peers": 6}
    assert words.say_step("adjust.region_growth", told, decimals=0) == "上期 1,602 × 同口径增长 8.1%，6 个同类"
    assert words.say_step("adjust.history", told, decimals=0) == "往期 1,310、1,480，趋势外推"
