"""Roll-ups: the value of a unit from the values of those below it. Import from this package."""

from sextant.engines.rollup.rollup import Part, RollUp, default_of, roll_up, roll_up_lights

__all__ = ["Part", "RollUp", "default_of", "roll_up", "roll_up_lights"]
