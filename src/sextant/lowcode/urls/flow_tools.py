"""Addresses of the test run of a flow, and of its picture."""

from django.urls import path

from sextant.lowcode.views import flow_picture, flow_trial

patterns = [
    path("definitions/<int:definition_id>/trial/", flow_trial.trial, name="flow_trial"),
    path("definitions/<int:definition_id>/picture/", flow_picture.definition_picture, name="definition_picture"),
    path("definitions/<int:definition_id>/v<int:number>.bpmn", flow_picture.definition_bpmn, name="definition_bpmn"),
    path("flows/runs/<int:run_id>/picture/", flow_picture.run_picture, name="flow_picture"),
    path("flows/runs/<int:run_id>/flow.bpmn", flow_picture.run_bpmn, name="flow_bpmn"),
]
