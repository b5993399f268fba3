"""Django app registration."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """Registers `sextant.goals` under the label `goals`, and goals as users of metrics."""

    name = "sextant.goals"
    label = "goals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Models can be imported only now, and counting goals needs theirs."""
        from django.utils.translation import gettext_lazy as _

        from sextant.goals.queries.metric_uses import count_goals_by_metric
        from sextant.metrics.uses import UseKind, register_use

        register_use(UseKind("goals", _("进行中的目标"), count_goals_by_metric))
