"""流程: a flow as a document. Its steps stand in the order HR sees them; `next` names the step that follows."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sextant.engines.flow import Quorum, ReactionKind, Unit
from sextant.engines.formula import FormulaType
from sextant.foundation.documents import Document

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Way = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,59})?$")]
Words = Annotated[str, Field(max_length=120)]
Named = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\[\]【】\r\n]+$")]
Condition = Annotated[str, Field(max_length=2000)]


class FieldDocument(Document):
    """A value of the flow that conditions may read, by its name."""

    name: Named
    type: FormulaType = FormulaType.NUMBER


class SpanDocument(Document):
    """A length of time."""

    amount: Annotated[int, Field(ge=1, le=10_000)]
    unit: Unit = Unit.HOUR


class AssigneeDocument(Document):
    """Who is asked: a source ("people.line_manager") with what it needs to know (grade: 9)."""

    source: Annotated[str, Field(min_length=1, max_length=60)]
    params: dict[str, str | int | list[int]] = Field(default_factory=dict)


class LimitDocument(Document):
    """A rung of the ladder. Its code stays when the ladder is written anew: running timers know it by that."""

    code: Code
    after: SpanDocument
    do: ReactionKind = ReactionKind.NOTIFY
    to: Annotated[tuple[AssigneeDocument, ...], Field(max_length=10)] = ()
    flow: Way = ""


class _Step(Document):
    code: Code
    name: Words = ""


class _Onward(_Step):
    next: Way = ""


class _Asked(_Onward):
    assignees: Annotated[tuple[AssigneeDocument, ...], Field(max_length=10)] = ()
    limits: Annotated[tuple[LimitDocument, ...], Field(max_length=10)] = ()


class FormStep(_Asked):
    """填写: somebody fills in a form; `form` is its code, "" while forms are told in the note alone."""

    kind: Literal["form"] = "form"
    form: Way = ""


class ApproveStep(_Asked):
    """审批: all of those asked, any of them, or `count` of them agree."""

    kind: Literal["approve"] = "approve"
    quorum: Quorum = Quorum.ALL
    count: Annotated[int, Field(ge=1, le=100)] = 1


class CopyStep(_Onward):
    """抄送: told, and on."""

    kind: Literal["copy"] = "copy"
    assignees: Annotated[tuple[AssigneeDocument, ...], Field(max_length=10)] = ()


class WaitStep(_Onward):
    """等待: so long."""

    kind: Literal["wait"] = "wait"
    span: SpanDocument | None = None


class CallStep(_Onward):
    """执行: an action of the product, by its registered code."""

    kind: Literal["call"] = "call"
    action: Annotated[str, Field(max_length=80)] = ""
    params: dict[str, str | int | bool] = Field(default_factory=dict)


class SubflowStep(_Onward):
    """子流程: another flow runs to its end."""

    kind: Literal["subflow"] = "subflow"
    flow: Way = ""


class ArmDocument(Document):
    """One way of a branch. An empty condition is 其他情况."""

    when: Condition = ""
    next: Way = ""
    name: Words = ""


class BranchStep(_Step):
    """分支: the first way whose condition holds."""

    kind: Literal["branch"] = "branch"
    arms: Annotated[tuple[ArmDocument, ...], Field(max_length=20)] = ()


class ForkStep(_Step):
    """并行: every way at once."""

    kind: Literal["fork"] = "fork"
    arms: Annotated[tuple[ArmDocument, ...], Field(max_length=20)] = ()


class JoinStep(_Onward):
    """汇合: where parallel ways meet."""

    kind: Literal["join"] = "join"


class EndStep(_Step):
    """结束."""

    kind: Literal["end"] = "end"


StepDocument = (
    FormStep | ApproveStep | CopyStep | WaitStep | CallStep | SubflowStep | BranchStep | ForkStep | JoinStep | EndStep
)


class StartersDocument(Document):
    """谁能发起: whose list of flows it stands in. `some`: those that the sources find about themselves. Without a word
    nobody: many flows are started by rules, by other flows, and by the product."""

    who: Literal["nobody", "everyone", "some"] = "nobody"
    among: Annotated[tuple[AssigneeDocument, ...], Field(max_length=20)] = ()


class FlowDocument(Document):
    """The whole. `may_withdraw`: whoever started an instance may take it back while it runs."""

    fields: Annotated[tuple[FieldDocument, ...], Field(max_length=60)] = ()
    steps: Annotated[tuple[Annotated[StepDocument, Field(discriminator="kind")], ...], Field(max_length=200)] = ()
    may_withdraw: bool = True
    starters: StartersDocument = StartersDocument()
    note: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="after")
    def _sound(self) -> "FlowDocument":
        called = [one.name for one in self.fields]
        if len(set(called)) < len(called):
            raise ValueError("flow.field_twice")
        return self
