"""Addresses of plans, the team's goals, templates and cycles."""

from django.urls import path

from sextant.goals.views import cycles, editor, plan_sides, plans, team, templates

patterns = [
    path("plans/", plans.mine, name="plans"),
    path("plans/begin/", plans.begin, name="plan_begin"),
    path("plans/<int:plan_id>/", plans.plan, name="plan"),
    path("plans/<int:plan_id>/act/", plans.act, name="plan_act"),
    path("plans/<int:plan_id>/counterpart/", plan_sides.counterpart, name="plan_counterpart"),
    path("plans/<int:plan_id>/goals/", editor.new_goal, name="plan_goal_new"),
    path("plans/<int:plan_id>/goals/<int:goal_id>/", editor.plan_goal, name="plan_goal"),
    path("plans/<int:plan_id>/goals/<int:goal_id>/save/", editor.save_goal, name="plan_goal_save"),
    path("plans/<int:plan_id>/goals/<int:goal_id>/answer/", editor.answer_goal, name="plan_goal_answer"),
    path("team/", team.team, name="team"),
    path("templates/", templates.templates, name="templates"),
    path("templates/new/", templates.edit, name="template_new"),
    path("templates/<int:template_id>/", templates.edit, name="template"),
    path("templates/<int:template_id>/retire/", templates.retire, name="template_retire"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/<int:cycle_id>/close/", cycles.closing, name="cycle_close"),
]
