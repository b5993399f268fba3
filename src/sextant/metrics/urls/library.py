"""Addresses of the metric library."""

from django.urls import path

from sextant.metrics.views import library, light_rules, metric, metric_editing

urlpatterns = [
    path("library/", library.library, name="library"),
    path("library/new/", metric_editing.metric_new, name="metric_new"),
    path("library/formula/", metric_editing.metric_formula, name="metric_formula"),
    path("rules/", light_rules.rules, name="rules"),
    path("rules/+new/", light_rules.rules_new, name="rules_new"),
    path("rules/+preview/", light_rules.rules_preview, name="rules_preview"),
    path("rules/<slug:code>/", light_rules.rules_edit, name="rules_edit"),
    path("metric/<str:code>/", metric.metric, name="metric"),
    path("metric/<str:code>/rules/", light_rules.metric_rules, name="metric_rules"),
    path("metric/<str:code>/units/", metric.metric_units, name="metric_units"),
    path("metric/<str:code>/value/", metric.metric_value, name="metric_value"),
    path("metric/<str:code>/distribution.csv", metric.metric_distribution, name="metric_distribution"),
    path("metric/<str:code>/trend.csv", metric.metric_trend, name="metric_trend"),
    path("metric/<str:code>/definition.yaml", metric.metric_definition, name="metric_definition"),
    path("metric/<str:code>/edit/", metric_editing.metric_edit, name="metric_edit"),
    path("metric/<str:code>/retire/", metric_editing.metric_retire, name="metric_retire"),
    path("metric/<str:code>/versions/<int:version>/", metric_editing.metric_version, name="metric_version"),
]
