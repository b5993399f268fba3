"""Addresses of adjustments."""

from django.urls import path

from sextant.goals.views import adjustment, adjustment_answers, adjustment_asking, adjustment_lists

patterns = [
    path("adjustments/", adjustment_lists.mine, name="adjustments"),
    path("adjustments/windows/", adjustment_lists.windows, name="adjust_windows"),
    path("adjustments/exceptions/", adjustment_lists.exceptions, name="adjust_exceptions"),
    path("<int:goal_id>/adjust/", adjustment_asking.ask, name="adjust"),
    path("<int:goal_id>/adjust/effect/", adjustment_asking.effect, name="adjust_effect"),
    path("<int:goal_id>/targets/", adjustment_lists.targets, name="adjust_targets"),
    path("adjustments/<int:request_id>/", adjustment.detail, name="adjustment"),
    path("adjustments/<int:request_id>/answer/", adjustment_answers.answer, name="adjust_answer"),
    path("adjustments/<int:request_id>/sign/", adjustment_answers.sign, name="adjust_sign"),
    path("adjustments/<int:request_id>/approve/", adjustment_answers.approve, name="adjust_approve"),
    path("adjustments/<int:request_id>/withdraw/", adjustment_answers.withdraw, name="adjust_withdraw"),
    path("adjustments/<int:request_id>/evidence/", adjustment_answers.attach, name="adjust_attach"),
    path("adjustments/<int:request_id>/evidence/<int:file_id>/", adjustment.evidence, name="adjust_evidence"),
]
