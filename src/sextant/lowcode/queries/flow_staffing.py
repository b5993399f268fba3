"""Whom a step asks: expressions turned into persons, for any number of instances in a constant number of queries."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sextant.engines.flow import Assignee, Flow
from sextant.engines.formula import parse
from sextant.lowcode.flows.reading import values_of
from sextant.lowcode.policy.flow_sources import OWN_SOURCES
from sextant.lowcode.queries.work import deputies_on
from sextant.lowcode.registry_people import directory, list_assignee_sources

HR = Assignee("people.role", {"role": "hr"})
"""Who is asked when nobody else is found: there is always somebody to whom a flow can go."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whom do these expressions name for this instance?"""

    assignees: tuple[Assignee, ...]
    about_id: int
    starter_id: int | None
    node: str
    flow: Flow
    values: Mapping[str, object] = field(default_factory=dict)
    chosen: Mapping[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A person who is asked, and the one in whose place when that is somebody else."""

    person_id: int
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Staffed:
    """The answer to a question: who is asked, and who was named and has left."""

    asked: tuple[Asked, ...]
    left: tuple[int, ...] = ()


def staff(questions: Sequence[Question], *, on: date) -> list[tuple[Asked, ...]]:
    """Who is asked, for each question in order; empty where nobody was found (see `staff_telling`)."""
    return [one.asked for one in staff_telling(questions, on=on)]


def staff_telling(questions: Sequence[Question], *, on: date) -> list[Staffed]:
    """Who is asked and who was passed over, for each question in order. Nobody twice, in the order of the expressions;
    who has left is passed over; who is absent is represented by their deputy.

    One query for each different source and parameters, one for deputies, one for who has left where persons are named
    by the flow itself.
    """
    found = _find(questions, on=on)
    everyone = {person for persons in found for person in persons}
    names_persons = any(one.source in OWN_SOURCES for question in questions for one in question.assignees)
    gone = directory().gone(everyone, on=on) if everyone and names_persons else frozenset()
    deputies = deputies_on(everyone - gone, on=on)
    return [
        Staffed(
            _represented([person for person in persons if person not in gone], deputies),
            tuple(person for person in persons if person in gone),
        )
        for persons in found
    ]


def _represented(persons: Sequence[int], deputies: Mapping[int, int]) -> tuple[Asked, ...]:
    asked: dict[int, Asked] = {}
    for person in persons:
        deputy = deputies.get(person)
        one = Asked(person) if deputy is None else Asked(deputy, person)
        asked.setdefault(one.person_id, one)
    return tuple(asked.values())


def _find(questions: Sequence[Question], *, on: date) -> list[list[int]]:
    """Persons by question, each once."""
    answers = _ask_sources(questions, on=on)
    numbers = _formula_numbers(questions)
    by_number = directory().by_number({number for found in numbers.values() for number in found}) if numbers else {}
    found = []
    for place, question in enumerate(questions):
        persons: dict[int, None] = {}
        for position, assignee in enumerate(question.assignees):
            if assignee.source == "formula":
                named = [by_number[number] for number in numbers.get((place, position), ()) if number in by_number]
            elif assignee.source in OWN_SOURCES:
                named = _own(question, assignee)
            else:
                named = list(answers.get(_key(assignee), {}).get(question.about_id, ()))
            persons |= dict.fromkeys(named)
        found.append(list(persons))
    return found


def _ask_sources(questions: Sequence[Question], *, on: date) -> dict[str, Mapping[int, tuple[int, ...]]]:
    """What each registered source answers, asked once with all the persons it is asked about."""
    about: defaultdict[str, set[int]] = defaultdict(set)
    written: dict[str, Assignee] = {}
    for question in questions:
        for assignee in question.assignees:
            if assignee.source not in OWN_SOURCES:
                key = _key(assignee)
                written[key] = assignee
                about[key].add(question.about_id)
    sources = list_assignee_sources() if written else {}
    return {
        key: sources[assignee.source].resolve(about[key], assignee.params, on=on)
        for key, assignee in written.items()
        if assignee.source in sources
    }


def _own(question: Question, assignee: Assignee) -> list[int]:
    if assignee.source == "starter":
        return [question.starter_id] if question.starter_id is not None else []
    if assignee.source == "about":
        return [question.about_id]
    named = assignee.params.get("ids", ()) if assignee.source == "person" else question.chosen.get(question.node, ())
    return [one for one in named if isinstance(one, int)] if isinstance(named, Collection) else []


def _formula_numbers(questions: Sequence[Question]) -> dict[tuple[int, int], list[str]]:
    """Employee numbers that formulas give, separated by commas, by place of the question and of the expression."""
    found = {}
    for place, question in enumerate(questions):
        for position, assignee in enumerate(question.assignees):
            if assignee.source == "formula":
                read = parse(str(assignee.params.get("text", "")), names=question.flow.fields).value
                value = read.evaluate(values_of(question.flow, question.values)).value if read else None
                found[place, position] = [one.strip() for one in str(value or "").split(",") if one.strip()]
    return found


def _key(assignee: Assignee) -> str:
    return json.dumps([assignee.source, dict(assignee.params)], sort_keys=True, default=str)
