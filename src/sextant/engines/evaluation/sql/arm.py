"""Second half of an arm: from weekly values to finished standings, for goals of one aggregation and one table row.

An arm is one SQL text: scan, join, one hash aggregation, then arithmetic column by column. Nothing is sorted, and
weeks are columns, so a streak is a bit pattern and a running sum a few additions.
"""

from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.exact import MICRO, to_micro
from sextant.engines.evaluation.scale import FormulaScale
from sextant.engines.evaluation.spec import SHOWN_WEEKS, Aggregation, Thresholds
from sextant.engines.evaluation.sql.inputs import Setting
from sextant.engines.evaluation.sql.pivot import weekly_values
from sextant.engines.evaluation.sql.reasons import facts_of, params_by_code
from sextant.engines.evaluation.sql.scales import by_scale, formula_columns, formula_points
from sextant.engines.evaluation.sql.shapes import below_baseline, distance_columns, expected, progress, rung
from sextant.engines.evaluation.sql.text import UNKNOWN, Pipeline, bar_of, nearest, to_text, to_whole

PERIOD = "from_on, until_on, tau"
"""What a goal shares with a row of `inputs.spans`."""
_COLOURS = ("green", "yellow", "red")
_FIELDS = ("value_text", "expected_text", "elapsed_text", "progress_text", "completion_text", "score_text")


@dataclass(frozen=True, slots=True)
class Arm:
    """Goals of a part that share their arithmetic: `terms` is the number of what they are judged by. `metric_ids` are
    those that occur: the scan leaves the others out. `slots` weeks are looked at; `has_older` when some goal began
    before them; `is_narrow` when every value of the ledger fits 64 bits."""

    aggregation: Aggregation
    case: Case
    metric_ids: tuple[int, ...]
    slots: int
    has_older: bool
    is_narrow: bool
    terms: int = 0

    @property
    def spans(self) -> str:
        """The table of `inputs.spans` for its terms."""
        return f"sx_span_{self.terms}"

    @property
    def goals(self) -> str:
        """The condition that chooses the goals from `sx_goal`."""
        same = f"terms = {self.terms} AND aggregation = '{self.aggregation.value}' AND kase = '{self.case.value}'"
        return f"path = 'arm' AND {same}"

    @property
    def measurements(self) -> str:
        """The condition that spares the scan what no goal asks for."""
        return f"m.metric_id IN ({', '.join(str(int(metric_id)) for metric_id in self.metric_ids)})"


def arm_statement(arm: Arm, setting: Setting) -> str:
    """The SQL text that adds the standings of an arm to `sx_standing`; `setting` is that under its terms. A goal whose
    values are too large for it gets none: it is left for the row path."""
    pipeline = weekly_values(
        arm.aggregation,
        goals=arm.goals,
        measurements=arm.measurements,
        slots=arm.slots,
        has_older=arm.has_older,
        is_narrow=arm.is_narrow,
    )
    pipeline.join(arm.spans, using=PERIOD)
    _place(pipeline, arm, setting)
    _judge(pipeline, arm, setting)
    _measure(pipeline, arm, setting)
    _score(pipeline, arm, setting)
    if isinstance(setting.thresholds.scale, FormulaScale):
        # the row path says what forbids a result
        pipeline.keep("coalesce(curve, '') <> 'formula' OR v0 IS NULL OR points IS NOT NULL")
    _explain(pipeline)
    return f"INSERT INTO sx_standing SELECT goal_id, light, {_line(arm, setting)} FROM ({pipeline.text})"


def completion_statement(arm: Arm, setting: Setting) -> str:
    """The SQL text that adds the completions of an arm's goals at their last day that counts to `sx_seen`. The arm has
    one slot, and an older one."""
    pipeline = weekly_values(
        arm.aggregation,
        goals=arm.goals,
        measurements=arm.measurements,
        slots=1,
        has_older=True,
        is_narrow=arm.is_narrow,
    )
    pipeline.join(arm.spans, using=PERIOD)
    cap = to_micro(setting.thresholds.progress_cap)
    at = progress(arm.case, "v0", "k0", target="base_u", cap=cap)
    pipeline.stage({"top0": at.top, "under0": at.under})
    completion = _over_time if arm.case.follows_time else _clamped
    return f"INSERT INTO sx_seen SELECT goal_id, {completion(0, cap)} FROM ({pipeline.text})"


def _place(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """P and Q of every slot, ages, the bits of weeks below the baseline."""
    cap = to_micro(setting.thresholds.progress_cap)
    at = {slot: progress(arm.case, f"v{slot}", f"k{slot}", target="base_u", cap=cap) for slot in range(arm.slots)}
    end_back = {slot: "(sunday - tau)" if slot == 0 else str(7 * slot) for slot in range(arm.slots)}
    pipeline.stage(
        {f"top{slot}": at[slot].top for slot in at}
        | {f"under{slot}": at[slot].under for slot in at}
        | {f"age{slot}": f"seen{slot} - {end_back[slot]}" for slot in at}
        | distance_columns(arm.case)
    )
    tests = [
        below_baseline(arm.case, slot, is_cumulative=arm.aggregation.is_cumulative, thresholds=setting.thresholds)
        for slot in range(arm.slots)
    ]
    bits = (
        f"CASE WHEN whole{slot} AND o{slot} IS NOT NULL AND ({test}) THEN {1 << slot}::BIGINT ELSE 0 END"
        for slot, test in enumerate(tests)
    )
    pipeline.stage({"below": " + ".join(bits)})
    # the newest finished week is slot 0 only on the Sunday that ends it
    pipeline.stage({"mask0": "CASE WHEN whole0 THEN below ELSE below >> 1 END", "mask1": "below >> 1"})


def _judge(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """`sev` of every slot: the raw light as −1 grey, 0 green, 1 yellow, 2 red; `shown` with hysteresis."""
    thresholds = setting.thresholds
    if thresholds.dynamic:
        pipeline.stage(_moving_bars(thresholds))
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


def _moving_bars(thresholds: Thresholds) -> dict[str, str]:
    """What a goal's completion is compared with where thresholds are dynamic: `text.bar_of` for each goal."""
    constants = {"red": thresholds.red_below, "yellow": thresholds.yellow_below}
    return {
        f"{colour}_t": (
            f"CASE WHEN bar_{colour} IS NULL THEN {bar_of(to_micro(constant))}::BIGINT"
            f" WHEN bar_{colour} > 0 THEN 2 * bar_{colour} - 1 END"
        )
        for colour, constant in constants.items()
    }


def _bars(thresholds: Thresholds) -> tuple[str, str]:
    """Red and yellow as `text.bar_of`: columns of `_moving_bars`, or constants."""
    if thresholds.dynamic:
        return "red_t", "yellow_t"
    return bar_of(to_micro(thresholds.red_below)), bar_of(to_micro(thresholds.yellow_below))


def _streak_mask(mask: str, length: int | None) -> str:
    """Bits where that many weeks in a row, counted backwards, are below: every bit for a length of 0, none for None."""
    if length is None:
        return "0"
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
    """Rules 3 to 5 at a slot, by reason code, in their order."""
    red, yellow = _bars(setting.thresholds)
    top, under = f"top{slot}", f"under{slot}"
    beyond_red, beyond_yellow = _beyond(arm, slot, setting)
    if not arm.case.follows_time:
        return {
            "light.below_red": f"2000000::HUGEINT * {top} < {red}::HUGEINT * {under}",
            **beyond_red,
            "light.below_yellow": f"2000000::HUGEINT * {top} < {yellow}::HUGEINT * {under}",
            **beyond_yellow,
        }
    # the product with a constant stands in the spans already, once a period
    yellow_of_time = f"{yellow}::HUGEINT * k{slot}" if setting.thresholds.dynamic else f"yellow{slot}"
    return {
        "light.late": f"n2 * {top} < late{slot} * {under}",
        "light.below_red": f"n2 * {top} < {red}::HUGEINT * k{slot} * {under}",
        **beyond_red,
        "light.below_yellow": f"n2 * {top} < {yellow_of_time} * {under}",
        **beyond_yellow,
    }


def _beyond(arm: Arm, slot: int, setting: Setting) -> tuple[dict[str, str], dict[str, str]]:
    """Absolute lines of a level, red and yellow; empty where the rules draw none."""
    thresholds = setting.thresholds
    if arm.aggregation.is_cumulative or arm.case is Case.RANGE:
        return {}, {}

    def test(colour: str, line: Decimal | None) -> dict[str, str]:
        if line is None:
            return {}
        at = to_micro(line)
        wrong = f"CASE WHEN direction = 'lower' THEN v{slot} > {at} ELSE v{slot} < {at} END"
        return {f"light.beyond_{colour}": wrong}

    return test("red", thresholds.red_line), test("yellow", thresholds.yellow_line)


def _streaked(slot: int, colour: str) -> str:
    """Rule 6 at a slot."""
    mask, shift = ("streak", 0) if slot == 0 else ("past", slot - 1)
    return f"({mask}_{colour} >> {shift}) & 1 = 1"


def _severity(arm: Arm, slot: int, setting: Setting) -> str:
    coloured = _coloured(arm, slot, setting)
    red = coloured["light.below_red"]
    if arm.case.follows_time and setting.thresholds.dynamic:
        red = f"({coloured['light.late']}) OR ({red})"
    elif arm.case.follows_time:
        # late or below: the higher of the two bars, already merged for the whole period
        red = f"n2 * top{slot} < red{slot} * under{slot}"
    yellow = coloured["light.below_yellow"]
    if "light.beyond_red" in coloured:
        red = f"({red}) OR ({coloured['light.beyond_red']})"
    if "light.beyond_yellow" in coloured:
        yellow = f"({yellow}) OR ({coloured['light.beyond_yellow']})"
    return (
        f"CASE WHEN k{slot} IS NULL THEN NULL WHEN {' OR '.join(_grey(arm, slot).values())} THEN -1 WHEN {red} THEN 2"
        f" WHEN {yellow} THEN 1 WHEN {_streaked(slot, 'red')} THEN 2"
        f" WHEN {_streaked(slot, 'yellow')} THEN 1 ELSE 0 END"
    )


def _code(arm: Arm, slot: int, setting: Setting) -> str:
    """The reason code of the raw light at a slot."""
    kind = "'streak'" if arm.case is Case.RANGE else "CASE WHEN line_u IS NULL THEN 'streak' ELSE 'line' END"
    plain = _grey(arm, slot) | _coloured(arm, slot, setting)
    branches = [f"WHEN {test} THEN '{code}'" for code, test in plain.items()]
    branches += [
        f"WHEN {_streaked(slot, colour)} THEN 'light.' || {kind} || '_{colour}'" for colour in ("red", "yellow")
    ]
    return f"CASE {' '.join(branches)} ELSE 'light.on_track' END"


def _measure(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """The numbers of τ, in whole millionths, and the reason of its raw light."""
    cap = to_micro(setting.thresholds.progress_cap)
    completion = _over_time if arm.case.follows_time else _clamped
    pipeline.stage(
        {
            "progress": _clamped(0, cap),
            "completion": completion(0, cap),
            "late_expected": expected(arm.case, "late_k") if arm.case.follows_time else "NULL::BIGINT",
            "reason0": _code(arm, 0, setting),
            "streak0": _trailing_ones("mask0"),
        }
        | {f"e{slot}": expected(arm.case, f"k{slot}") for slot in range(min(arm.slots, SHOWN_WEEKS))}
    )
    held = {"sev1": "NULL", "completion1": "NULL::BIGINT", "reason1": "NULL", "streak1": "NULL"}
    if arm.slots > 1:
        held = {
            "completion1": f"CASE WHEN shown0 <> sev0 THEN {completion(1, cap)} END",
            "reason1": f"CASE WHEN shown0 <> sev0 THEN {_code(arm, 1, setting)} END",
            "streak1": f"CASE WHEN shown0 <> sev0 THEN {_trailing_ones('mask1')} END",
        }
    pipeline.stage(held)


def _clamped(slot: int, cap: int) -> str:
    """p, floored and capped; NULL without a value."""
    top, under = f"top{slot}", f"under{slot}"
    quotient = nearest(top, under, scale=MICRO, within=f"{under} < 2000000000000")
    return (
        f"CASE WHEN v{slot} IS NULL THEN NULL WHEN {top} <= 0 THEN 0"
        f" WHEN {MICRO}::HUGEINT * {top} >= {cap}::HUGEINT * {under} THEN {cap} ELSE {quotient} END"
    )


def _over_time(slot: int, cap: int) -> str:
    """c of goals that follow time: clamped p over E; NULL without a value or an expectation."""
    top, under, k = f"top{slot}", f"under{slot}", f"k{slot}"
    small = nearest(f"({top} * n)", f"({under} * {k})", scale=MICRO, within="TRUE")
    large = nearest(f"({top}::HUGEINT * n)", f"({under}::HUGEINT * {k})", scale=MICRO)
    return (
        f"CASE WHEN v{slot} IS NULL OR {k} = 0 THEN NULL WHEN {top} <= 0 THEN 0"
        f" WHEN {MICRO}::HUGEINT * {top} >= {cap}::HUGEINT * {under} THEN {nearest(f'({cap} * n)', k, within='TRUE')}"
        f" WHEN {under}::HUGEINT * n < 2000000000000 THEN {small} ELSE {large} END"
    )


def _trailing_ones(mask: str) -> str:
    return f"least(bit_count((~{mask} & ({mask} + 1)) - 1), {SHOWN_WEEKS})"


def _score(pipeline: Pipeline, arm: Arm, setting: Setting) -> None:
    """`score`: the weighted sum of two fractions, exactly: quotients and remainders apart, one rounding."""
    thresholds = setting.thresholds
    # without a stretch target the score is p itself, on a scale of 100: two more places than p has
    cap = to_micro(thresholds.progress_cap)
    hundredfold = nearest("top0", "under0", scale=100 * MICRO, within="under0 < 20000000000")
    alone = (
        f"CASE WHEN top0 <= 0 THEN 0 WHEN {MICRO}::HUGEINT * top0 >= {cap}::HUGEINT * under0 THEN {100 * cap}"
        f" ELSE {hundredfold} END"
    )
    if isinstance(thresholds.scale, FormulaScale):
        pipeline.stage(formula_columns())
        for name, expression in formula_points(thresholds.scale).items():
            pipeline.stage({name: expression})
    scaled = by_scale(thresholds.scale)
    if arm.case is Case.RANGE:
        pipeline.stage({"score": f"CASE WHEN v0 IS NULL THEN NULL {scaled} ELSE {alone} END"})
        return
    far_cap = to_micro(thresholds.stretch_cap)
    ladder, parallel = rung(arm.case, "v0", "k0"), progress(arm.case, "v0", "k0", target="stretch_u", cap=far_cap)
    pipeline.stage(
        {
            "far_top": f"CASE WHEN curve = 'ladder' THEN {ladder.top} ELSE {parallel.top} END",
            "far_under": f"CASE WHEN curve = 'ladder' THEN {ladder.under} ELSE {parallel.under} END",
        }
    )
    over = f"{MICRO}::HUGEINT * far_top >= {far_cap}::HUGEINT * far_under"
    pipeline.stage(
        {
            "near": "least(greatest(top0, 0), under0)",
            "far": f"CASE WHEN {over} THEN {far_cap} ELSE greatest(far_top, 0) END",
            "far_parts": f"CASE WHEN {over} THEN {MICRO} ELSE far_under END",
        }
    )
    shares = {"near": thresholds.base_weight, "far": thresholds.stretch_weight}
    stated = {"near": "base_share", "far": "stretch_share"}
    pipeline.stage(
        {
            f"{part}_weight": f"coalesce(100 * {to_whole(stated[part])}, {100 * to_micro(share)}::BIGINT)"
            for part, share in shares.items()
        }
    )
    most = {part: max(100 * MICRO, 100 * to_micro(share)) for part, share in shares.items()}
    pipeline.stage(
        {
            **_divided("near", "under0", most["near"]),
            **_divided("far", "far_parts", most["far"]),
            "both_parts": "under0::HUGEINT * far_parts",
        }
    )
    pipeline.stage({"rest": "2 * (near_rest::HUGEINT * far_parts + far_rest::HUGEINT * under0)"})
    both = (
        "near_points + far_points + CASE WHEN rest >= 3 * both_parts THEN 2 WHEN rest >= both_parts THEN 1 ELSE 0 END"
    )
    pipeline.stage(
        {"score": f"CASE WHEN v0 IS NULL THEN NULL {scaled} WHEN stretch_u IS NULL THEN {alone} ELSE {both} END"}
    )


def _divided(part: str, under: str, most: int) -> dict[str, str]:
    """weight · part / under as quotient and rest; in 64 bits where the product fits, whose weight is at most `most`."""
    weight, fits = f"{part}_weight", f"greatest({part}, {under}) < {(1 << 62) // most}"
    return {
        f"{part}_points": (
            f"CASE WHEN {fits} THEN (({weight} * {part}) // {under})::HUGEINT"
            f" ELSE ({weight}::HUGEINT * {part}) // {under}::HUGEINT END"
        ),
        f"{part}_rest": (
            f"CASE WHEN {fits} THEN (({weight} * {part}) % {under})::HUGEINT"
            f" ELSE ({weight}::HUGEINT * {part}) % {under}::HUGEINT END"
        ),
    }


def _explain(pipeline: Pipeline) -> None:
    """Light, reason and the numbers as text."""
    colours = " ".join(f"WHEN {severity} THEN '{colour}'" for severity, colour in enumerate(_COLOURS))
    pipeline.stage(
        {
            "light": f"CASE shown0 {colours} ELSE 'none' END",
            "reason": "CASE WHEN shown0 <> sev0 THEN 'light.held' ELSE reason0 END",
            "value_text": to_text("v0"),
            "expected_text": to_text("e0"),
            "progress_text": to_text("progress"),
            "completion_text": to_text("completion"),
            "score_text": to_text("score"),
        }
    )


def _line(arm: Arm, setting: Setting) -> str:
    r"""The canonical row, as `Standing.canonical_row` writes it: one concatenation, so that no text is copied twice."""
    shown = range(min(arm.slots, SHOWN_WEEKS) - 1, -1, -1)
    # `comma` and `gap` are NULL, and so nothing, for weeks before the goal began
    weeks = {
        name: ", ".join(f"comma{slot}, coalesce({to_text(f'{name}{slot}')}, gap{slot})" for slot in shown)
        for name in "ve"
    }
    letters = ", ".join(f"substr('ngyr', shown{slot} + 2, 1)" for slot in shown)
    fields = (
        "goal_id",
        f"'{setting.on}'",
        *(f"coalesce({name}, '{UNKNOWN}')" for name in _FIELDS),
        "light",
        "reason",
        rf"replace({params_by_code(facts_of(arm.case, setting.thresholds))}, '\', '\\')",
        "week_ends",
        f"'{{', {weeks['v']}, '}}'",
        f"'{{', {weeks['e']}, '}}'",
        letters,
    )
    return f"concat({', chr(9), '.join(fields)}, chr(10))"
