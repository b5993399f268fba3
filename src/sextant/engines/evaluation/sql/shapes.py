"""The rows of the progress table as SQL, in whole millionths: p = P / Q with Q > 0.

The Python twin is `progress.Course`; a hypothesis test pins the two.
"""

from dataclasses import dataclass

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.exact import MICRO, to_micro
from sextant.engines.evaluation.spec import Thresholds


@dataclass(frozen=True, slots=True)
class Share:
    """Two SQL expressions of whole numbers; `under` is positive."""

    top: str
    under: str


def progress(case: Case, value: str, k: str, *, target: str, cap: int) -> Share:
    """p of `value` against `target` with `k` days elapsed, neither floored nor capped.

    `cap` (millionths) stands for "beyond measure" on the `ratio` curve. 128 bits where a budget multiplies by days.
    """
    match case:
        case Case.GROW | Case.LEVEL:
            return Share(value, target)
        case Case.NOT_BELOW:
            return Share(f"(CASE WHEN {value} >= 0 THEN 1 ELSE 0 END)::BIGINT", "1::BIGINT")
        case Case.NOT_ABOVE:
            return Share(f"(CASE WHEN {value} <= 0 THEN 1 ELSE 0 END)::BIGINT", "1::BIGINT")
        case Case.TRAVEL:
            return Share(f"(sg * ({value} - start_u))", f"(sg * ({target} - start_u))")
        case Case.FALL:
            return Share(f"(2 * {target} - {value})", target)
        case Case.INVERSE:
            return Share(
                f"(CASE WHEN {value} > 0 THEN {target} ELSE {cap} END)",
                f"(CASE WHEN {value} > 0 THEN {value} ELSE {MICRO} END)",
            )
        case Case.BUDGET:
            return Share(
                f"(CASE WHEN {k} > 0 THEN 2 * {k} * {target} - n::HUGEINT * {value} ELSE 1 END)",
                f"(CASE WHEN {k} > 0 THEN {k} * {target} ELSE 1 END)",
            )
        case Case.RANGE:
            distance = f"greatest(low_u - {value}, {value} - high_u, 0)"
            return Share(
                f"(CASE WHEN {distance} = 0 THEN 1 WHEN tolerance_u > 0 THEN tolerance_u - {distance} ELSE 0 END)",
                f"(CASE WHEN {distance} > 0 AND tolerance_u > 0 THEN tolerance_u ELSE 1 END)",
            )


def rung(case: Case, value: str, k: str) -> Share:
    """q = (V − B) / (S − B), on a budget with B·E and S·E: how far beyond the base."""
    if case is Case.BUDGET:
        return Share(
            f"(CASE WHEN {k} > 0 THEN {k} * base_u - n::HUGEINT * {value} ELSE 1 END)",
            f"(CASE WHEN {k} > 0 THEN {k} * (base_u - stretch_u) ELSE 1 END)",
        )
    return Share(f"(sg * ({value} - base_u))", "(sg * (stretch_u - base_u))")


def distance_columns(case: Case) -> dict[str, str]:
    """What `expected` reads: the way to go (the base, or base − start), divided by the days once a goal."""
    way = "abs(base_u - start_u)" if case is Case.TRAVEL else "base_u"
    return {"way_quotient": f"{way} // n", "way_rest": f"{way} % n"}


def expected(case: Case, k: str) -> str:
    """The expectation in the metric's own unit with `k` days elapsed, rounded once; NULL for a range.

    way · k / n is split into whole and rest, so that 64 bits hold every product.
    """
    if case is Case.RANGE:
        return "NULL::BIGINT"
    if case in {Case.GROW, Case.BUDGET}:
        return f"(way_quotient * {k} + (2 * way_rest * {k} + n) // (2 * n))"
    if case is Case.TRAVEL:
        whole = f"(start_u + sg * (way_quotient * {k} + (way_rest * {k}) // n))"
        rest = f"(2 * ((way_rest * {k}) % n))"
        # a half goes away from zero: outwards where the sum and the direction have the same sign
        outwards = f"{rest} > n OR ({rest} = n AND {whole} * sg >= 0)"
        return f"({whole} + CASE WHEN {outwards} THEN sg ELSE 0 END)"
    return f"(CASE WHEN {k} IS NOT NULL THEN base_u END)"


def below_baseline(case: Case, slot: int, *, is_cumulative: bool, thresholds: Thresholds) -> str:
    """Whether the week of `slot` missed its baseline, asked only of finished weeks with a value of their own."""
    own, k, days = f"o{slot}::HUGEINT", f"k{slot}", f"days_in{slot}"
    theta = to_micro(thresholds.baseline_share)
    over = 2 * MICRO - theta
    match case:
        case Case.RANGE:
            if is_cumulative:
                return "FALSE"
            at = progress(case, f"o{slot}", k, target="base_u", cap=0)
            return f"{MICRO}::HUGEINT * {at.top} < {theta} * {at.under}::HUGEINT"
        case Case.GROW:
            relative = f"{MICRO} * n * {own} < {theta} * {days} * base_u::HUGEINT"
        case Case.BUDGET:
            relative = f"{MICRO} * n * {own} > {over} * {days} * base_u::HUGEINT"
        case Case.TRAVEL if is_cumulative:
            relative = f"{MICRO} * n * sg * {own} < {theta} * {days} * (sg * (base_u - start_u))::HUGEINT"
        case Case.TRAVEL:
            relative = f"{MICRO} * n * sg * ({own} - start_u) < {theta} * {k} * (sg * (base_u - start_u))::HUGEINT"
        case Case.LEVEL | Case.NOT_BELOW:
            relative = f"{MICRO} * {own} < {theta} * base_u::HUGEINT"
        case _:
            relative = f"{MICRO} * {own} > {over} * base_u::HUGEINT"
    line = f"CASE WHEN direction = 'lower' THEN o{slot} > line_u ELSE o{slot} < line_u END"
    return f"CASE WHEN line_u IS NULL THEN {relative} ELSE {line} END"
