"""What the low-code core itself registers, one file a noun."""

from sextant.lowcode.catalog import custom_fields, flow_events, flow_forms, flows, formulas, rules, shelves
from sextant.lowcode.catalog import forms as _forms  # the app's Django forms have the name

__all__ = ["_forms", "custom_fields", "flow_events", "flow_forms", "flows", "formulas", "rules", "shelves"]
