"""Pages of administrators: channels, each with its form and a test message; the delivery log."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now as clock_now
from sextant.foundation.notices.actions.channels import save_channel, try_channel
from sextant.foundation.notices.actions.resending import resend
from sextant.foundation.notices.channel_form import ChannelForm
from sextant.foundation.notices.contracts import OUTSIDE, ROBOTS, ChannelKind
from sextant.foundation.notices.messages import CHANNELS, say_problem
from sextant.foundation.notices.models import Channel
from sextant.foundation.notices.queries.log import Search, count_by_filter, list_channel_days, list_log
from sextant.foundation.notices.views.parts import Paging, tabs

PER_PAGE = 20
_FORM_AGAIN = 422


@needs(Permission.NOTICE_MANAGE)
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """Every channel there can be, and how each stands."""
    now = clock_now()
    known = {one.kind: one for one in Channel.objects.defer("secret")}
    rows = []
    for kind in OUTSIDE:
        channel = known.get(kind)
        is_resting = bool(channel and channel.paused_until and channel.paused_until > now)
        problem = say_problem(channel.problem) if channel and is_resting else ""
        rows.append({"kind": kind, "text": CHANNELS[kind], "channel": channel, "problem": problem})
    return render(request, "notices/channels.html", {"rows": rows, "tabs": tabs(actor_of(request), "channels")})


@needs(Permission.NOTICE_MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: HttpRequest, kind: str) -> HttpResponse:
    """Set one channel up. Secrets go in and never come out."""
    known = _kind_or_404(kind)
    row = Channel.objects.filter(kind=known).first()
    initial = {**row.settings, "is_active": row.is_active, "per_hour": row.per_hour} if row else {"is_active": True}
    form = ChannelForm(
        request.POST if request.method == "POST" else None,
        kind=known,
        has_secret=row is not None and row.secret is not None,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        save_channel(
            known,
            form.said(),
            is_active=form.cleaned_data["is_active"],
            per_hour=form.cleaned_data["per_hour"],
            actor=actor_of(request),
            now=clock_now(),
        )
        messages.success(request, _("已保存，发一条测试看看"))
        return redirect("notices:channel", kind=kind)
    context = {"form": form, "kind": known, "text": CHANNELS[known], "channel": row, "is_robot": known in ROBOTS}
    return render(request, "notices/channel.html", context, status=_FORM_AGAIN if form.errors else 200)


@needs(Permission.NOTICE_MANAGE)
@require_POST
def test_channel(request: HttpRequest, kind: str) -> HttpResponse:
    """Send one message now and say what the other side said."""
    known, to = _kind_or_404(kind), request.POST.get("to", "").strip()[:200]
    if not to:
        messages.error(request, _("填一个收件地址再发"))
        return redirect("notices:channel", kind=kind)
    try:
        tried = try_channel(known, to=to, actor=actor_of(request), now=clock_now())
    except Channel.DoesNotExist as error:
        raise Http404 from error
    if tried.problem:
        said = {"problem": say_problem(tried.problem), "detail": tried.detail}
        messages.error(request, _("没有发出：%(problem)s（%(detail)s）") % said if tried.detail else said["problem"])
    else:
        messages.success(request, _("对方收下了"))
    return redirect("notices:channel", kind=kind)


@needs(Permission.NOTICE_MANAGE)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Who was sent what, over which channel, and what became of it."""
    now = clock_now()
    asked = request.GET
    search = Search(asked.get("state", ""), asked.get("channel", ""), asked.get("q", "").strip()[:60])
    counts = count_by_filter(search)
    total = counts.get(search.state or "all", counts["all"])
    paging = Paging.of(request, total=total, per_page=PER_PAGE)
    names = (("", _("全部")), ("retry", _("重试中")), ("dead", _("失败")), ("later", _("顺延")))
    context = {
        "days": list_channel_days(now=now),
        "rows": list_log(search, now=now, limit=PER_PAGE, offset=paging.offset),
        "filters": [(value, text, counts[value or "all"]) for value, text in names],
        "kinds": [(kind.value, CHANNELS[kind]) for kind in OUTSIDE],
        "search": search,
        "paging": paging,
        "dead": counts["dead"],
        "tabs": tabs(actor_of(request), "log"),
    }
    return render(request, "notices/log.html", context)


@needs(Permission.NOTICE_MANAGE)
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Send one again, or all dead letters."""
    one = request.POST.get("delivery", "")
    ids = [int(one)] if one.isdecimal() and len(one) < 19 else None
    if ids is None and request.POST.get("all") != "1":
        raise Http404
    number = resend(ids, actor=actor_of(request), now=clock_now())
    messages.success(request, ngettext("%(number)d 条重新发送", "%(number)d 条重新发送", number) % {"number": number})
    return redirect("notices:log")


def _kind_or_404(kind: str) -> ChannelKind:
    if kind not in {one.value for one in OUTSIDE}:
        raise Http404
    return ChannelKind(kind)
