"""The mapping shown in the documentation is one the product reads."""

import re
from pathlib import Path

import yaml

from sextant.people.mapping import PeopleMapping, parse_mapping

GUIDE = Path(__file__).parents[4] / "docs/import-people.md"


def test_mapping_in_the_guide_loads_and_shows_every_field_but_rare_ones():
    text = GUIDE.read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.S)
    document = yaml.safe_load(block)
    assert parse_mapping(document).number.pad == 6
    assert set(PeopleMapping.model_fields) - set(document) == {"version", "manager_title"}
    assert "`manager_title`" in text
