"""Reading meetings. Titles of goals come only from those the reader may see."""

from collections.abc import Collection, Iterable

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import JSONObject

from sextant.goals.contracts import (
    AddendumRow,
    AgendaRow,
    Attendance,
    DecisionRow,
    EvidenceFile,
    GoalDecision,
    LinkedGoal,
    MarkRow,
    Minutes,
    ParticipantRow,
    StepRow,
    Topic,
    WorkshopKind,
    WorkshopRow,
)
from sextant.goals.models import (
    AgendaItem,
    Decision,
    Goal,
    MarkEvidence,
    MinutesAddendum,
    Participant,
    ProcessStep,
    RedMark,
    Workshop,
)

PICTURES = "image/"
_COUNTS = {
    "people": Count("participants", distinct=True),
    "decided": Count("decisions", distinct=True),
    "waiting": Count("steps__marks", filter=Q(steps__marks__done_on=None, steps__marks__goal=None), distinct=True),
}


def list_workshops(workshops: QuerySet[Workshop], *, limit: int = 50, offset: int = 0) -> list[WorkshopRow]:
    """`workshops` as rows with their counts, the latest first. One query."""
    found = workshops.select_related("unit", "cycle", "lead", "closed_by").annotate(**_COUNTS)
    return [workshop_row(one) for one in found.order_by("-starts_at", "-id")[offset : offset + limit]]


def workshop_row(one: Workshop) -> WorkshopRow:
    """A meeting read with its parts (`workshop_access.PARTS`) as a row. No query."""
    return WorkshopRow(
        id=one.pk,
        kind=WorkshopKind(one.kind),
        title=one.title,
        unit_id=one.unit_id,
        unit_name=one.unit.name,
        cycle_id=one.cycle_id,
        cycle_code=one.cycle.code,
        cycle_name=one.cycle.name,
        place=one.place,
        starts_at=one.starts_at,
        lead_id=one.lead_id,
        lead_name=one.lead.name if one.lead else "",
        closed_at=one.closed_at,
        closed_by=one.closed_by.name if one.closed_by else "",
        people=getattr(one, "people", 0),
        decisions=getattr(one, "decided", 0),
        open_marks=getattr(one, "waiting", 0),
    )


def minutes_of(one: Workshop) -> Minutes:
    """The minutes of a meeting read with its parts. No query."""
    return Minutes(one.minutes, one.minutes_number, one.minutes_by.name if one.minutes_by else "", one.minutes_at)


def list_agenda(workshop_id: int, *, visible: QuerySet[Goal]) -> list[AgendaRow]:
    """The agenda in its order. At most two queries."""
    items = list(AgendaItem.objects.filter(workshop_id=workshop_id).order_by("position"))
    goals = linked_goals([one.goal_id for one in items if one.goal_id is not None], visible=visible)
    return [AgendaRow(one.pk, Topic(one.topic), one.text, goals.get(one.goal_id or 0), one.is_done) for one in items]


def list_participants(workshop_id: int) -> list[ParticipantRow]:
    """Who is invited, by name. One query."""
    found = Participant.objects.filter(workshop_id=workshop_id).select_related("person")
    return [
        ParticipantRow(one.person_id, one.person.name, Attendance(one.attendance))
        for one in found.order_by("person__name_sort", "id")
    ]


def list_decisions(workshop_id: int, *, visible: QuerySet[Goal]) -> list[DecisionRow]:
    """What was decided, in the order it was. At most two queries."""
    about = ArrayAgg("goals", filter=Q(goals__isnull=False), default=Value([]), order_by="goals")
    found = Decision.objects.filter(workshop_id=workshop_id).annotate(about=about).order_by("id")
    rows = list(found.values_list("id", "text", "by_person__name", "at", "about"))
    goals = linked_goals({goal_id for *_, ids in rows for goal_id in ids}, visible=visible)
    return [
        DecisionRow(id_, text, by or "", at, tuple(goals[goal_id] for goal_id in ids))
        for id_, text, by, at, ids in rows
    ]


def list_steps(workshop_id: int) -> list[StepRow]:
    """The process in its order, with red marks and what shows them. Two queries."""
    told = JSONObject(id="id", name="name", media="file__media_type")
    evidence = ArraySubquery(MarkEvidence.objects.filter(mark=OuterRef("pk")).order_by("id").values(told=told))
    marks = Prefetch("marks", RedMark.objects.select_related("person").annotate(shown=evidence).order_by("id"))
    steps = ProcessStep.objects.filter(workshop_id=workshop_id).prefetch_related(marks).order_by("position")
    return [StepRow(one.pk, one.title, tuple(_mark(mark) for mark in one.marks.all())) for one in steps]


def list_addenda(workshop_id: int) -> list[AddendumRow]:
    """What was added after closing, oldest first. One query."""
    found = MinutesAddendum.objects.filter(workshop_id=workshop_id).select_related("by_person").order_by("id")
    return [AddendumRow(one.text, one.by_person.name if one.by_person else "", one.at) for one in found]


def linked_goals(goal_ids: Iterable[int], *, visible: QuerySet[Goal]) -> dict[int, LinkedGoal]:
    """These goals by id; one out of sight is there without title and owner. One query, none without goals."""
    wanted = set(goal_ids)
    if not wanted:
        return {}
    found = visible.filter(id__in=wanted).select_related("owner_person", "owner_unit")
    seen = {one.pk: LinkedGoal(one.pk, one.title, _owner(one)) for one in found}
    return {id_: seen.get(id_, LinkedGoal(id_, "", "")) for id_ in wanted}


def list_goal_decisions(goal_id: int, *, workshops: QuerySet[Workshop], limit: int = 20) -> list[GoalDecision]:
    """What meetings decided about a goal, the latest first; the caller has asked access for the goal. `workshops` are
    those the reader may open. Two queries."""
    found = list(Decision.objects.filter(goals=goal_id).select_related("workshop__unit").order_by("-at", "-id")[:limit])
    if not found:
        return []
    opened = set(workshops.filter(id__in={one.workshop_id for one in found}).values_list("id", flat=True))
    return [
        GoalDecision(
            text=one.text,
            on=one.workshop.starts_at,
            kind=WorkshopKind(one.workshop.kind),
            unit_name=one.workshop.unit.name,
            workshop_id=one.workshop_id if one.workshop_id in opened else None,
        )
        for one in found
    ]


def list_choices(
    *, visible: QuerySet[Goal], unit_ids: Collection[int], cycle_id: int, limit: int = 300
) -> list[LinkedGoal]:
    """Goals a decision may be about: those of the units in the cycle that the reader sees, units' own first. One
    query."""
    members = Q(owner_person__posts__unit_id__in=unit_ids, owner_person__posts__is_primary=True)
    found = visible.filter(Q(owner_unit_id__in=unit_ids) | members, cycle_id=cycle_id).exclude(state="dropped")
    found = found.select_related("owner_person", "owner_unit").distinct()
    ordered = found.order_by(F("owner_unit_id").asc(nulls_last=True), "owner_person_id", "-weight", "id")
    return [LinkedGoal(one.pk, one.title, _owner(one)) for one in ordered[:limit]]


def _mark(one: RedMark) -> MarkRow:
    return MarkRow(
        id=one.pk,
        text=one.text,
        person_id=one.person_id,
        person_name=one.person.name if one.person else "",
        action=one.action,
        measure=one.measure,
        due_on=one.due_on,
        done_on=one.done_on,
        goal_id=one.goal_id,
        evidence=tuple(
            EvidenceFile(kept["id"], kept["name"], kept["media"].startswith(PICTURES))
            for kept in getattr(one, "shown", ())
        ),
    )


def _owner(goal: Goal) -> str:
    owner = goal.owner_person or goal.owner_unit
    return owner.name if owner else ""
