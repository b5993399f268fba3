"""Addresses of rules: the designer, what a rule would have done, what it did, and why it did not."""

from django.urls import path

from sextant.lowcode.views import rule_designer, rule_log, rule_past

patterns = [
    path("definitions/<int:definition_id>/rule/", rule_designer.rule_design, name="rule_design"),
    path("definitions/<int:definition_id>/rule/act/", rule_designer.rule_act, name="rule_act"),
    path("definitions/<int:definition_id>/rule/past/", rule_past.rule_past, name="rule_past"),
    path("definitions/<int:definition_id>/rule/log/", rule_log.rule_log, name="rule_log"),
    path("definitions/<int:definition_id>/rule/why/", rule_log.rule_why, name="rule_why"),
]
