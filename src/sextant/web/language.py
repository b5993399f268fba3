"""The language switch: works without an account, and is kept with the account where there is one."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sextant.foundation.access.http import public
from sextant.foundation.accounts.actions import choose_language
from sextant.ui.locale import known_language, remember_language


@public
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Speak `language` from now on and go back to `next`. An unknown language changes nothing."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(target if target and safe else "/")
    if language := known_language(request.POST.get("language")):
        remember_language(response, language)
        if request.user.is_authenticated:
            choose_language(request.user.pk, language=language)
    return response
