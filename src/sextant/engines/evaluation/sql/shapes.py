"""The rows of the progress table as SQL: p = P / Q with Q > 0, where P and Q stay whole.

The Python twin is `progress.Course`; a hypothesis test pins the two.
"""

from dataclasses import dataclass

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.spec import Thresholds
from sextant.engines.evaluation.sql.text import micro, nearest, to_amount, to_whole


@dataclass(frozen=True, slots=True)
class Fraction:
    """Two SQL expressions of amounts; `under` is positive."""

    top: str
    under: str


def progress(case: Case, value: str, k: str, *, target: str, cap: int) -> Fraction:
    """p of `value` against `target` with `k` days elapsed, neither floored nor capped.

    `cap` (millionths) stands for "beyond measure" on the `ratio` curve.
    """
    match case:
        case Case.GROW | Case.LEVEL:
            return Fraction(value, target)
        case Case.TRAVEL:
            return Fraction(f"(sg * ({value} - start))", f"(sg * ({target} - start))")
        case Case.FALL:
            return Fraction(f"(2 * {target} - {value})", target)
        case Case.INVERSE:
            return Fraction(
                f"(CASE WHEN {value} > 0 THEN {target} ELSE {cap} * 0.000001 END)",
                f"(CASE WHEN {value} > 0 THEN {value} ELSE 1 END)",
            )
        case Case.BUDGET:
            return Fraction(
                f"(CASE WHEN {k} > 0 THEN 2 * {k} * {target} - n * {value} ELSE 1 END)",
                f"(CASE WHEN {k} > 0 THEN {k} * {target} ELSE 1 END)",
            )
        case Case.RANGE:
            distance = f"greatest(range_low - {value}, {value} - range_high, 0)"
            return Fraction(
                f"(CASE WHEN {distance} = 0 THEN 1 WHEN tolerance > 0 THEN tolerance - {distance} ELSE 0 END)",
                f"(CASE WHEN {distance} > 0 AND tolerance > 0 THEN tolerance ELSE 1 END)",
            )


def rung(case: Case, value: str, k: str) -> Fraction:
    """q = (V − B) / (S − B), on a budget with B·E and S·E: how far beyond the base."""
    beyond = "sign(stretch - base)::INTEGER"
    if case is Case.BUDGET:
        return Fraction(
            f"(CASE WHEN {k} > 0 THEN {k} * base - n * {value} ELSE 1 END)",
            f"(CASE WHEN {k} > 0 THEN {k} * (base - stretch) ELSE 1 END)",
        )
    return Fraction(f"({beyond} * ({value} - base))", f"({beyond} * (stretch - base))")


def expected(case: Case, k: str) -> str:
    """The expectation in the metric's own unit with `k` days elapsed, rounded once; NULL for a range."""
    if case is Case.RANGE:
        return "NULL"
    if case in {Case.GROW, Case.BUDGET}:
        return to_amount(nearest(f"(base_whole * {k})", "n"))
    if case is Case.TRAVEL:
        return to_amount(nearest(f"(start_whole * n + (base_whole - start_whole) * {k})", "n"))
    return "base"


def targets() -> dict[str, str]:
    """Columns that `expected` reads."""
    return {"base_whole": to_whole("base"), "start_whole": to_whole("start")}


def below_baseline(case: Case, slot: int, *, is_cumulative: bool, thresholds: Thresholds) -> str:
    """Whether the week of `slot` missed its baseline, asked only of finished weeks with a value of their own."""
    own, k, days = f"o{slot}", f"k{slot}", f"days_in{slot}"
    theta = micro(thresholds.baseline_share)
    line = f"CASE WHEN direction = 'lower' THEN {own} > baseline ELSE {own} < baseline END"
    match case:
        case Case.RANGE:
            if is_cumulative:
                return "FALSE"
            at = progress(case, own, k, target="base", cap=0)
            return f"1000000 * {at.top} < {theta} * {at.under}"
        case Case.GROW:
            relative = f"1000000 * n * {own} < {theta} * {days} * base"
        case Case.BUDGET:
            relative = f"1000000 * n * {own} > {2_000_000 - theta} * {days} * base"
        case Case.TRAVEL if is_cumulative:
            relative = f"1000000 * n * sg * {own} < {theta} * {days} * (sg * (base - start))"
        case Case.TRAVEL:
            relative = f"1000000 * n * (sg * ({own} - start)) < {theta} * {k} * (sg * (base - start))"
        case Case.LEVEL:
            relative = f"1000000 * {own} < {theta} * base"
        case _:
            relative = f"1000000 * {own} > {2_000_000 - theta} * base"
    return f"CASE WHEN baseline IS NULL THEN {relative} ELSE {line} END"
