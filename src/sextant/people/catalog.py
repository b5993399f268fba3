"""What this floor offers to the parts that know no persons."""

from django.utils.translation import gettext_lazy as _

from sextant.engines.forms import FieldKind
from sextant.lowcode.registry_hosts import register_field_host
from sextant.lowcode.registry_people import AssigneeSource, register_assignee_source, register_directory
from sextant.lowcode.registry_pickers import register_picker
from sextant.people.assignees import PeopleDirectory, line_managers, partners, role_holders, unit_heads
from sextant.people.field_hosts import PersonFields, UnitFields
from sextant.people.pickers import PersonPicker, UnitPicker

register_directory(PeopleDirectory())
register_assignee_source(AssigneeSource("people.line_manager", _("直属主管"), line_managers, ("grade",)))
register_assignee_source(AssigneeSource("people.unit_head", _("部门负责人"), unit_heads))
register_assignee_source(AssigneeSource("people.hrbp", _("对口人力资源"), partners))
register_assignee_source(AssigneeSource("people.role", _("角色"), role_holders, ("role",)))
register_picker(FieldKind.PERSON, PersonPicker())
register_picker(FieldKind.UNIT, UnitPicker())
register_field_host(PersonFields())
register_field_host(UnitFields())
