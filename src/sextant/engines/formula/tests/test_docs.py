"""The page about formulas is written from the function table; here it is compared with it."""

from tools.formula_docs import PAGE, render


def test_page_of_formulas_is_not_stale():
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m tools.formula_docs"
