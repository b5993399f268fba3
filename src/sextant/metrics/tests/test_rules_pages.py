"""Rules of lights in the browser: the form is the document, the preview is the engine, nobody else may change them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sextant.engines.evaluation import DEFAULT_THRESHOLDS
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.metrics.actions.lights import save_light_rules, use_light_rules
from sextant.metrics.forms.rules import FIELDS, LightRulesForm, initial_of
from sextant.metrics.light_rules import LightRulesDocument, load_light_rules
from sextant.metrics.models import LightRules, Metric, RulesUse
from sextant.metrics.queries import standings_of
from sextant.metrics.queries.light_changes import Turn
from sextant.metrics.queries.rules_in_force import find_rules_in_force, find_rules_version
from sextant.metrics.queries.rules_preview import preview_rules, preview_use
from sextant.metrics.rulebook import read_rulebook
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.metrics.tests.test_evaluate import HR, NOW, make_goal_spec, run, weekly
from sextant.people.tests.makers import make_person

ON = date(2026, 1, 21)
WHOLE = """
code: line
name: 产线质量
red_below: 0.6
yellow_below: 0.825
red_line: 5
late_days: off
streak: {grain: day, yellow: 3, red: off, share: 0.9}
hysteresis: false
season: {months: [6, 4, 8, 8, 8, 9, 7, 7, 9, 10, 11, 13]}
score: {curve: step, of: progress, rows: [[0.8, 60], [1, 100]]}
dynamic: {of: peers, red: 0.1, yellow: 0.3, least: 9}
"""


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def hr(client: Client, db: None) -> Client:
    return _signed_in(client, Role.HR)


def _signed_in(client: Client, role: Role) -> Client:
    user_id = create_account(
        role.value, password="correct horse battery", name=role.value, roles=[role], actor=Actor.system("test"), now=NOW
    )
    client.force_login(User.objects.get(pk=user_id))
    return client


def _save(text: str, reason: str = "") -> LightRulesDocument:
    rules = load_light_rules(text)
    save_light_rules(rules, reason=reason, actor=HR, now=NOW)
    return rules


def _sent(form: LightRulesForm) -> dict[str, object]:
    """What a browser sends of a form it was shown."""
    return {name: "" if form[name].value() is None else form[name].value() for name in form.fields}


def _url(name: str, *args: object) -> str:
    return reverse(f"metrics:{name}", args=args)


def _judged(tmp_path: Path, completions: Iterable[int] = (50, 35)) -> Metric:
    """Two goals of a metric on which two weeks of values came in: completion 65.4 %, yellow by the defaults."""
    metric, person = make_metric(), make_person()
    ingest_rows(metric, weekly(person, completions))
    run(tmp_path, [make_goal_spec(metric, person, goal_id=one) for one in (1, 2)], as_of=ON)
    assert {one.light for one in standings_of([1, 2]).values()} == {Light.YELLOW}
    return metric


@pytest.mark.django_db
def test_a_document_goes_through_the_form_unchanged():
    rules = _save(WHOLE)
    shown = LightRulesForm(initial=initial_of(find_rules_version("line")))
    assert (shown["yellow_below"].value(), shown["streak_red"].value(), shown["late_days"].value()) == ("82.5", 0, 0)
    assert "red_line" not in shown["more"].value()
    sent = LightRulesForm({**_sent(shown), "reason": "复核"})
    sent.prepare(code="line", wider={}, calendars=[])
    assert sent.is_valid(), sent.errors
    assert sent.document() == rules


@pytest.mark.parametrize(
    ("field", "kept", "refused"),
    [
        ("red_below", ["0.0001", "100"], ["0", "100.1"]),
        ("streak_share", ["0.0001", "100"], ["0", "101"]),
        ("late_days", ["0", "366"], ["-1", "367"]),
        ("streak_yellow", ["0", "26"], ["-1", "27"]),
        ("streak_red", ["0", "26"], ["-1", "27"]),
        ("red_line", ["-999999999999.123456"], ["1234567890123", "0.1234567"]),
    ],
)
def test_the_form_and_the_document_draw_the_same_bounds(field: str, kept: list[str], refused: list[str]):
    path = next(path for path, name in FIELDS.items() if name == field)
    for value in (*kept, *refused):
        form = LightRulesForm({"code": "line", "name": "产线", field: value})
        assert form.is_valid() is (value in kept), value
        stated = str(Decimal(value) / 100) if "%" in _unit(path) else value
        head, _dot, part = path.rpartition(".")
        written = f"{head}: {{{part}: {stated}}}" if head else f"{part}: {stated}"
        assert _is_taken(f"code: line\nname: 产线\n{written}\n") is (value in kept), written


def _unit(path: str) -> str:
    return "%" if path in ("red_below", "yellow_below", "streak.share") else ""


def _is_taken(text: str) -> bool:
    from sextant.metrics.documents import DocumentRefused

    try:
        load_light_rules(text)
    except DocumentRefused:
        return False
    return True


@pytest.mark.django_db
def test_what_is_in_force_is_what_the_engine_is_told():
    metric = make_metric(aggregation="mean")
    _save("code: company\nname: 公司\nlate_days: off\nstreak: {yellow: 3}\n")
    _save(WHOLE)
    use_light_rules("line", metric_id=metric.pk, actor=HR, now=NOW)
    found = find_rules_in_force(metric_id=metric.pk)
    told = read_rulebook().terms_of(metric_id=metric.pk).thresholds
    assert (found.own, [one.code for one in found.layers]) == ("line", ["company", "line"])
    assert Decimal(found.stated["yellow_below"]) == told.yellow_below
    assert (found.stated["late_days"] or None, found.stated["streak.red"] or None) == (told.late_days, told.streak_red)
    assert (found.stated["streak.yellow"], found.stated["streak.grain"]) == (told.streak_yellow, told.streak_grain)
    origins = {one.path: one.origin.code if one.origin else "" for one in found.constants}
    assert (origins["streak.yellow"], origins["late_days"], origins["calendar"]) == ("line", "line", "")
    assert find_rules_in_force(metric_id=make_metric().pk).stated["streak.yellow"] == 3
    assert DEFAULT_THRESHOLDS.streak_yellow == 2


@pytest.mark.django_db
def test_a_preview_says_what_the_next_run_will_do(tmp_path: Path):
    metric = _judged(tmp_path)
    strict = load_light_rules("code: strict\nname: 严\nyellow_below: 0.95\nred_below: 0.9\n")
    for_all = preview_rules(strict.model_copy(update={"code": "company"}))
    assert for_all is not None and for_all.turns == (Turn(Light.YELLOW, Light.RED, 2),)
    assert preview_rules(strict).judged == 0  # nobody uses it yet
    save_light_rules(strict, reason="", actor=HR, now=NOW)
    whole, single = preview_use("strict", metric_id=metric.pk), preview_use("strict", metric_id=metric.pk, goal_id=2)
    assert (whole.judged, whole.changed, single.judged, single.changed) == (2, 2, 1, 1)
    use_light_rules("strict", metric_id=metric.pk, actor=HR, now=NOW)
    assert preview_use("", metric_id=metric.pk).changed == 0  # the run knew only the wider rules
    assert {one.light for one in standings_of([1, 2]).values()} == {Light.YELLOW}  # nothing was stored


@pytest.mark.django_db
def test_without_a_run_there_is_nothing_to_compare_with():
    assert preview_rules(load_light_rules("code: company\nname: 公司\n")) is None


def test_hr_tries_saves_and_uses_rules(hr: Client, tmp_path: Path, django_assert_max_num_queries):
    metric = _judged(tmp_path)
    sent = {"code": "strict", "name": "严", "yellow_below": "95", "red_below": "90", "version": "0"}
    chooser = _url("metric_rules", metric.code)
    back = f"{_url('rules_new')}?next={chooser}"
    wrong = hr.post(back, {**sent, "red_below": "99"})
    assert wrong.status_code == 422
    assert "黄灯就不会出现" in wrong.context["form"].errors["red_below"][0]
    assert hr.post(back, {**sent, "more": "seasn: 1"}).context["form"].errors["more"]
    assert hr.post(back, sent).url == f"{chooser}?rules=strict"
    with django_assert_max_num_queries(15):
        asked = hr.get(f"{chooser}?rules=strict").content.decode()
    assert '<b class="num text-lg">2</b> 个目标换灯，共 2 个' in asked
    assert "用这套规则" in asked
    hr.post(chooser, {"rules": "strict"})
    assert RulesUse.objects.get(until_at=None).code == "strict"
    page = hr.get(chooser).content.decode()
    assert "严 第 1 版" in page
    assert "95%" in page
    part = hr.post(
        _url("rules_preview"), {**sent, "yellow_below": "60", "red_below": "50"}, headers={"HX-Request": "true"}
    )
    assert "2</b> 个目标换灯" in part.content.decode()  # 65.4 % is green then
    with django_assert_max_num_queries(15):
        hr.get(_url("rules"))
    with django_assert_max_num_queries(15):
        form = hr.get(_url("rules_edit", "strict"))
    changed = {**_sent(form.context["form"]), "red_below": "80"}
    assert "reason" in hr.post(_url("rules_edit", "strict"), changed).context["form"].errors
    hr.post(_url("rules_edit", "strict"), {**changed, "reason": "放宽"})
    stale = hr.post(_url("rules_edit", "strict"), {**changed, "red_below": "70", "reason": "又改"})
    assert "已先保存了第 2 版" in stale.context["form"].errors["code"][0]
    history = hr.get(_url("rules_edit", "strict")).content.decode()
    assert "<del" in history
    assert "放宽" in history
    hr.post(chooser, {"rules": ""})
    assert not RulesUse.objects.filter(until_at=None).exists()
    assert list(LightRules.objects.values_list("version", flat=True).order_by("version")) == [1, 2]


def test_an_absolute_line_is_refused_where_the_metric_cannot_have_one(hr: Client, db: None):
    _save("code: line\nname: 产线\nred_line: 5\n")
    refused = hr.post(_url("metric_rules", make_metric("回款").code), {"rules": "line"})
    assert refused.status_code == 422
    assert "不能按实际值画界线" in refused.content.decode()


def test_who_may_only_read_sees_the_rules_and_no_way_to_change_them(client: Client, db: None):
    _save(WHOLE, "更严")
    reader = _signed_in(client, Role.EXECUTIVE)
    for url in (_url("rules"), _url("rules_edit", "line"), _url("metric_rules", make_metric().code)):
        page = reader.get(url).content.decode()
        assert "试算" not in page
        assert "保存" not in page
    assert reader.post(_url("rules_edit", "line"), {"code": "line"}).status_code == 403
    assert reader.get(_url("rules_edit", "none")).status_code == 404
