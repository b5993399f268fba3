"""Every code of plans and templates has a sentence."""

import re
from pathlib import Path

import sextant.goals
from sextant.goals.contracts import PlanState, Side
from sextant.goals.messages.plans import SENTENCES, SIDES, STATES

ROOT = Path(sextant.goals.__file__).parent
SOURCES = ("policy/plan_*.py", "policy/progress.py", "actions/plan*.py", "actions/positions.py", "actions/templates.py")


def test_every_code_of_plans_has_a_sentence():
    texts = [path.read_text(encoding="utf-8") for pattern in SOURCES for path in ROOT.glob(pattern)]
    codes = set(re.findall(r'(?:Problem|_todo)\(\s*"((?:plan|template)\.[a-z_]+)"', "\n".join(texts)))
    codes |= {
        f"template.{word}" for word in re.findall(r'ValueError\("(\w+)"', (ROOT / "plan_definition.py").read_text())
    }
    assert len(codes) > 30 and codes - SENTENCES.keys() == set()
    assert (set(STATES), set(SIDES)) == (set(PlanState), set(Side))
