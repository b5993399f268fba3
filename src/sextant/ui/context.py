"""What every template may use: asset addresses, theme, language."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import get_language

from sextant.ui.assets import asset_url
from sextant.ui.locale import html_language

THEMES = ("light", "dark")


def page(request: HttpRequest) -> Mapping[str, object]:
    """`assets.app_css` …, `theme` ("light", "dark", or "" to follow the system) and `html_language`.

    The theme comes from a cookie and is written into the page by the server, so that no script has to run before
    the first paint.
    """
    theme = request.COOKIES.get("theme", "")
    names = ("app.css", "app.js", "icons.svg", "inter.woff2")
    return {
        "assets": {name.replace(".", "_"): asset_url(name) for name in names},
        "theme": theme if theme in THEMES else "",
        "html_language": html_language(get_language()),
    }
