"""人员匹配: keys of sources that stand for nobody, and the one word that lets their rows in."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.metrics.actions.matching import (
    KeyAlreadyMatched,
    KeyTooLong,
    ReasonMissing,
    Replayed,
    SubjectUnknown,
    match_subject,
    replay_resolved,
)
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.intake.messages import KEYS, say_mapping
from sextant.metrics.mapping import MappingRefused
from sextant.metrics.queries.matching import (
    count_matches,
    count_unmatched,
    list_candidates,
    list_matches,
    list_unmatched,
    sample_rows,
    unmatched_sources,
)
from sextant.ui.formats import write_moment

PER_PAGE = 20


@needs(Permission.SUBJECT_MATCH)
@require_http_methods(["GET", "HEAD", "POST"])
def matching(request: HttpRequest) -> HttpResponse:
    """Keys that wait, the chosen one with rows and candidates; POST says whom it stands for."""
    refusal = _say(request) if request.method == "POST" else ""
    if request.method == "POST" and not refusal:
        return redirect(f"{request.path}?{urlencode({'source': request.POST.get('only', '')})}")
    asked = request.POST if refusal else request.GET
    source = request.GET.get("source", "")
    done = request.GET.get("view") == "done"
    keys, rows = count_unmatched(source=source)
    total = count_matches(source=source) if done else keys
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(_whole(request.GET.get("page")), 1), pages)
    offset = (number - 1) * PER_PAGE
    context = {
        "keys": keys,
        "rows": rows,
        "done": done,
        "matches": list_matches(source=source, limit=PER_PAGE, offset=offset) if done else [],
        "unmatched": [] if done else list_unmatched(source=source, limit=PER_PAGE, offset=offset),
        "key_words": {key: str(word) for key, word in KEYS.items()},
        "source": source,
        "sources": [(name, name) for name in unmatched_sources()],
        "number": number,
        "pages": pages,
        "total": total,
        "refusal": refusal,
        "chosen": _chosen(asked),
    }
    return render(request, "metrics/matching.html", context, status=409 if refusal else 200)


def _chosen(asked: object) -> dict[str, object] | None:
    """The key that is looked at, with rows of it and whom it may stand for."""
    source, key = asked.get("of", ""), asked.get("key", "")  # type: ignore[attr-defined]
    if not source or not key:
        return None
    kind = _kind(asked.get("kind", ""))  # type: ignore[attr-defined]
    words = asked.get("q", key)[:60]  # type: ignore[attr-defined]
    today = company_day(clock_now(), settings.SEXTANT_ZONE)
    samples = sample_rows(source, kind, key)
    return {
        "source": source,
        "key": key,
        "kind": kind.name.lower(),
        "words": words,
        "columns": [name for name, _cell in samples[0].cells] if samples else [],
        "samples": samples,
        "replace": asked.get("replace", ""),  # type: ignore[attr-defined]
        "candidates": list_candidates(kind, words, on=today),
    }


def _say(request: HttpRequest) -> str:
    """Carry out the POST; what stands in its way as a sentence, else empty."""
    actor, moment = actor_of(request), clock_now()
    form = request.POST
    try:
        if form.get("do") == "retry":
            _tell(request, replay_resolved(actor=actor, now=moment))
            return ""
        subject = form.get("subject", "")
        if form.get("do") != "ignore" and not subject.isdecimal():
            return _("请先选一个人或部门。")
        replays = match_subject(
            form.get("of", "")[:200],
            kind=_kind(form.get("kind", "")),
            key=form.get("key", ""),
            subject_id=int(subject) if form.get("do") != "ignore" else None,
            reason=form.get("reason", "")[:500],
            replace=form.get("replace") == "yes",
            actor=actor,
            now=moment,
        )
        _tell(request, replays)
    except KeyAlreadyMatched as error:
        at = write_moment(error.at)
        return _("%(by)s 已在 %(at)s 匹配过这个写法，未改动。请在“已处理”里更改。") % {"by": error.by, "at": at}
    except ReasonMissing:
        return _("忽略一个写法要写明原因。")
    except (SubjectUnknown, KeyTooLong):
        return _("没有这个人或部门，可能已被删除。请重新选择。")
    except MappingRefused as error:
        return " ".join(say_mapping(problem) for problem in error.problems)
    return ""


def _tell(request: HttpRequest, replays: list[Replayed]) -> None:
    rows = sum(one.rows for one in replays)
    accepted = sum(one.accepted for one in replays)
    text = ngettext("已补入 %(n)s 条度量", "已补入 %(n)s 条度量", accepted) % {"n": accepted}
    if any(one.is_held for one in replays):
        text = _("稽核规则拦下了补入的行，请到稽核台决定。")
    elif not rows:
        text = _("已记住，没有等待的行。")
    messages.success(request, text)


def _kind(text: str) -> SubjectKind:
    return SubjectKind.UNIT if text == "unit" else SubjectKind.PERSON


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1
