"""Aggregation of ledger rows in SQL, equal to the last digit to `engines.evaluation.aggregate` (a twin test holds them
together): six places, halves away from zero, a ratio as the quotient of sums."""

from sextant.engines.evaluation import Aggregation

AMOUNT = "DECIMAL(28, 6)"
_MILLIONTHS = "CAST({} * 1000000 AS HUGEINT)"


def value_sql(aggregation: Aggregation, *, rows: str = "m") -> str:
    """The value of a group of ledger rows, the alias of whose table is `rows`; NULL where there is none."""
    match aggregation:
        case Aggregation.SUM:
            return f"CAST(sum({rows}.value) AS {AMOUNT})"
        case Aggregation.COUNT:
            return f"CAST(count(*) AS {AMOUNT})"
        case Aggregation.LAST:
            latest = f"struct_pack(d := {rows}.day, b := {rows}.batch, r := {rows}.row, v := {rows}.value)"
            return f"CAST(arg_max({rows}.value, {latest}) AS {AMOUNT})"
        case Aggregation.MEAN:
            return from_millionths(nearest(_sum_of(f"{rows}.value"), "count(*)::HUGEINT"))
        case Aggregation.RATIO:
            top, under = _sum_of(f"{rows}.value"), _sum_of(f"coalesce({rows}.denominator, 0)")
            return from_millionths(nearest(f"(1000000::HUGEINT * {top})", under))


def nearest(top: str, under: str) -> str:
    """The whole number next to top / under, both HUGEINT, halves away from zero; NULL where `under` is 0."""
    magnitude = f"(2 * abs({top}) + abs({under})) // (2 * nullif(abs({under}), 0))"
    return f"(sign({top}) * sign({under}) * ({magnitude}))"


def from_millionths(whole: str) -> str:
    """Millionths as an amount."""
    return f"CAST(CAST({whole} AS DECIMAL(30, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS {AMOUNT})"


def _sum_of(column: str) -> str:
    return f"sum({_MILLIONTHS.format(column)})"


def period_start_sql(grain: str, *, rows: str = "m") -> str:
    """First day of the day, ISO week or month a row lies in."""
    if grain == "month":
        return f"CAST(date_trunc('month', {rows}.day) AS DATE)"
    if grain == "week":
        return f"CAST({rows}.day - CAST(isodow({rows}.day) - 1 AS INTEGER) AS DATE)"
    return f"{rows}.day"


def dimension_value_sql(dimension: str, *, rows: str = "m") -> str:
    """What a row says about `dimension` ("客户类型"); NULL when it says nothing, or when no dimension is asked for."""
    if not dimension:
        return "CAST(NULL AS VARCHAR)"
    key = dimension.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{key}"'
    return f"json_extract_string({rows}.dimensions, {quoted(path)})"


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
