"""Addresses of data audit and matching."""

from django.urls import path

from sextant.metrics.views import audit_desk, audit_rules, deliveries, matching

urlpatterns = [
    path("audit/", audit_desk.audit_desk, name="audit_desk"),
    path("audit/quality.csv", audit_desk.quality, name="audit_quality"),
    path("audit/rules/", audit_rules.rules, name="audit_rules"),
    path("audit/rules/new/", audit_rules.rule, name="audit_rule_new"),
    path("audit/rules/<str:code>/", audit_rules.rule, name="audit_rule"),
    path("matching/", matching.matching, name="matching"),
    path("batches/<int:batch_id>/decide/", deliveries.decide, name="batch_decide"),
    path("batches/<int:batch_id>/correct/", deliveries.correct, name="batch_correct"),
]
