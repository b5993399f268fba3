"""Sentences about flows: what is wrong with a definition, why an instance cannot go on, and every line of its log."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.flow import StepKind
from sextant.engines.values import Problem
from sextant.foundation import formula_messages
from sextant.lowcode.contracts.flows import InstanceState, StepState

SENTENCES: Mapping[str, Promise | str] = {
    "flow.no_steps": _("流程还没有步骤。"),
    "flow.code_twice": _("有两个步骤用了同一个编号“%(step)s”。请改一个。"),
    "flow.unknown_next": _("“%(step)s”之后要去的“%(next)s”不存在。请另选一步。"),
    "flow.nowhere": _("“%(step)s”之后没有下一步。请连到一步或结束。"),
    "flow.unreachable": _("没有路走到“%(step)s”。请连上，或删去。"),
    "flow.no_end": _("流程没有结束。请加一个结束步骤。"),
    "flow.no_way_out": _("从“%(step)s”走不到结束。请加一条出路。"),
    "flow.no_default": _("分支“%(step)s”没有“其他情况”。请补上。"),
    "flow.no_condition": _("分支“%(step)s”还有一条路没有写条件。"),
    "flow.default_not_last": _("分支“%(step)s”的“其他情况”要放在最后，而且只能有一个。"),
    "flow.few_arms": _("并行“%(step)s”至少要有两条路。"),
    "flow.runs_in_circles": _("“%(steps)s”绕成一圈，中间没有人处理，会一直转下去。请断开一处。"),
    "flow.join_without_fork": _("汇合“%(step)s”前面没有并行。请删去，或补上并行。"),
    "flow.joins_apart": _("并行“%(step)s”的几条路汇合在不同的地方。请汇合到同一步。"),
    "flow.crosses_arms": _("“%(step)s”从并行的里面和外面都能走到。请先汇合。"),
    "flow.no_assignee": _("“%(step)s”没有指定由谁处理。"),
    "flow.no_form": _("“%(step)s”没有选表单。"),
    "flow.no_span": _("“%(step)s”没有写等多久。"),
    "flow.no_action": _("“%(step)s”没有选要执行的动作。"),
    "flow.no_flow": _("“%(step)s”没有选流程。"),
    "flow.bad_count": _("“%(step)s”要求同意的人数至少是 1。"),
    "flow.limit_twice": _("“%(step)s”有两级时限用了同一个编号“%(limit)s”。"),
    "flow.limits_not_rising": _("“%(step)s”的时限不是由短到长。请检查先后。"),
    "flow.bad_span": _("“%(step)s”的时长至少是 1。"),
    "flow.no_limit": _("“%(step)s”没有设时限，可能一直等下去。"),
    "flow.field_twice": _("流程有两项数据用了同一个名称。"),
    "flow.unknown_source": _("“%(step)s”的处理人“%(source)s”不存在。请换一种。"),
    "flow.unknown_starter": _("“谁能发起”里的“%(source)s”不存在。请换一种。"),
    "flow.person_left": _("“%(step)s”指定的%(names)s已经离职，会转给别人或人力资源。"),
    "flow.unknown_action": _("“%(step)s”要执行的“%(action)s”不存在。请换一个。"),
    "flow.condition": _("“%(step)s”判断不了“%(arm)s”：%(names)s没有值。请补上后继续。"),
    "flow.no_branch": _("“%(step)s”没有一条路符合。请改数据，或换到新版本。"),
    "flow.runaway": _("走到“%(step)s”时绕圈太多，已停下。请检查流程。"),
    "flow.gone": _("现在的版本里没有“%(step)s”这一步。请换到有这一步的版本。"),
    "flow.nobody": _("“%(step)s”找不到处理人。"),
    "flow.part_not_done": _("子流程“%(flow)s”没有办完。请处理后继续。"),
    "flow.call_failed": _("“%(step)s”没有执行成功（%(reason)s）。请处理后继续。"),
    "flow.not_published": _("流程“%(flow)s”没有在用的版本。请先发布。"),
    "flow.no_version": _("没有已发布的第 %(number)s 版。"),
    "flow.unknown_step": _("两个版本里都没有“%(step)s”这一步。"),
    "flow.work_closed": _("已经有人处理，或流程已往下走。"),
    "flow.needs_reason": _("退回要写原因。"),
    "flow.no_way_back": _("不能退回到那一步。"),
    "flow.hr_decides": _("这一项要打开后处理。"),
    "flow.not_at_work": _("这位同事不在职。请另选一位。"),
    "flow.already_asked": _("已经请过这位同事。请另选一位。"),
    "flow.nobody_named": _("还没有选人。"),
    "flow.not_running": _("流程已经结束。"),
    "flow.not_stopped": _("流程没有停下，不需要修复。"),
    "flow.is_part": _("这是另一个流程的一部分，请在那里撤回。"),
    "flow.may_not_withdraw": _("这个流程发起后不能撤回。请联系人力资源。"),
    "bpmn.not_xml": _("这不是可以读取的 BPMN 文件。"),
    "bpmn.no_process": _("文件里没有流程。"),
    "bpmn.unknown_element": _("“%(step)s”是“%(kind)s”，这里没有对应的步骤。请在原工具里换掉后再导入。"),
    "bpmn.too_large": _("文件太大。"),
    "bpmn.no_picture": _("文件里没有图，已按步骤画了一张。"),
    "bpmn.redrawn": _("图已按这里的样子重画，步骤和走法没有变。"),
    "bpmn.mixed_gateway": _("网关“%(step)s”既汇合又分开。请拆成两个。"),
}
"""Every `flow.*` code; those of conditions carry the step and the arm besides."""

LINES: Mapping[str, Promise | str] = {
    "flow.line.started": _("发起"),
    "flow.line.filled": _("填写"),
    "flow.line.agreed": _("同意"),
    "flow.line.returned": _("退回"),
    "flow.line.passed_on": _("转交给%(to)s"),
    "flow.line.added": _("加签%(to)s"),
    "flow.line.withdrawn": _("撤回"),
    "flow.line.reminded": _("催办%(to)s"),
    "flow.line.assigned": _("指定%(to)s处理"),
    "flow.line.resumed": _("修复后继续"),
    "flow.line.moved": _("换到第 %(version)s 版"),
    "flow.line.branch": _("走“%(arm)s”"),
    "flow.line.forked": _("分几路同时进行"),
    "flow.line.joined": _("几路汇合"),
    "flow.line.ended": _("流程结束"),
    "flow.line.nobody": _("找不到处理人，转人力资源指定"),
    "flow.line.stuck": _("停下，等人力资源修复"),
    "flow.line.left": _("%(person)s已离职，换人处理"),
    "flow.line.notified": _("超过%(span)s，提醒处理人"),
    "flow.line.escalated": _("超过%(span)s，升级"),
    "flow.line.spawned": _("超过%(span)s，另开流程"),
    "flow.line.called": _("已执行"),
    "flow.line.part_ended": _("子流程“%(flow)s”结束"),
}

KINDS: Mapping[StepKind, Promise | str] = {
    StepKind.FORM: _("填写"),
    StepKind.APPROVE: _("审批"),
    StepKind.COPY: _("抄送"),
    StepKind.WAIT: _("等待"),
    StepKind.CALL: _("执行"),
    StepKind.SUBFLOW: _("子流程"),
    StepKind.BRANCH: _("分支"),
    StepKind.FORK: _("并行"),
    StepKind.JOIN: _("汇合"),
    StepKind.END: _("结束"),
}
STATES: Mapping[InstanceState, Promise | str] = {
    InstanceState.RUNNING: _("进行中"),
    InstanceState.STOPPED: _("已停下"),
    InstanceState.ENDED: _("已结束"),
    InstanceState.RETURNED: _("已退回"),
    InstanceState.WITHDRAWN: _("已撤回"),
}
STEP_STATES: Mapping[StepState, Promise | str] = {
    StepState.OPEN: _("进行中"),
    StepState.JOINED: _("等其他路"),
    StepState.STUCK: _("已停下"),
    StepState.DONE: _("完成"),
    StepState.RETURNED: _("退回"),
    StepState.VOID: _("作废"),
}
LABELS: Mapping[str, Promise | str] = {
    "fields": _("数据"),
    "fields.name": _("名称"),
    "fields.type": _("类型"),
    "steps": _("步骤"),
    "steps.code": _("编号"),
    "steps.name": _("名称"),
    "steps.kind": _("类型"),
    "steps.next": _("下一步"),
    "assignees": _("处理人"),
    "source": _("谁"),
    "params": _("条件"),
    "limits": _("时限"),
    "after": _("多久"),
    "amount": _("数量"),
    "unit": _("单位"),
    "do": _("到时做什么"),
    "to": _("给谁"),
    "flow": _("流程"),
    "form": _("表单"),
    "quorum": _("几人同意"),
    "count": _("人数"),
    "span": _("等多久"),
    "action": _("动作"),
    "arms": _("走法"),
    "when": _("条件"),
    "may_withdraw": _("发起后可撤回"),
    "starters": _("谁能发起"),
    "who": _("谁能发起"),
    "among": _("哪些人"),
    "note": _("说明"),
}
SPANS: Mapping[str, Callable[[int], str]] = {
    "minute": lambda number: ngettext("%(n)s 分钟", "%(n)s 分钟", number) % {"n": number},
    "hour": lambda number: ngettext("%(n)s 小时", "%(n)s 小时", number) % {"n": number},
    "workday": lambda number: ngettext("%(n)s 个工作日", "%(n)s 个工作日", number) % {"n": number},
}


def say_flow(problem: Problem) -> str:
    """The sentence of a `flow.*` or `bpmn.*` problem, or of a condition's formula. KeyError for a code nobody wrote
    down."""
    if problem.code in SENTENCES:
        params = {key: _listed(value) for key, value in problem.params.items()}
        return str(SENTENCES[problem.code]) % params
    if problem.code.startswith("formula."):
        said = formula_messages.say(problem)
        place = gettext("“%(step)s”的条件“%(arm)s”：%(problem)s")
        return place % {**problem.params, "problem": said} if "step" in problem.params else said
    raise KeyError(problem.code)


def say_line(code: str, params: Mapping[str, object], *, names: Mapping[int, str]) -> str:
    """A line of the log without its person; `names` are those of the persons in its params. KeyError for a code nobody
    wrote down."""
    told = dict(params)
    for key in ("to", "person"):
        if key in told:
            told[key] = _named(told[key], names)
    if "amount" in told:
        told["span"] = say_span(int(str(told["amount"])), str(told["unit"]))
    return str(LINES[code]) % told


def say_span(amount: int, unit: str) -> str:
    """A length of time: 4 小时."""
    return SPANS[unit](amount)


def _named(ids: object, names: Mapping[int, str]) -> str:
    listed: Sequence[object] = ids if isinstance(ids, list | tuple) else [ids]
    return gettext("、").join(names.get(int(str(one)), "—") for one in listed)


def _listed(value: object) -> object:
    return gettext("、").join(str(one) for one in value) if isinstance(value, list | tuple) else value
