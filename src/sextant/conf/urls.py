"""Every URL of the product, by app. A new one needs a row in tests/test_access_table.py."""

from django.urls import include, path

from sextant.conf.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("sextant.web.urls")),
    path("", include("sextant.web.ui_urls")),
    path("account/", include("sextant.foundation.accounts.urls")),
    path("", include("sextant.people.urls")),
    path("lowcode/", include("sextant.lowcode.urls")),
    path("notices/", include("sextant.foundation.notices.urls")),
    path("events/", include("sextant.foundation.events.urls")),
    path("webhooks/", include("sextant.foundation.webhooks.urls")),
    path("goals/", include("sextant.goals.urls")),
    path("tracking/", include("sextant.tracking.urls")),
    path("metrics/", include("sextant.metrics.urls")),
    path("api/v1/", include("sextant.metrics.urls_api")),
    path("api/", include("sextant.foundation.api.urls")),  # last of /api/: answers what no operation does
]

handler400 = "sextant.web.errors.bad_request"
handler403 = "sextant.web.errors.forbidden"
handler404 = "sextant.web.errors.not_found"
handler500 = "sextant.web.errors.server_error"
