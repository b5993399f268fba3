"""Addresses of 干预建议包 and of the library of scripts."""

from django.urls import path

from sextant.tracking.views import help, help_acts, scripts

patterns = [
    path("help/", help.packs, name="help_packs"),
    path("help/<int:pack_id>/", help.pack, name="help_pack"),
    path("help/goal/<int:goal_id>/", help.offered, name="help_of_goal"),
    path("help/goal/<int:goal_id>/choose/", help_acts.choose, name="help_choose"),
    path("help/goal/<int:goal_id>/cause/", help_acts.cause, name="help_cause"),
    path("help/goal/<int:goal_id>/watch/", help_acts.watch, name="help_watch"),
    path("help/act/<int:act_id>/", help_acts.act, name="help_act"),
    path("help/offers/", help_acts.offers, name="help_offers"),
    path("scripts/", scripts.scripts, name="scripts"),
    path("scripts/new/", scripts.new_script, name="script_new"),
    path("scripts/<int:script_id>/", scripts.script, name="script"),
    path("scripts/<int:script_id>/file/", scripts.script_file, name="script_file"),
]
