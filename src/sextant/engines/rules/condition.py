"""A condition as people build it: groups of formulas, all of which, any of which, or none of which must hold."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from sextant.engines.formula import Formula, FormulaType, parse
from sextant.engines.values import Outcome, Problem

DEEPEST = 6
"""Levels of groups in groups; people lose their way at three."""
MOST_CHECKS = 60


class GroupKind(StrEnum):
    """Which of its parts must hold."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Check:
    """One formula that is true or false. `text` is as it was written."""

    text: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class Group:
    """Several parts of which all, any or none must hold. Never empty."""

    kind: GroupKind
    parts: tuple["Condition", ...]


Condition: TypeAlias = Check | Group


def read_condition(document: object, *, names: Mapping[str, FormulaType]) -> Outcome[Condition]:
    """The condition in a document: a text is a formula, an object `{"all": […]}`, `{"any": […]}` or `{"none": […]}` a
    group. Else every problem: rules.bad_group, rules.empty_group, rules.too_deep (limit), rules.too_many (limit), and
    `formula.*`; each with `path`, as people count ("any[2].all[1]").

    >>> from sextant.engines.formula import FormulaType
    >>> read_condition({"all": ["[红灯数] >= 2"]}, names={"红灯数": FormulaType.NUMBER}).value.kind
    <GroupKind.ALL: 'all'>
    """
    problems: list[Problem] = []
    found = _read(document, names, "", 0, problems)
    if found is not None and (checks := _count(found)) > MOST_CHECKS:
        problems.append(Problem("rules.too_many", {"path": "", "limit": MOST_CHECKS, "checks": checks}))
    return Outcome(None if problems else found, tuple(problems))


def _read(
    document: object, names: Mapping[str, FormulaType], path: str, depth: int, problems: list[Problem]
) -> Condition | None:
    if isinstance(document, str):
        return _read_check(document, names, path, problems)
    if depth == DEEPEST:
        problems.append(Problem("rules.too_deep", {"path": path, "limit": DEEPEST}))
        return None
    kind = next(iter(document)) if isinstance(document, Mapping) and len(document) == 1 else None
    parts = document[kind] if isinstance(document, Mapping) and kind is not None else None
    if kind not in {one.value for one in GroupKind} or not isinstance(parts, list | tuple):
        problems.append(Problem("rules.bad_group", {"path": path}))
        return None
    if not parts:
        problems.append(Problem("rules.empty_group", {"path": path}))
        return None
    read = [
        _read(part, names, f"{path}.{kind}[{place}]".lstrip("."), depth + 1, problems)
        for place, part in enumerate(parts, start=1)
    ]
    return Group(GroupKind(str(kind)), tuple(part for part in read if part is not None))


def _read_check(text: str, names: Mapping[str, FormulaType], path: str, problems: list[Problem]) -> Check | None:
    parsed = parse(text, names=names, expects=FormulaType.BOOLEAN)
    if parsed.value is None:
        problems += [replace(one, params={**one.params, "path": path}) for one in parsed.problems]
        return None
    return Check(text, parsed.value)


def _count(condition: Condition) -> int:
    return 1 if isinstance(condition, Check) else sum(map(_count, condition.parts))
