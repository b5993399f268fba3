"""`sextant bench forecast`: how good suggested targets would have been, on data whose outcome is known.

At days of the past a target for the following weeks is suggested from what was known by then, and compared with what
came. Beside it stands "the same as last time": the mean of as many weeks before. `error` is the mean absolute error
over that of "last time" (below 1 is better); `mase` divides it by the mean change from week to week within the history
instead; `coverage` is the share of outcomes inside the interval, which promises 80 %; `width` is the interval's mean
half-width over the error of "last time". A series counts only where its weeks were measured.

The demo company gives 52 weeks of every measure of its people and units. `--crm` names a folder with the public CRM
export (docs/forecast.md), read as won value a week and agent.
"""

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from sextant.engines.forecast import Combine, History, Question, suggest

HORIZONS = (4, 13)
EVERY = 5
"""A target is suggested every fifth week."""
LEAST_KNOWN = 8
DEMO_DAY = date(2026, 11, 21)

Series = Sequence[float | None]


@dataclass
class _Score:
    """What was found over many suggestions; errors per step."""

    errors: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    scaled: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    methods: Counter[str] = field(default_factory=Counter)

    def summary(self) -> dict[str, Any]:
        """The figures of one horizon."""
        last = _mean(self.last)
        return {
            "suggestions": len(self.errors),
            "error": _ratio(_mean(self.errors), last),
            "mase": round(_mean(self.scaled), 3) if self.scaled else None,
            "intervals": len(self.held),
            "coverage": round(_mean([float(one) for one in self.held]), 3) if self.held else None,
            "width": _ratio(_mean(self.widths), last) if self.widths else None,
            "methods": dict(self.methods.most_common()),
        }


def run(crm: Path | None = None) -> dict[str, Any]:
    """Back-test the demo company, and the CRM export where there is one."""
    groups = {"demo": _demo_series()} | ({"crm": {"won value": _crm_series(crm)}} if crm is not None else {})
    started = time.process_time()
    scores = {
        (part, name, horizon): _score(series, horizon)
        for part, named in groups.items()
        for name, series in named.items()
        for horizon in HORIZONS
    }
    seconds = time.process_time() - started
    document: dict[str, Any] = {
        "cpu_ms_per_suggestion": round(1000 * seconds / sum(len(score.errors) for score in scores.values()), 2)
    }
    for part in groups:
        document[part] = {
            f"{horizon} weeks": _together([score for key, score in scores.items() if key[::2] == (part, horizon)])
            for horizon in HORIZONS
        }
    document["demo_by_measure"] = {
        f"{name}, {horizon} weeks": score.summary() for (part, name, horizon), score in scores.items() if part == "demo"
    }
    return document


def back_test_crm(folder: Path) -> dict[str, Any]:
    """Figures of the CRM export alone, by horizon."""
    series = _crm_series(folder)
    return {f"{horizon} weeks": _score(series, horizon).summary() for horizon in HORIZONS}


def _together(scores: Sequence[_Score]) -> dict[str, Any]:
    """Figures over several groups, each weighing the same: a ratio of sums would let the largest numbers decide."""
    summaries = [score.summary() for score in scores if score.errors]
    return {
        "suggestions": sum(one["suggestions"] for one in summaries),
        **{name: _average(summaries, name) for name in ("error", "mase", "coverage", "width")},
        "methods": dict(sum((score.methods for score in scores), Counter()).most_common()),
    }


def _score(series: Sequence[Series], horizon: int) -> _Score:
    score = _Score()
    for values in series:
        for place in range(max(LEAST_KNOWN, horizon), len(values) - horizon + 1, EVERY):
            _try(score, values[:place], values[place : place + horizon], horizon)
    return score


def _try(score: _Score, before: Series, after: Series, horizon: int) -> None:
    known, came = [one for one in before if one is not None], [one for one in after if one is not None]
    recent = [one for one in before[-horizon:] if one is not None]
    if len(known) < LEAST_KNOWN or 2 * len(came) < horizon or not recent:
        return
    history = History(tuple(None if value is None else Decimal(repr(value)) for value in before))
    found = suggest(history, Question(horizon=horizon, combine=Combine.MEAN, decimals=6)).value
    assert found is not None
    outcome, base = _mean(came), float(found.base)
    score.errors.append(abs(outcome - base))
    score.last.append(abs(outcome - _mean(recent)))
    score.methods[found.method.value] += 1
    change = _mean([abs(one - other) for one, other in pairwise(known)])
    if change:
        score.scaled.append(abs(outcome - base) / change)
    if found.low is not None and found.high is not None:
        score.held.append(float(found.low) <= outcome <= float(found.high))
        score.widths.append(float(found.high - found.low) / 2)


def _demo_series() -> dict[str, list[Series]]:
    """Weekly values of every measure and subject of the demo company; persons and units apart."""
    from sextant.demo import engineering, production, sales, services, support
    from sextant.demo.catalogue import MEASURES
    from sextant.demo.stage import Stage
    from sextant.demo.story import SEED
    from sextant.demo.weeks import WEEKS, Weeks

    stage = Stage(SEED, Weeks.before(DEMO_DAY))
    sales.sales_exports(stage)  # each keeps the stage's book, which is all that is wanted here
    support.support_exports(stage)
    engineering.engineering_exports(stage)
    production.production_exports(stage)
    services.services_exports(stage)
    groups: dict[str, list[Series]] = defaultdict(list)
    measured = ((m, who) for who in (*stage.persons, *stage.units) for m in MEASURES.values())
    for measure, subject in measured:
        if stage.book.has(measure.code, subject):
            cells = [stage.book.total(measure.code, subject, [week]) for week in range(WEEKS)]
            kind = "unit" if subject in stage.units else "person"
            groups[f"{measure.code} {kind}"].append([_value(*cell, measure.is_cumulative) for cell in cells])
    return groups


def _value(value: float, denominator: float, is_cumulative: bool) -> float | None:
    if not denominator:
        return None
    return value if is_cumulative else value / denominator


def _crm_series(folder: Path) -> list[Series]:
    """Won value a week and agent; a week in which an agent closed nothing is a zero, because the export has it."""
    agents: dict[str, Counter[int]] = defaultdict(Counter)
    with (folder / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["deal_stage"] == "Won":
                week = date.fromisoformat(row["close_date"]).toordinal() // 7
                agents[row["sales_agent"]][week] += int(float(row["close_value"]))
    weeks = sorted({week for agent in agents.values() for week in agent})[1:-1]  # the outer ones are cut
    return [[float(agent[week]) for week in weeks] for agent in agents.values()]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _ratio(one: float, other: float) -> float | None:
    return round(one / other, 3) if other else None


def _average(summaries: Sequence[Mapping[str, Any]], name: str) -> float | None:
    values = [one[name] for one in summaries if one[name] is not None]
    return round(_mean(values), 3) if values else None


def in_words(document: Mapping[str, Any]) -> str:
    """The figures of each part, a line a horizon, for a reader at a terminal."""
    lines = [
        f"{part}, {horizon}: {figures['suggestions']} suggestions, error {figures['error']} of last time's,"
        f" interval held {figures['coverage']} of 0.8, width {figures['width']}"
        for part in ("demo", "crm")
        for horizon, figures in document.get(part, {}).items()
    ]
    return "\n".join((*lines, f"{document['cpu_ms_per_suggestion']} ms of CPU a suggestion"))
