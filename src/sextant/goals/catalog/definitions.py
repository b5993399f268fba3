"""Definitions that metrics and goals keep in tables of their own: found from the centre of definitions."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Permission
from sextant.goals.models import PlanTemplate
from sextant.lowcode.registry import Shelf, register_shelf
from sextant.metrics.models import Metric

register_shelf(
    Shelf(
        code="metric",
        name=_("指标"),
        url="metrics:library",
        permission=Permission.METRIC_READ,
        count=lambda: Metric.objects.filter(retired_at=None).count(),
    )
)
register_shelf(
    Shelf(
        code="plan_template",
        name=_("目标模板"),
        url="goals:templates",
        permission=Permission.TEMPLATE_MANAGE,
        count=lambda: PlanTemplate.objects.filter(is_retired=False).count(),
    )
)
