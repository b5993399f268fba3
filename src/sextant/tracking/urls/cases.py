"""Addresses of red lights' conversations."""

from django.urls import path

from sextant.tracking.views import case, case_acts, case_split, cases

patterns = [
    path("", cases.cases, name="cases"),
    path("goals/<int:goal_id>/case/", cases.goal_case, name="goal_case"),
    path("cases/<int:case_id>/", case.case, name="case"),
    path("cases/<int:case_id>/print/", case.case_print, name="case_print"),
    path("cases/<int:case_id>/parts/", case_split.case_parts, name="case_parts"),
    path("cases/<int:case_id>/analysis/", case.case_analysis, name="case_analysis"),
    path("cases/<int:case_id>/meeting/", case_acts.case_meeting, name="case_meeting"),
    path("cases/<int:case_id>/minutes/", case_acts.case_minutes, name="case_minutes"),
    path("cases/<int:case_id>/agree/", case_acts.case_agree, name="case_agree"),
    path("cases/<int:case_id>/measures/", case_acts.case_measures, name="case_measures"),
    path("cases/<int:case_id>/restrictions/", case_acts.case_restrictions, name="case_restrictions"),
    path("cases/<int:case_id>/seats/", case_acts.case_seats, name="case_seats"),
    path("cases/<int:case_id>/end/", case_acts.case_end, name="case_end"),
]
