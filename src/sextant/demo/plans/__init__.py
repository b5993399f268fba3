"""Plans of the demo on every step of their way, made by the people who sit there and through the actions they use."""

from sextant.demo.plans.coming import load_coming_plans
from sextant.demo.plans.links import load_links
from sextant.demo.plans.running import load_running_plans
from sextant.demo.plans.talks import load_survey, load_workshop
from sextant.demo.plans.templates import publish_templates

__all__ = ["load_coming_plans", "load_links", "load_running_plans", "load_survey", "load_workshop", "publish_templates"]
