"""Second half of an arm: from weekly values to finished standings, for goals of one aggregation and one table row.

An arm is one SQL text: scan, join, one hash aggregation, then arithmetic column by column. Nothing is sorted, and
weeks are columns, so a streak is a bit pattern and a running sum a few additions.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.spec import SHOWN_WEEKS, Aggregation
from sextant.engines.evaluation.sql.inputs import LARGEST_AMOUNT, STANDING_COLUMNS, Part, Setting
from sextant.engines.evaluation.sql.pivot import weekly_values
from sextant.engines.evaluation.sql.reasons import ARM_CODES, facts_of, params_by_code
from sextant.engines.evaluation.sql.shapes import below_baseline, expected, progress, rung, targets
from sextant.engines.evaluation.sql.text import AMOUNT, Pipeline, micro, to_amount, to_whole

_COLOURS = ("green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class Arm:
    """Goals that share their arithmetic, within a part of the run. `metric_ids` are those that occur: the scan leaves
    the others out. `slots` weeks are looked at; `has_older` when some goal began before them."""

    aggregation: Aggregation
    case: Case
    part: Part
    metric_ids: tuple[int, ...]
    slots: int
    has_older: bool

    @property
    def goals(self) -> str:
        """The condition that chooses the goals from `sx_goal`."""
        return (
            f"path = 'arm' AND family = '{self.aggregation.value}' AND kase = '{self.case.value}'"
            f" AND {self.part.condition}"
        )

    @property
    def measurements(self) -> str:
        """The condition that spares the scan what no goal asks for."""
        return f"m.metric_id IN ({', '.join(str(int(metric_id)) for metric_id in self.metric_ids)})"


def arm_statement(arm: Arm, setting: Setting) -> str:
    """The SQL text that adds the standings of an arm to `sx_standing`. A goal whose value lies beyond 128-bit
    arithmetic gets none: it is left for the row path."""
    pipeline = weekly_values(
        arm.aggregation, goals=arm.goals, measurements=arm.measurements, slots=arm.slots, has_older=arm.has_older
    )
    pipeline.text = f"SELECT * FROM ({pipeline.text}) JOIN sx_span USING (from_on, until_on)"
    pipeline.keep(f"coalesce(abs(v0), 0) < {LARGEST_AMOUNT}")
    _place(pipeline, arm, setting)
    _judge(pipeline, arm, setting)
    _measure(pipeline, arm, setting)
    _explain(pipeline, arm, setting)
    listed = ", ".join(STANDING_COLUMNS)
    return f"INSERT INTO sx_standing SELECT {listed} FROM ({pipeline.text})"


def _place(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """P and Q of every slot, ages, the bits of weeks below the baseline."""
    cap = micro(setting.thresholds.progress_cap)
    at = {slot: progress(arm.case, f"v{slot}", f"k{slot}", target="base", cap=cap) for slot in range(arm.slots)}
    end_back = {slot: "(sunday - tau)" if slot == 0 else str(7 * slot) for slot in range(arm.slots)}
    pipeline.stage(
        {f"top{slot}": at[slot].top for slot in at}
        | {f"under{slot}": at[slot].under for slot in at}
        | {f"age{slot}": f"seen{slot} - {end_back[slot]}" for slot in at}
        | targets()
    )
    bits = " + ".join(
        f"CASE WHEN whole{slot} AND o{slot} IS NOT NULL AND"
        f" ({_below(arm, slot, setting)}) THEN {1 << slot}::BIGINT ELSE 0 END"
        for slot in range(arm.slots)
    )
    pipeline.stage({"below": bits})
    # the newest finished week is slot 0 only on the Sunday that ends it
    pipeline.stage({"mask0": "CASE WHEN whole0 THEN below ELSE below >> 1 END", "mask1": "below >> 1"})


def _below(arm: Arm, slot: int, setting: Setting) -> str:
    return below_baseline(arm.case, slot, is_cumulative=arm.aggregation.is_cumulative, thresholds=setting.thresholds)


def _judge(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """`sev` of every slot: the raw light as −1 grey, 0 green, 1 yellow, 2 red; `shown` with hysteresis."""
    thresholds = setting.thresholds
    pipeline.stage(
        {
            "streak_yellow": _streak_mask("mask0", thresholds.streak_yellow),
            "streak_red": _streak_mask("mask0", thresholds.streak_red),
            "past_yellow": _streak_mask("mask1", thresholds.streak_yellow),
            "past_red": _streak_mask("mask1", thresholds.streak_red),
        }
    )
    pipeline.stage({f"sev{slot}": _severity(arm, slot, setting) for slot in range(arm.slots)})
    shown = {}
    for slot in range(arm.slots):
        before = f"CASE WHEN whole{slot + 1} THEN sev{slot + 1} END" if slot + 1 < arm.slots else "NULL"
        held = f"greatest(sev{slot}, {before})" if thresholds.hysteresis else f"sev{slot}"
        shown[f"shown{slot}"] = f"CASE WHEN sev{slot} < 0 THEN -1 ELSE {held} END"
    pipeline.stage(shown)


def _streak_mask(mask: str, length: int) -> str:
    """Bits where that many weeks in a row, counted backwards, are below; every bit for a length of 0."""
    return " & ".join([f"({mask} >> {week})" for week in range(length)]) or "-1"


def _grey(arm: Arm, slot: int) -> dict[str, str]:
    """Rule 2 at a slot, by reason code."""
    tests = {
        "light.no_measurement": f"seen{slot} IS NULL",
        "light.stale": f"age{slot} > freshness_days",
        "light.no_value": f"v{slot} IS NULL",
    }
    return tests | ({"light.period_begins": f"k{slot} = 0"} if arm.case.follows_time else {})


def _coloured(arm: Arm, slot: int, setting: Setting) -> dict[str, str]:
    """Rules 3 to 5 at a slot, by reason code."""
    thresholds = setting.thresholds
    red, yellow = 2 * micro(thresholds.red_below) - 1, 2 * micro(thresholds.yellow_below) - 1
    top, under = f"top{slot}", f"under{slot}"
    if not arm.case.follows_time:
        return {
            "light.below_red": f"2000000 * {top} < {red} * {under}",
            "light.below_yellow": f"2000000 * {top} < {yellow} * {under}",
        }
    return {
        "light.late": f"2000000 * n * {top} < late{slot} * {under}",
        "light.below_red": f"2000000 * n * {top} < {red} * k{slot} * {under}",
        "light.below_yellow": f"2000000 * n * {top} < yellow{slot} * {under}",
    }


def _streaked(slot: int, colour: str) -> str:
    """Rule 6 at a slot."""
    mask, shift = ("streak", 0) if slot == 0 else ("past", slot - 1)
    return f"({mask}_{colour} >> {shift}) & 1 = 1"


def _severity(arm: Arm, slot: int, setting: Setting) -> str:
    coloured = _coloured(arm, slot, setting)
    red = coloured["light.below_red"]
    if arm.case.follows_time:
        # late or below: the higher of the two bars, already merged for the whole period
        red = f"2000000 * n * top{slot} < red{slot} * under{slot}"
    return (
        f"CASE WHEN k{slot} IS NULL THEN NULL WHEN {' OR '.join(_grey(arm, slot).values())} THEN -1 WHEN {red} THEN 2"
        f" WHEN {coloured['light.below_yellow']} THEN 1 WHEN {_streaked(slot, 'red')} THEN 2"
        f" WHEN {_streaked(slot, 'yellow')} THEN 1 ELSE 0 END"
    )


def _code(arm: Arm, slot: int, setting: Setting) -> str:
    """The reason code of the raw light at a slot."""
    kind = "'streak'" if arm.case is Case.RANGE else "CASE WHEN baseline IS NULL THEN 'streak' ELSE 'line' END"
    plain = _grey(arm, slot) | _coloured(arm, slot, setting)
    branches = [f"WHEN {test} THEN '{code}'" for code, test in plain.items()]
    branches += [
        f"WHEN {_streaked(slot, colour)} THEN 'light.' || {kind} || '_{colour}'" for colour in ("red", "yellow")
    ]
    return f"CASE {' '.join(branches)} ELSE 'light.on_track' END"


def _measure(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """The numbers of τ and of the week's end before it."""
    thresholds = setting.thresholds
    cap, slots = micro(thresholds.progress_cap), range(min(arm.slots, 2))
    pipeline.stage({f"whole_{part}{slot}": to_whole(f"{part}{slot}") for part in ("top", "under") for slot in slots})
    completion = _over_time if arm.case.follows_time else _clamped
    pipeline.stage(
        {"p_micro": _clamped(0, cap)}
        | {f"c_micro{slot}": completion(slot, cap) for slot in slots}
        | {f"reason{slot}": _code(arm, slot, setting) for slot in slots}
        | {f"streak{slot}": _trailing_ones(f"mask{slot}") for slot in slots}
    )
    _score(pipeline, arm, setting)
    pipeline.stage({f"e{slot}": f"({expected(arm.case, f'k{slot}')})::{AMOUNT}" for slot in range(arm.slots)})
    pipeline.stage(
        {
            "as_of": f"DATE '{setting.on}'",
            "value": f"v0::{AMOUNT}",
            "expected": "e0",
            "late_expected": expected(arm.case, "late_k") if arm.case.follows_time else f"NULL::{AMOUNT}",
            "elapsed": to_amount("elapsed_micro"),
            "progress": to_amount("p_micro"),
            "completion": to_amount("c_micro0"),
            "completion1": to_amount("c_micro1") if arm.slots > 1 else f"NULL::{AMOUNT}",
            "score": to_amount("score_micro"),
        }
    )


def _clamped(slot: int, cap: int) -> str:
    """p in millionths, floored and capped; NULL without a value."""
    top, under = f"whole_top{slot}", f"whole_under{slot}"
    return (
        f"CASE WHEN v{slot} IS NULL THEN NULL WHEN {top} <= 0 THEN 0 WHEN 1000000 * {top} >= {cap} * {under}"
        f" THEN {cap} ELSE (2000000 * {top} + {under}) // (2 * {under}) END"
    )


def _over_time(slot: int, cap: int) -> str:
    """c in millionths for goals that follow time: clamped p over E; NULL without a value or expectation."""
    top, under, k = f"whole_top{slot}", f"whole_under{slot}", f"k{slot}::HUGEINT"
    return (
        f"CASE WHEN v{slot} IS NULL OR k{slot} = 0 THEN NULL WHEN {top} <= 0 THEN 0"
        f" WHEN 1000000 * {top} >= {cap} * {under} THEN ({2 * cap} * n + {k}) // (2 * {k})"
        f" ELSE (2000000 * n * {top} + {under} * {k}) // (2 * {under} * {k}) END"
    )


def _trailing_ones(mask: str) -> str:
    return f"least(bit_count((~{mask} & ({mask} + 1)) - 1), {SHOWN_WEEKS})"


def _score(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """`score_micro`: the weighted sum of two fractions, exactly: quotients and remainders apart, one rounding."""
    thresholds = setting.thresholds
    cap, far_cap = micro(thresholds.progress_cap), micro(thresholds.stretch_cap)
    alone = (
        f"CASE WHEN whole_top0 <= 0 THEN 0 WHEN 1000000 * whole_top0 >= {cap} * whole_under0 THEN {100 * cap}"
        f" ELSE (200000000 * whole_top0 + whole_under0) // (2 * whole_under0) END"
    )
    if arm.case is Case.RANGE:
        pipeline.stage({"score_micro": f"CASE WHEN v0 IS NOT NULL THEN {alone} END"})
        return
    ladder, parallel = rung(arm.case, "v0", "k0"), progress(arm.case, "v0", "k0", target="stretch", cap=far_cap)
    pipeline.stage(
        {
            "far_top": to_whole(f"CASE WHEN curve = 'ladder' THEN {ladder.top} ELSE {parallel.top} END"),
            "far_under": to_whole(f"CASE WHEN curve = 'ladder' THEN {ladder.under} ELSE {parallel.under} END"),
        }
    )
    over = f"1000000 * far_top >= {far_cap} * far_under"
    base_weight, far_weight = 100 * micro(thresholds.base_weight), 100 * micro(thresholds.stretch_weight)
    pipeline.stage(
        {
            "base_points": f"{base_weight} * least(greatest(whole_top0, 0), whole_under0)",
            "far_points": f"{far_weight} * CASE WHEN {over} THEN {far_cap} ELSE greatest(far_top, 0) END",
            "far_parts": f"CASE WHEN {over} THEN 1000000 ELSE far_under END",
        }
    )
    rest = "((base_points % whole_under0) * far_parts + (far_points % far_parts) * whole_under0)"
    both = (
        "base_points // whole_under0 + far_points // far_parts"
        f" + (2 * {rest} + whole_under0 * far_parts) // (2 * whole_under0 * far_parts)"
    )
    pipeline.stage({"score_micro": f"CASE WHEN v0 IS NULL THEN NULL WHEN stretch IS NULL THEN {alone} ELSE {both} END"})


def _explain(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """Light, reason and weeks."""
    colours = " ".join(f"WHEN {severity} THEN '{colour}'" for severity, colour in enumerate(_COLOURS))
    pipeline.stage(
        {
            "light": f"CASE shown0 {colours} ELSE 'none' END",
            "reason": "CASE WHEN shown0 <> sev0 THEN 'light.held' ELSE reason0 END",
        }
    )
    codes = [code for code in ARM_CODES if code != "light.held" or arm.slots > 1]
    shown = range(min(arm.slots, SHOWN_WEEKS) - 1, -1, -1)
    sundays = ("least(sunday, (until_on - 1)::DATE)" if slot == 0 else f"(sunday - {7 * slot})::DATE" for slot in shown)
    letters = ", ".join(f"substr('ngyr', shown{slot} + 2, 1)" for slot in shown)
    pipeline.stage(
        {
            "params": params_by_code(codes, facts_of(arm.case, setting.thresholds)),
            "week_ends": _latest(sundays, len(shown)),
            "week_values": _latest((f"v{slot}::{AMOUNT}" for slot in shown), len(shown)),
            "week_expected": _latest((f"e{slot}" for slot in shown), len(shown)),
            "week_lights": f"concat({letters})",
        }
    )


def _latest(values: Iterable[str], count: int) -> str:
    """A list of the weeks that the goal has begun, oldest first."""
    return f"list_value({', '.join(values)})[{count + 1} - least(weeks, {count}):]"
