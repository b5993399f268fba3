"""What the controls of the rule designer offer: everything the catalogues and the published definitions name, read once
for a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.functional import cached_property

from sextant.engines.formula import FormulaType
from sextant.foundation.clock import company_day
from sextant.foundation.events.registry import list_events
from sextant.lowcode.contracts.definitions import VersionRow
from sextant.lowcode.queries.definitions import current_versions
from sextant.lowcode.registry_formulas import NameSpec, find_context, list_names
from sextant.lowcode.registry_rules import RuleAction, list_due_sources, list_rule_actions, list_rule_subjects
from sextant.lowcode.registry_work import list_work
from sextant.lowcode.views.rule_slots import Text

Pairs = Sequence[tuple[str, Text]]


@dataclass(frozen=True)
class Choices:
    """Everything that can be chosen for a rule about this context at this moment."""

    context: str
    moment: datetime

    @property
    def today(self) -> date:
        """The company's day."""
        return company_day(self.moment, settings.SEXTANT_ZONE)

    @cached_property
    def specs(self) -> Mapping[str, NameSpec]:
        """The names conditions may read. At most one query."""
        found = find_context(self.context)
        return {one.name: one for one in list_names(found)} if found else {}

    @cached_property
    def types(self) -> Mapping[str, FormulaType]:
        """Their types."""
        return {name: one.type for name, one in self.specs.items()}

    @cached_property
    def name_groups(self) -> Sequence[tuple[Text, Pairs]]:
        """(heading, names), in the order of the context."""
        groups: dict[str, list[tuple[str, Text]]] = {}
        for one in self.specs.values():
            groups.setdefault(str(one.group), []).append((one.name, one.name))
        return list(groups.items())

    def numbers_besides(self, name: str) -> Sequence[tuple[Text, Pairs]]:
        """The other names that are numbers: what one can be compared with."""
        wanted = {one for one, kind in self.types.items() if kind is FormulaType.NUMBER and one != name}
        return [(heading, [row for row in rows if row[0] in wanted]) for heading, rows in self.name_groups]

    @cached_property
    def events(self) -> Pairs:
        """Every event of the catalogue."""
        return [(one.code, one.name) for one in list_events()]

    @cached_property
    def contexts(self) -> Pairs:
        """What a rule may look at."""
        found = [find_context(code) for code in list_rule_subjects()]
        return [(one.code, one.name) for one in found if one is not None]

    @cached_property
    def due_things(self) -> Pairs:
        """Where things fall due."""
        return [(code, one.name) for code, one in list_due_sources().items()]

    @cached_property
    def works(self) -> Pairs:
        """Kinds of work that can be past their due."""
        return [(code, one.name) for code, one in list_work().items()]

    @cached_property
    def _actions(self) -> Mapping[str, RuleAction]:
        return list_rule_actions(self.context)

    @cached_property
    def actions(self) -> Pairs:
        """What the product can be asked to do."""
        return [(code, one.name) for code, one in self._actions.items()]

    def params_of(self, action: str) -> Mapping[str, Text]:
        """What an action has to know, with labels."""
        found = self._actions.get(action)
        return found.params if found else {}

    @cached_property
    def _published(self) -> Mapping[str, Mapping[str, VersionRow]]:
        return {kind: current_versions(kind, on=self.moment) for kind in ("form", "flow")}

    @cached_property
    def forms(self) -> Pairs:
        """Published forms. One query."""
        return [(code, one.name) for code, one in self._published["form"].items()]

    @cached_property
    def flows(self) -> Pairs:
        """Published flows. One query."""
        return [(code, one.name) for code, one in self._published["flow"].items()]

    def fields_of_flow(self, code: str) -> list[str]:
        """The values a flow takes, by name."""
        version = self._published["flow"].get(code)
        fields: Any = version.document.get("fields") if version else ()
        return [str(one["name"]) for one in fields or () if isinstance(one, Mapping) and "name" in one]
