"""Pages of HR: the texts of notices, and the company's word on their channels."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now as clock_now
from sextant.foundation.notices.actions.texts import TextRefused, check_words, placeholders_of, save_rules, save_text
from sextant.foundation.notices.contracts import ROBOTS, ChannelKind, NoticeGroup, NoticeSpec
from sextant.foundation.notices.messages import CHANNELS, GROUPS, say_text_problem
from sextant.foundation.notices.models import CompanyRule, NoticeText
from sextant.foundation.notices.policy.preferring import CompanyWord
from sextant.foundation.notices.policy.wording import TextProblem, fill
from sextant.foundation.notices.queries.texts import list_text_versions
from sextant.foundation.notices.registry import find_notice, list_notices
from sextant.foundation.notices.texts import Text, default_text
from sextant.foundation.notices.views.parts import tabs

_FORM_AGAIN = 422
_WORDS = {
    "": None,
    "on": CompanyWord(is_on=True, is_fixed=False),
    "off": CompanyWord(is_on=False, is_fixed=False),
    "always": CompanyWord(is_on=True, is_fixed=True),
    "never": CompanyWord(is_on=False, is_fixed=True),
}


@needs(Permission.NOTICE_MANAGE)
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every kind of notice, and which HR has put into its own words."""
    own = set(NoticeText.objects.values_list("code", flat=True))
    ruled = set(CompanyRule.objects.values_list("code", flat=True))
    groups = [
        (
            GROUPS[group],
            [(spec, spec.code in own, spec.code in ruled) for spec in list_notices() if spec.group is group],
        )
        for group in NoticeGroup
    ]
    context = {"groups": [one for one in groups if one[1]], "tabs": tabs(actor_of(request), "texts")}
    return render(request, "notices/texts.html", context)


@needs(Permission.NOTICE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, code: str) -> HttpResponse:
    """One notice: its text on one channel in one language, with a preview, and the company's word on each channel."""
    spec = _spec_or_404(code)
    kind, language = _place(request)
    own = NoticeText.objects.filter(code=code, kind=kind, language=language).first()
    with translation.override(language):
        default = default_text(spec, kind)
    written, errors = Text(own.subject, own.body) if own else default, {}
    if request.method == "POST":
        written = _written(request)
        kept = None if request.POST.get("back") == "1" or written == default else written
        errors = _save(request, spec, kind, language, kept)
        if not errors:
            messages.success(request, _("已保存"))
            return redirect(f"{reverse('notices:text', kwargs={'code': code})}?channel={kind}&language={language}")
    rules = {one.kind: one for one in CompanyRule.objects.filter(code=code)}
    context = {
        "spec": spec,
        "kind": kind,
        "language": language,
        "kinds": list(CHANNELS.items()),
        "languages": settings.LANGUAGES,
        "written": written,
        "errors": errors,
        "is_own": own is not None,
        "is_robot": kind in ROBOTS,
        "placeholders": placeholders_of(spec),
        "preview": _preview(spec, written),
        "rules": [(one, CHANNELS[one], _word_of(rules.get(one)), one in spec.channels) for one in ChannelKind],
        "versions": list_text_versions(code, kind, language),
        "tabs": tabs(actor_of(request), "texts"),
    }
    return render(request, "notices/text.html", context, status=_FORM_AGAIN if errors else 200)


@needs(Permission.NOTICE_MANAGE)
@require_POST
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """What a text would look like, and what is wrong with it, while it is being written."""
    spec = _spec_or_404(code)
    written = _written(request)
    problems = [sentence for one in _by_field(check_words(spec, written)).values() for sentence in one]
    return render(request, "notices/_preview.html", {"preview": _preview(spec, written), "problems": problems})


@needs(Permission.NOTICE_MANAGE)
@require_POST
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """Save the company's word on each channel."""
    spec = _spec_or_404(code)
    words = {kind: _WORDS.get(request.POST.get(f"rule-{kind}", "")) for kind in ChannelKind}
    save_rules(spec.code, words, actor=actor_of(request), now=clock_now())
    messages.success(request, _("已保存"))
    return redirect("notices:text", code=code)


def _written(request: HttpRequest) -> Text:
    return Text(request.POST.get("subject", "").strip()[:200], request.POST.get("body", "").strip()[:4000])


def _save(
    request: HttpRequest, spec: NoticeSpec, kind: ChannelKind, language: str, kept: Text | None
) -> dict[str, list[str]]:
    """Save; what is wrong by field."""
    if kept is not None and not kept.subject:
        return {"subject": [_("标题不能空着")]}
    reason = request.POST.get("reason", "").strip()
    try:
        save_text(spec.code, kind, language, kept, reason=reason, actor=actor_of(request), now=clock_now())
    except TextRefused as refused:
        return _by_field(refused.problems)
    return {}


def _preview(spec: NoticeSpec, written: Text) -> Text:
    """The text with its placeholders named instead of filled: what stands there depends on the occasion."""
    values = {name: f"〔{name}〕" for name in placeholders_of(spec)}
    return Text(fill(written.subject, values), fill(written.body, values))


def _by_field(problems: list[tuple[str, TextProblem]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field, one in problems:
        found.setdefault(field, []).append(say_text_problem(one))
    return found


def _word_of(rule: CompanyRule | None) -> str:
    word = rule.as_word() if rule else None
    return next(name for name, one in _WORDS.items() if one == word)


def _place(request: HttpRequest) -> tuple[ChannelKind, str]:
    """Which channel and language the page is about; what it does not know is the first."""
    asked, language = request.GET.get("channel", ""), request.GET.get("language", "")
    kind = ChannelKind(asked) if asked in {one.value for one in ChannelKind} else ChannelKind.IN_APP
    return kind, language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _spec_or_404(code: str) -> NoticeSpec:
    spec = find_notice(code)
    if spec is None:
        raise Http404
    return spec
