"""Random typed formulas and rows, for the property tests."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from sextant.engines.formula import FormulaType
from sextant.engines.formula.types import BOOLEAN, DATE, NUMBER, TEXT

NAMES = {
    "完成率": NUMBER,
    "回款": NUMBER,
    "目标 数": NUMBER,
    "区域": TEXT,
    "备注": TEXT,
    "在岗": BOOLEAN,
    "入职": DATE,
    "离职": DATE,
    "unit": TEXT,
}

_EDGES = [
    "0",
    "1",
    "-1",
    "0.5",
    "-0.5",
    "2.5",
    "0.000000001",
    "-0.000000001",
    "0.7",
    "100",
    "9999999999999999999.999999999",
]
numbers = st.one_of(
    st.sampled_from(_EDGES).map(Decimal),
    st.decimals(min_value=-1000, max_value=1000, places=2),
    st.decimals(min_value=Decimal("-9E18"), max_value=Decimal("9E18"), places=9),
)
texts = st.one_of(
    st.sampled_from(["华东", "华南", "a\"b'c", "", "A", "a", "\\n%_", "é👩‍👧"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=6),
)
dates = st.one_of(
    st.sampled_from([date(2024, 2, 29), date(2026, 1, 31), date(2026, 3, 1), date(1999, 12, 31)]),
    st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31)),
)
_VALUES = {NUMBER: numbers, TEXT: texts, BOOLEAN: st.booleans(), DATE: dates}

units = st.sampled_from(["甲", "乙", None])
rows = st.fixed_dictionaries(
    {name: st.none() | _VALUES[kind] for name, kind in NAMES.items() if name != "unit"} | {"unit": units}
)


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'


def _spread(name: str, count: st.SearchStrategy[list[str]]) -> st.SearchStrategy[str]:
    return count.map(lambda parts: f"{name}({', '.join(parts)})")


def _names(kind: FormulaType) -> st.SearchStrategy[str]:
    return st.sampled_from([f"[{name}]" for name, each in NAMES.items() if each is kind])


def _literal(kind: FormulaType) -> st.SearchStrategy[str]:
    if kind is NUMBER:
        return numbers.map(lambda value: f"{value:f}") | st.integers(0, 400).map(lambda whole: f"{whole}%")
    if kind is TEXT:
        return texts.map(_quoted)
    if kind is BOOLEAN:
        return st.sampled_from(["TRUE", "FALSE"])
    return dates.map(lambda day: f"DATE({day.year}, {day.month}, {day.day})")


def _many(arg: st.SearchStrategy[str], least: int = 1) -> st.SearchStrategy[list[str]]:
    return st.lists(arg, min_size=least, max_size=4)


def _call(name: str, *args: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*args).map(lambda parts: f"{name}({', '.join(parts)})")


def _pairs(name: str, *, head: list, pair: tuple, tail: list = ()) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(*pair), min_size=1, max_size=3)
    return st.tuples(st.tuples(*head), pairs, st.tuples(*tail)).map(
        lambda parts: f"{name}({', '.join([*parts[0], *(each for two in parts[1] for each in two), *parts[2]])})"
    )


def _binary(left: st.SearchStrategy[str], signs: list[str], right: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(left, st.sampled_from(signs), right).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})")


def _grow(parts: dict[FormulaType, st.SearchStrategy[str]]) -> dict[FormulaType, st.SearchStrategy[str]]:
    """One level more: for each type, everything that gives it from the strategies of one level less."""
    n, t, b, d = (parts[kind] for kind in (NUMBER, TEXT, BOOLEAN, DATE))
    any_part = st.one_of(n, t, b, d)

    def chosen(x: st.SearchStrategy[str]) -> list[st.SearchStrategy[str]]:
        return [
            _call("IF", b, x, x),
            _call("IF", b, x),
            _pairs("IFS", head=[], pair=(b, x)),
            _pairs("SWITCH", head=[n], pair=(_literal(NUMBER), x), tail=[x]),
            _pairs("SWITCH", head=[t], pair=(_literal(TEXT), x)),
            _pairs("LOOKUP", head=[n], pair=(_literal(NUMBER), x)),
            _spread("COALESCE", _many(x)),
            _call("IFERROR", x, x),
        ]

    places = st.integers(-15, 9).map(str)
    number = [
        *[_binary(n, signs, n) for signs in (["+", "-"], ["*"], ["*", "/"], ["/"])],
        _binary(n, ["^"], st.sampled_from(["2", "0.5", "-1", "3"]) | n),
        n.map(lambda each: f"-({each})"),
        n.map(lambda each: f"({each})%"),
        *[_spread(name, _many(n)) for name in ("MIN", "MAX", "SUM", "AVERAGE")],
        _spread("COUNT", _many(any_part)),
        _call("COUNTIF", n, n, st.sampled_from(['">=0.5"', '"<>0"', '"1"', '"< 70%"'])),
        _call("ABS", n),
        _call("CLAMP", n, n, n),
        *[_call(name, n, places) for name in ("ROUND", "ROUNDUP", "ROUNDDOWN")],
        _call("ROUND", n),
        _call("LEN", t),
        *[_call(name, d) for name in ("YEAR", "MONTH", "DAY")],
        _call("DATEDIF", d, d, st.sampled_from(['"D"', '"M"', '"y"'])),
    ]
    text = [
        _binary(t, ["&"], any_part),
        _call("LEFT", t, n),
        _call("RIGHT", t, st.integers(-1, 4).map(str)),
        _call("LEFT", t),
        _call(
            "TEXT",
            n,
            st.sampled_from(['"0"', '"0.00"', '"0.0%"', '"#,##0"', '"#,##0.00"', '"#,##0.0%"', '"0.000000000"']),
        ),
        _call("TEXT", d, st.sampled_from(['"YYYY-MM-DD"', '"YYYY年M月D日"', '"D/M"'])),
    ]
    boolean = [
        _binary(n, ["<", "<=", ">", ">=", "=", "<>"], n),
        _binary(d, ["<", ">=", "="], d),
        _binary(t, ["=", "<>"], t),
        _binary(b, ["=", "<>"], b),
        _spread("AND", _many(b)),
        _spread("OR", _many(b)),
        _call("NOT", b),
        _call("ISBLANK", any_part),
        _call("CONTAINS", t, t),
    ]
    day = [_call("MIN", d, d), _call("MAX", d, d)]
    grown = {NUMBER: number, TEXT: text, BOOLEAN: boolean, DATE: day}
    # As one alternative among the others, lest half of all formulas begin with a choice.
    return {kind: st.one_of(*made, st.one_of(*chosen(parts[kind])).map(str)) for kind, made in grown.items()}


def _typed(levels: int) -> dict[FormulaType, st.SearchStrategy[str]]:
    leaves = {kind: st.one_of(_names(kind), _literal(kind)) for kind in NAMES.values()}
    grown = _grow(leaves)
    for _ in range(levels - 1):
        # The map keeps one_of from flattening, which would make leaves rare and formulas huge.
        grown = _grow({kind: st.one_of(leaves[kind], grown[kind].map(str)) for kind in leaves})
    return grown


_PARTS = _typed(3)
formula_texts = st.sampled_from([NUMBER, NUMBER, TEXT, BOOLEAN, DATE]).flatmap(_PARTS.__getitem__)
"""Texts of well-typed formulas over NAMES, up to four levels deep."""


def _grow_signs(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    unary = st.tuples(st.sampled_from(["(-{})", "({})%"]), part).map(lambda parts: parts[0].format(parts[1]))
    return st.one_of(
        _binary(part, ["+", "-"], part), _binary(part, ["-", "*", "/"], part), _binary(part, ["^"], part), unary
    )


_signed = st.recursive(st.sampled_from(["[回款]", "2", "0.5", "70%"]), _grow_signs, max_leaves=10)
_wrapped = st.sampled_from(["{}", "{}", "1 & ({} & 2)", "({} < 1) = (2 > {})"])
sign_texts = st.tuples(_wrapped, _signed).map(lambda parts: parts[0].replace("{}", parts[1]))
"""Texts of formulas of signs only, with every bracket written."""

_FLAT = _typed(1)
group_texts = st.one_of(
    _binary(_call("UNIT_SUM", _FLAT[NUMBER]), ["+", "*", "/"], _FLAT[NUMBER]),
    _call("IF", _FLAT[BOOLEAN], _call("UNIT_AVERAGE", _FLAT[NUMBER]), _FLAT[NUMBER]),
    _call("UNIT_COUNTIF", _FLAT[BOOLEAN]),
)
"""Texts of formulas that look at the whole unit."""
