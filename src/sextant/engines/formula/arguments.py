"""Checks the arguments of one call against the shape of its function."""

from collections.abc import Sequence

from sextant.engines.formula.codes import Code, report
from sextant.engines.formula.constants import constant_of, is_constant
from sextant.engines.formula.functions import Function, Parameter
from sextant.engines.formula.nodes import Call, Node
from sextant.engines.formula.types import FormulaType
from sextant.engines.values import Problem


def check_arguments(
    function: Function, *, at: int, args: Sequence[Node | None]
) -> tuple[FormulaType | None, list[Problem]]:
    """Result type of the call and what is wrong with its arguments; the type is None when something is.

    An argument that is None had its own problem: it is counted, not looked at.
    """
    parameters = function.shape.spread(len(args))
    if parameters is None:
        return None, [_wrong_count(function, at=at, given=len(args))]
    letters: dict[str, FormulaType] = {}
    problems: list[Problem] = []
    for place, (parameter, arg) in enumerate(zip(parameters, args, strict=True), start=1):
        if arg is not None and (problem := _argument(function, at, place, parameter, arg, letters)):
            problems.append(problem)
    kind = letters.get(function.gives) if not isinstance(function.gives, FormulaType) else function.gives
    complete = tuple(arg for arg in args if arg is not None)
    if problems or kind is None or len(complete) < len(args):
        return None, problems
    problems = _check_constants(function, Call(at, function.name, complete, kind))
    return (None if problems else kind), problems


def _argument(
    function: Function, at: int, place: int, parameter: Parameter, arg: Node, letters: dict[str, FormulaType]
) -> Problem | None:
    """One argument: its type, its agreement with the others of the same letter, its being constant."""
    compares = function.is_operator and parameter.same in letters
    if arg.type not in parameter.accepts and not compares:
        return _wrong_type(function, at, place, parameter, arg)
    agreed = letters.setdefault(parameter.same, arg.type) if parameter.same else arg.type
    if agreed is not arg.type:
        return _disagreement(function, at, place, arg, expected=agreed)
    if parameter.constant and not is_constant(arg):
        return report(Code.NOT_CONSTANT, at=arg.at, function=function.name, argument=place)
    return None


def _disagreement(function: Function, at: int, place: int, arg: Node, *, expected: FormulaType) -> Problem:
    if function.is_operator:
        code = Code.DIFFERENT_OPERANDS
        return report(code, at=at, operator=function.name, expected=expected, given=arg.type)
    code = Code.DIFFERENT_ARGUMENTS
    return report(code, at=arg.at, function=function.name, argument=place, expected=expected, given=arg.type)


def _wrong_type(function: Function, at: int, place: int, parameter: Parameter, arg: Node) -> Problem:
    expected = parameter.accepts[0]
    if function.is_operator and parameter.same:
        return report(Code.NO_ORDER, at=at, operator=function.name, given=arg.type)
    if function.is_operator:
        return report(Code.WRONG_OPERAND, at=arg.at, operator=function.name, expected=expected, given=arg.type)
    code = Code.WRONG_ARGUMENT
    return report(code, at=arg.at, function=function.name, argument=place, expected=expected, given=arg.type)


def _wrong_count(function: Function, *, at: int, given: int) -> Problem:
    least, most = function.shape.least, function.shape.most
    if given < least:
        return report(Code.TOO_FEW_ARGUMENTS, at=at, function=function.name, given=given, least=least)
    if most is not None:
        return report(Code.TOO_MANY_ARGUMENTS, at=at, function=function.name, given=given, most=most)
    return report(Code.UNPAIRED_ARGUMENTS, at=at, function=function.name, given=given)


def _check_constants(function: Function, call: Call) -> list[Problem]:
    if function.check is None:
        return []
    problem = function.check(call, tuple(constant_of(arg) for arg in call.args))
    return [problem] if problem else []
