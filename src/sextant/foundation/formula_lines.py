"""What an editor of formulas shows: problems with their places and remedies, and everything that can be written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from sextant.engines.formula import FUNCTIONS, Fix, fix_of, span_of
from sextant.engines.values import Problem, Severity


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem as the editor shows it; `from_at` None where it concerns the whole text. Positions count characters."""

    text: str
    tone: str
    from_at: int | None
    until_at: int | None
    fix: Fix | None


def problem_lines(text: str, problems: Iterable[Problem], *, say: Callable[[Problem], str]) -> list[ProblemLine]:
    """Problems of a formula's text in the words of `say`, each where the text gives it a place and a remedy."""
    return [_line(text, one, say) for one in problems]


def list_functions() -> list[tuple[str, str, str]]:
    """(word, arguments, what it does) of every function, in the reader's language."""
    is_chinese = (get_language() or "zh").startswith("zh")
    found = []
    for one in FUNCTIONS:
        shape = (*one.shape.head, *one.shape.repeat, *one.shape.tail)
        names = [part.zh if is_chinese else part.en for part in shape]
        word = one.aliases[0] if is_chinese and one.aliases else one.name
        found.append((word, ", ".join(names), one.zh if is_chinese else one.en))
    return found


def list_completions(names: Sequence[str]) -> dict[str, list[object]]:
    """Everything that can be written, for the script of `<c-formula_editor>`: names, and functions with all their
    words."""
    functions: list[object] = [
        {"word": word, "words": [one.name, *one.aliases], "note": arguments}
        for one, (word, arguments, _meaning) in zip(FUNCTIONS, list_functions(), strict=True)
    ]
    return {"names": list(names), "functions": functions}


def _line(text: str, problem: Problem, say: Callable[[Problem], str]) -> ProblemLine:
    span = span_of(text, problem)
    tone = "bad" if problem.severity is Severity.ERROR else "warn"
    return ProblemLine(say(problem), tone, span[0] if span else None, span[1] if span else None, fix_of(text, problem))
