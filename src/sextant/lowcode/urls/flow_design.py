"""Addresses of the flow designer."""

from django.urls import path

from sextant.lowcode.views import flow_designer

patterns = [
    path("definitions/<int:definition_id>/flow/", flow_designer.flow_design, name="flow_design"),
    path("definitions/<int:definition_id>/flow/act/", flow_designer.act, name="flow_design_act"),
    path("definitions/<int:definition_id>/flow/condition/", flow_designer.condition, name="flow_condition"),
    path("definitions/<int:definition_id>/flow/people/", flow_designer.people, name="flow_people"),
]
