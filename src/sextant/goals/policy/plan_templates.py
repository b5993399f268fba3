"""Which template does a plan stand on?"""

from collections.abc import Sequence
from dataclasses import dataclass

UNIT_FAMILY = "unit"
"""The role family of plans that units own."""


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template that could be used: the version in force for the cycle, and the role families it was made for.
    No families: for everyone no other template was made for."""

    version_id: int
    code: str
    families: tuple[str, ...]


def choose_template(choices: Sequence[TemplateChoice], *, title: str, is_unit: bool) -> int | None:
    """Version id of the template for a holder of the post `title`, or for a unit; None when there is none at all.

    A family fits a title that contains it; the longest that fits wins, then the first by code.

    >>> sales, manager = TemplateChoice(1, "a", ("经理",)), TemplateChoice(2, "b", ("客户经理",))
    >>> general = TemplateChoice(3, "c", ())
    >>> choose_template([sales, manager, general], title="高级客户经理", is_unit=False)
    2
    >>> choose_template([sales, general], title="工程师", is_unit=False)
    3
    """
    ranked = [(_fit(choice, title=title, is_unit=is_unit), choice) for choice in choices]
    fitting = [(fit, choice) for fit, choice in ranked if fit is not None]
    if not fitting:
        return None
    return min(fitting, key=lambda one: (-one[0], one[1].code))[1].version_id


def _fit(choice: TemplateChoice, *, title: str, is_unit: bool) -> int | None:
    """How well a template fits: the length of the family found in the title; 0 for a general one, None for none."""
    if not choice.families:
        return 0
    if is_unit:
        return 1 if UNIT_FAMILY in choice.families else None
    return max((len(family) for family in choice.families if family.casefold() in title.casefold()), default=None)
