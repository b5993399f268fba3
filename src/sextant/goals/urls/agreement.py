"""Addresses of 共商, signing and contracts."""

from django.urls import path

from sextant.goals.views import contract, negotiate, signing

patterns = [
    path("plans/<int:plan_id>/negotiate/", negotiate.negotiate, name="negotiate"),
    path("plans/<int:plan_id>/comments/", negotiate.comment, name="comment"),
    path("plans/<int:plan_id>/support/", negotiate.support, name="support"),
    path("plans/<int:plan_id>/support/<int:item_id>/", negotiate.answer_support, name="support_answer"),
    path("plans/<int:plan_id>/sign/", signing.sign, name="sign"),
    path("plans/<int:plan_id>/contract/", contract.contract, name="contract"),
    path("plans/<int:plan_id>/contract.pdf", contract.contract_pdf, name="contract_pdf"),
]
