"""What was really measured, week by week: the generator's own account, from which targets are argued."""

from collections import defaultdict
from collections.abc import Sequence

from sextant.demo.weeks import WEEKS


class Book:
    """Weekly sums of value and denominator for each measure and subject (a person's number or a unit's code)."""

    def __init__(self) -> None:
        self._weeks: dict[tuple[str, str], list[list[float]]] = defaultdict(lambda: [[0.0, 0.0] for _ in range(WEEKS)])

    def add(self, measure: str, week: int, value: float, *, subjects: Sequence[str], denominator: float = 1.0) -> None:
        """Count one reading for the person it is about and for every unit above."""
        for subject in subjects:
            cell = self._weeks[measure, subject][week]
            cell[0] += value
            cell[1] += denominator

    def has(self, measure: str, subject: str) -> bool:
        """Whether the subject was ever measured so."""
        return (measure, subject) in self._weeks

    def total(self, measure: str, subject: str, weeks: Sequence[int]) -> tuple[float, float]:
        """Sum of values and sum of denominators over `weeks`; (0, 0) when nothing was measured."""
        cells = self._weeks.get((measure, subject))
        if cells is None:
            return 0.0, 0.0
        chosen = [cells[week] for week in weeks if 0 <= week < WEEKS]
        return sum(cell[0] for cell in chosen), sum(cell[1] for cell in chosen)
