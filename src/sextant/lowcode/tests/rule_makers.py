"""A context of a few goals that stands in for the floor of goals, and rules for tests.

Goal n belongs to person n (see `flow_makers`). What is so of a goal is in `Goals.now`, of its past weeks in
`Goals.past`; queries are counted by the real tables alone.
"""

from decimal import Decimal

from sextant.engines.formula import FormulaType
from sextant.engines.values import Light
from sextant.foundation.events.actions import publish, tell_waiting
from sextant.lowcode import registry_formulas, registry_rules
from sextant.lowcode.actions.definitions import create_definition, publish_definition, save_draft
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.registry_formulas import NameSpec, Subject
from sextant.lowcode.registry_rules import PastWeek, RuleSubject
from sextant.lowcode.tests.flow_makers import HR, NOW

NUMBER, TEXT, BOOLEAN = FormulaType.NUMBER, FormulaType.TEXT, FormulaType.BOOLEAN
RED = {"灯": "红", "灯周数": Decimal(2), "完成率": Decimal("0.6"), "目标": "拜访", "暂缓考核": False}
WORDS = {Light.RED: "红", Light.YELLOW: "黄", Light.GREEN: "绿", Light.NONE: "灰"}


class Goals:
    """A context and its subjects in one."""

    code = context = "figures"
    name = "目标"
    kinds = frozenset({"goal", "person"})
    light_name, light_weeks_name = "灯", "灯周数"

    def __init__(self):
        self.now, self.past, self.units = {}, {}, {}

    def names(self):
        return (
            NameSpec("目标", TEXT),
            NameSpec("灯", TEXT),
            NameSpec("灯周数", NUMBER, unit="周"),
            NameSpec("完成率", NUMBER, is_ratio=True),
            NameSpec("暂缓考核", BOOLEAN),
        )

    def period(self, *, now):
        return "2026Q4"

    def subjects(self, *, actor, now, search="", limit=20):
        return tuple(Subject(one, f"目标{one}", "", one) for one in sorted(self.now))[:limit]

    def values(self, subject_ids, *, actor, now):
        return {one: self.now[one] for one in subject_ids if one in self.now}

    def light_word(self, light):
        return WORDS[light]

    def list_ids(self, *, units, after, limit, now):
        found = [one for one in sorted(self.now) if one > after and self._in(one, units)]
        return found[:limit]

    def in_scope(self, subject_ids, *, units, now):
        return frozenset(one for one in subject_ids if one in self.now and self._in(one, units))

    def found_by(self, things, *, now):
        return {one: (one[1],) for one in things if one[0] in self.kinds and one[1] in self.now}

    def rows(self, subject_ids, *, now):
        return {one: RuleSubject(one, f"目标{one}", one, f"/goals/{one}/") for one in subject_ids if one in self.now}

    def weeks(self, subject_ids, *, weeks, actor, now):
        return {one: tuple(self.past.get(one, ()))[-weeks:] for one in subject_ids}

    def _in(self, one, units):
        return not units or self.units.get(one, "") in units


def stand_in_goals(monkeypatch):
    """Put the goals beside the contexts of the product, for the length of a test."""
    registry_rules.list_rule_subjects()
    made = Goals()
    monkeypatch.setitem(registry_rules._SUBJECTS, made.code, made)
    monkeypatch.setitem(registry_formulas._contexts, made.code, made)
    return made


def week(ends_on, **values):
    return PastWeek(ends_on, values)


def notice(*to, text="[目标] 完成率 [完成率]", **more):
    return {"do": "notice", "to": list(to) or [{"source": "about"}], "title": "提醒", "text": text, **more}


def rule_document(*acts, **changes):
    """Red light, completion below 70%, a notice to whom it is about; acts at once."""
    return {
        "when": {"kind": "light", "to": ["red"]},
        "about": {"context": "figures"},
        "condition": {"all": ["[完成率] < 0.7", "NOT([暂缓考核])"]},
        "actions": list(acts) or [notice()],
        "quiet": "at_once",
        **changes,
    }


def make_rule(*acts, code="low", now=NOW, **changes):
    """Id of a published rule."""
    document = rule_document(*acts, **changes)
    made = create_definition("rule", code=code, name="业绩走低", document=document, actor=HR, now=now)
    publish_definition(made.definition_id, revision=1, reason="试用", actor=HR, now=now)
    return made.definition_id


def change_rule(code="low", *acts, now=NOW, **changes):
    """Another version, in force at once."""
    definition_id = find_definition("rule", code)
    saved = save_draft(definition_id, document=rule_document(*acts, **changes), revision=0, actor=HR, now=now)
    publish_definition(definition_id, revision=saved.revision, reason="改写", actor=HR, now=now)


def turn_red(*goal_ids, now=NOW, before="green", after="red"):
    """The light of each goal changes, and everybody who listens is told."""
    for goal_id in goal_ids:
        params = {"goal_id": goal_id, "person_id": goal_id, "unit_id": None, "before": before, "after": after}
        more = {"day": "2026-11-23", "run_id": None}
        publish("light.changed", subject=("goal", goal_id), params={**params, **more}, now=now, actor=HR)
    tell_waiting(now=now)
