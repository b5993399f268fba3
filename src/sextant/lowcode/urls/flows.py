"""Addresses of work that waits, and of runs of flows."""

from django.urls import path

from sextant.lowcode.views import flow_runs, flow_starts, inbox, work_acts

patterns = [
    path("work/", inbox.inbox, name="inbox"),
    path("work/started/", inbox.started, name="work_started"),
    path("work/done/", inbox.done, name="work_done"),
    path("work/copies/", inbox.copies, name="work_copies"),
    path("work/deputy/", inbox.deputy, name="work_deputy"),
    path("work/batch/", work_acts.batch, name="work_batch"),
    path("work/<int:item_id>/", inbox.item, name="work"),
    path("work/<int:item_id>/answer/", work_acts.answer, name="work_answer"),
    path("work/<int:item_id>/hand-on/", work_acts.hand_on, name="work_hand_on"),
    path("work/<int:item_id>/later/", work_acts.later, name="work_later"),
    path("flows/start/", flow_starts.flow_starts, name="flow_starts"),
    path("flows/start/<slug:code>/", flow_starts.flow_begin, name="flow_begin"),
    path("flows/runs/<int:run_id>/", flow_runs.run, name="flow_run"),
    path("flows/runs/<int:run_id>/evidence.json", flow_runs.evidence, name="flow_evidence"),
    path("flows/runs/<int:run_id>/remind/", flow_runs.press, name="flow_remind"),
    path("flows/runs/<int:run_id>/withdraw/", flow_runs.withdraw, name="flow_withdraw"),
    path("flows/runs/<int:run_id>/repair/", flow_runs.repair, name="flow_repair"),
    path("flows/runs/<int:run_id>/assign/", flow_runs.assign, name="flow_assign"),
]
