"""公式: a named formula with typed names, as a document. What it reads comes from a context of a domain, from whoever
computes it, or from another formula."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sextant.engines.formula import FormulaType
from sextant.foundation.documents import Document

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\[\]【】\r\n]+$")]
Code = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,59})?$")]


class FormulaName(Document):
    """A name beside those of the context. `formula` is the code of the formula that gives its value; "": whoever
    computes the formula gives it."""

    name: Name
    type: FormulaType = FormulaType.NUMBER
    formula: Code = ""


class FormulaDocument(Document):
    """The whole. `context` "" for a formula that only reads what it is given."""

    text: Annotated[str, Field(max_length=4000)]
    result: FormulaType = FormulaType.NUMBER
    context: Code = ""
    names: Annotated[tuple[FormulaName, ...], Field(max_length=60)] = ()
    note: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        called = [one.name for one in self.names]
        if len(set(called)) < len(called):
            raise ValueError("formula_table.name_twice")
        return self
