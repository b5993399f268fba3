"""Writes `docs/formulas.md` from the function table and the case files. `--check` only says whether it is stale."""

from __future__ import annotations

import sys
import tomllib
from decimal import Decimal
from pathlib import Path

from sextant.engines.formula import FUNCTIONS, FormulaType, limits
from sextant.engines.formula.functions import TABLE, Function, Parameter
from sextant.engines.formula.numbers import DIGITS, PLACES

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "formulas.md"
CASES = ROOT / "src" / "sextant" / "engines" / "formula" / "tests" / "cases"

TYPES = {
    FormulaType.NUMBER: "数字 number",
    FormulaType.TEXT: "文本 text",
    FormulaType.BOOLEAN: "是或否 boolean",
    FormulaType.DATE: "日期 date",
}

HEAD = f"""# Formulas 公式

<!-- Written by tools/formula_docs.py from the function table and the case files. Edit those, then run it. -->

A formula reads named values of one row and gives one value: `IF([完成率] < 70%, "黄", "绿")`. It means the same typed
in Chinese, also full-width: `＝如果（【完成率】＜７０％；“黄”；“绿”）`. A leading `=` may be there.

## Writing
- **Names**: `[完成率]`, or without brackets when the name is one word of letters and digits.
- **Values**: numbers `0.7`, `70%`; texts `"绿"` or `“绿”` (a straight quote inside is written twice); `TRUE`, `FALSE`
  or `真`, `假`; dates `DATE(2026, 3, 31)`.
- **Signs**, strongest first: `%`, minus in front, `^`, `*` `/`, `+` `-`, `&`, then `=` `<>` `<` `<=` `>` `>=`. As in a
  spreadsheet `-2^2` is 4 and `2^3^2` is 64. Comparisons are not chained: write `AND(0 < [a], [a] < 1)`.
- **Arguments** are separated by `,` or `;`.
- **Limits**: {limits.CHARACTERS:,} characters, {limits.NODES} parts, {limits.DEPTH} levels, and a bound on conditions
  inside conditions.

## What is exact
- A number is a decimal with at most {PLACES} places and {DIGITS - PLACES} digits before the point, never a binary
  fraction: `0.1 + 0.2` is `0.3`.
- A sum is exact. A product, a quotient and a percentage are computed exactly and rounded once to {PLACES} places,
  halves away from zero.
- `^` keeps 15 significant digits, then {PLACES} places; for more write `[x] * [x]`.
- A result too large is missing, a division by zero is missing. There is no infinity.
- `ROUND` takes halves away from zero: `ROUND(1.005, 2)` is `1.01`, `ROUND(-2.5)` is `-3`.
- Texts are the same when every character is: case counts. Texts and booleans have no order.
- The value of one row and the value of the same formula over a whole table in the database are equal to the last
  digit; a test with random formulas over random rows holds them together (DuckDB). The Spark text follows the same
  rule and is not yet proved.

## What is missing
Missing is not zero and never green. A missing value makes everything computed from it missing, except:
- `IF` with a missing condition is missing, not "otherwise";
- `AND` with one false part is false, `OR` with one true part is true, whatever else is missing;
- `MIN`, `MAX`, `SUM`, `AVERAGE`, `COUNT`, `COUNTIF` and the functions over a unit leave missing values out;
- `COALESCE`, `IFERROR` and `ISBLANK` are there to deal with it.

An empty text is not missing.

## Warnings while saving
A branch that nobody reaches, a condition that is always or never true, a division by something that can be zero, a
case listed twice, thresholds that do not ascend, reversed bounds. The formula can be saved all the same.
"""


def usage(function: Function, *, language: str) -> str:
    """`IF(条件, 成立时, [不成立时])`: optional arguments in brackets, `…` after what repeats."""
    shape = function.shape

    def words(parameters: tuple[Parameter, ...]) -> list[str]:
        return [parameter.zh if language == "zh" else parameter.en for parameter in parameters]

    tail = [f"[{word}]" if shape.tail_is_optional else word for word in words(shape.tail)]
    repeat = [*words(shape.repeat), "…"] if shape.repeat else []
    name = function.aliases[0] if language == "zh" else function.name
    return f"`{name}({', '.join([*words(shape.head), *repeat, *tail])})`"


def result(function: Function) -> str:
    """Its type, or that it is the type of its values."""
    return TYPES[function.gives] if isinstance(function.gives, FormulaType) else "同取值 as its values"


def example(case: dict[str, object]) -> str:
    """A case in one line: the row, the formula, the value."""
    row = case.get("row") or {}
    assert isinstance(row, dict)
    given = "，".join(f"{name} {shown(value)}" for name, value in row.items())
    formula = f"`{escaped(str(case['formula']))}`"
    answer = shown(case["value"]) if "value" in case else "缺失 missing"
    return f"{given + '：' if given else ''}{formula} → {answer}"


def shown(value: object) -> str:
    """A value as it is read in a table."""
    if isinstance(value, bool):
        return "真 true" if value else "假 false"
    return escaped(f"“{value}”") if isinstance(value, str) else str(value)


def escaped(words: str) -> str:
    """Words that may stand in a table."""
    return words.replace("|", "\\|")


def cases() -> dict[str, list[dict[str, object]]]:
    """All cases by function."""
    found: dict[str, list[dict[str, object]]] = {}
    for path in sorted(CASES.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        for heading, listed in document.items():
            if heading in TABLE:
                found.setdefault(heading, []).extend(listed)
    return found


def function_rows() -> list[str]:
    """One row for each function."""
    by_function = cases()
    rows = [
        "| 函数 Function | 写法 Usage | 结果 Result | 说明 Meaning | 例 Example |",
        "| --- | --- | --- | --- | --- |",
    ]
    for function in FUNCTIONS:
        names = "<br>".join([f"`{function.name}`", *function.aliases])
        both = f"{usage(function, language='zh')}<br>{usage(function, language='en')}"
        meaning = f"{escaped(function.zh)}<br>{escaped(function.en)}"
        rows.append(
            f"| {names} | {both} | {result(function)} | {meaning} | {first_example(by_function[function.name])} |"
        )
    return rows


def first_example(listed: list[dict[str, object]]) -> str:
    """The first case of one row; a group case is told by its formula."""
    case = listed[0]
    return example(case) if "row" in case else f"`{escaped(str(case['formula']))}`"


def sign_rows() -> list[str]:
    """One row for each sign."""
    rows = ["| 符号 Sign | 结果 Result | 说明 Meaning |", "| --- | --- | --- |"]
    signs = [function for function in TABLE.values() if function.is_operator]
    return rows + [f"| `{sign.name}` | {result(sign)} | {sign.zh}<br>{sign.en} |" for sign in signs]


def render() -> str:
    """The whole page."""
    parts = [HEAD, "## Functions 函数", *function_rows(), "", "## Signs 符号", *sign_rows(), ""]
    return "\n".join(parts)


def main() -> int:
    if "--check" in sys.argv[1:]:
        stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != render()
        if stale:
            print("docs/formulas.md is stale: run python tools/formula_docs.py")
        return int(stale)
    PAGE.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
