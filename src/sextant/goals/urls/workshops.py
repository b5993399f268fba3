"""Addresses of 研讨会."""

from django.urls import path

from sextant.goals.views import workshop_acts, workshops

patterns = [
    path("workshops/", workshops.workshops, name="workshops"),
    path("workshops/<int:workshop_id>/", workshops.workshop, name="workshop"),
    path("workshops/<int:workshop_id>/print/", workshops.workshop_print, name="workshop_print"),
    path("workshops/<int:workshop_id>/minutes/", workshops.workshop_minutes, name="workshop_minutes"),
    path("workshops/<int:workshop_id>/agenda/", workshop_acts.agenda, name="workshop_agenda"),
    path("workshops/<int:workshop_id>/people/", workshop_acts.people, name="workshop_people"),
    path("workshops/<int:workshop_id>/decisions/", workshop_acts.decisions, name="workshop_decisions"),
    path("workshops/<int:workshop_id>/steps/", workshop_acts.steps, name="workshop_steps"),
    path("workshops/<int:workshop_id>/marks/", workshop_acts.marks, name="workshop_marks"),
    path("workshops/<int:workshop_id>/cycles/", workshop_acts.mark_cycles, name="workshop_cycles"),
    path("workshops/<int:workshop_id>/files/<int:evidence_id>/", workshop_acts.evidence, name="workshop_evidence"),
    path("workshops/<int:workshop_id>/close/", workshops.workshop_close, name="workshop_close"),
    path("workshops/<int:workshop_id>/addenda/", workshops.workshop_addenda, name="workshop_addenda"),
    path("<int:goal_id>/decisions/", workshops.goal_decisions, name="goal_decisions"),
]
