"""Each thing that the widget can show: readable for axe, large enough for a thumb, within the page's strict policy.

What axe found is kept as a table, a row for each state, in test-results/axe.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from knee_intake.web.widget_pages import policy
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage

YES_NO = [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]
TIMES = [
    {"label": "Tue, Dec 1, 9:00 AM", "value": "2026-12-01T09:00:00-05:00"},
    {"label": "Tue, Dec 1, 2:30 PM", "value": "2026-12-01T14:30:00-05:00"},
    {"label": "Wed, Dec 2, 9:00 AM", "value": "2026-12-02T09:00:00-05:00"},
    {"label": "Other times", "value": "other times"},
]
SIGNS = [{"label": "Swollen", "value": "swelling"}, {"label": "It gives way", "value": "giving_way"}]
QUESTIONS: dict[str, dict[str, Any]] = {
    "choices": {"text": "Is that OK?", "choices": YES_NO, "input": {"kind": "choices", "for": "consent"}},
    "multi_choice": {
        "text": "Any of these now?",
        "choices": SIGNS,
        "input": {"kind": "multi_choice", "for": "symptoms", "none_value": "none"},
    },
    "knee_map": {"text": "Where does it hurt?", "input": {"kind": "knee_map", "for": "pain_location"}},
    "pain_scale": {"text": "How strong is it now?", "input": {"kind": "pain_scale", "for": "pain_severity"}},
    "slots": {"text": "Which time?", "choices": TIMES, "input": {"kind": "slots", "for": "appointment"}},
    "contact": {"text": "How can we reach you?", "input": {"kind": "contact", "for": "contact"}},
    "text": {"text": "What would you like to do again?", "input": {"kind": "text", "for": "goal"}},
}
READ_BACK = {
    "text": "This is what I send:\n1. Knee: right knee, front\n2. Signs: swelling\n3. Contact: Sam\nIs this right?",
    "choices": [{"label": "Yes, that's right", "value": "yes"}, {"label": "Change something", "value": "change"}],
    "input": {"kind": "choices", "for": "read_back"},
}
ALERT = {"text": "This could be an emergency. Please call 911 now.", "alert": "emergency_911"}
SAME_DAY = {"text": "This should be seen today. Please call (212) 555-0143.", "alert": "same_day"}

VARIANTS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": PHONE},
    "desktop": {"viewport": DESKTOP},
    "small": {"viewport": {"width": 320, "height": 560}},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "forced": {"viewport": PHONE, "forced_colors": "active"},
    "large": {"viewport": {"width": 640, "height": 800}},
}
"""`forced`: forced colours. `large`: text at 200 %, spaced out (WCAG 1.4.12), on a page that runs right to left."""

HOST = """<!doctype html><html lang="en" dir="{direction}"><meta charset="utf-8"><title>A clinic</title>
<meta name="viewport" content="width=device-width"><main><h1>A clinic</h1><p>Welcome.</p></main>
<script type="module" src="/widget/knee-intake.js" data-clinic="43rd Street Medical" data-phone="(212) 555-0143"
  data-hours="Monday to Friday, 9 AM to 5 PM" data-notice="Demo: not monitored"></script></html>"""
LARGE = """() => {
  const widget = document.querySelector("knee-intake");
  widget.style.fontSize = "200%";
  const spaced = new CSSStyleSheet();
  const wide = "letter-spacing: .12em !important; word-spacing: .16em !important";
  spaced.replaceSync(`* { line-height: 1.5 !important; ${wide} }`);
  widget.shadowRoot.adoptedStyleSheets.push(spaced);
}"""

Sound = Callable[..., None]


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One browser window for each variant: opening one takes longer than most of these tests."""
    opened = {name: browser.new_context(locale="en-US", **options) for name, options in VARIANTS.items()}
    yield opened
    for context in opened.values():
        context.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each state on a phone and in two more variants, other ones for each test; in all of them in the long run."""
    named = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "page" not in metafunc.fixturenames or "page" in named:
        return
    phone, *others = VARIANTS
    first = sum(map(ord, metafunc.function.__name__))  # any number that differs between tests and stays
    quick = {phone, *(others[(first + step) % len(others)] for step in (0, 2))}
    marks = {name: () if name in quick else (pytest.mark.long,) for name in VARIANTS}
    metafunc.parametrize("page", [pytest.param(name, marks=marks[name]) for name in VARIANTS], indirect=True)


@pytest.fixture
def page(request: pytest.FixtureRequest, contexts: dict[str, BrowserContext]) -> Iterator[Page]:
    """The same state in each variant, on a page of its own; the browser keeps nothing from one to the next."""
    page = contexts[request.param].new_page()
    page.set_default_timeout(8_000)
    yield page
    page.context.set_offline(False)
    page.evaluate("localStorage.clear()")
    page.close()


@pytest.fixture
def chat(page: Page, widget_site: str, api: ScriptedApi, request: pytest.FixtureRequest) -> WidgetPage:
    """The widget on a small host page with the demo page's policy, before it is opened."""
    large = request.node.callspec.params["page"] == "large"
    body = HOST.format(direction="rtl" if large else "ltr")
    headers = {"Content-Security-Policy": policy()}
    page.route(f"{widget_site}/", lambda route: route.fulfill(body=body, content_type="text/html", headers=headers))
    chat = WidgetPage(page).visit(widget_site)
    if large:
        page.evaluate(LARGE)
    return chat


@pytest.fixture(scope="module")
def axe_table() -> Iterator[dict[str, dict[str, int]]]:
    """Violations by state and variant; written down at the end, for people to look at."""
    found: dict[str, dict[str, int]] = {}
    yield found
    folder = Path(__file__).parents[2] / "test-results"
    folder.mkdir(exist_ok=True)
    head = f"| state | {' | '.join(VARIANTS)} |\n|---|{'---|' * len(VARIANTS)}\n"
    rows = (f"| {state} | {' | '.join(str(row.get(name, '')) for name in VARIANTS)} |" for state, row in found.items())
    (folder / "axe.md").write_text(head + "\n".join(rows) + "\n")


@pytest.fixture
def assert_sound(request: pytest.FixtureRequest, chat: WidgetPage, axe_table: dict[str, dict[str, int]]) -> Sound:
    """Call it with the name of the state that is on the screen."""

    def check(state: str) -> None:
        violations = chat.axe_violations()
        row = axe_table.setdefault(state, {})
        row[request.node.callspec.params["page"]] = len(violations)
        assert violations == []
        assert chat.policy_violations == []
        assert chat.foreign_requests == []
        assert chat.errors == []
        if chat.dialog.is_visible():
            assert chat.small_targets() == []
            assert chat.sideways() <= 0

    return check


def test_the_closed_page_is_accessible(chat: WidgetPage, assert_sound: Sound) -> None:
    assert_sound("closed")
    box = chat.launcher.bounding_box()
    assert box
    assert box["height"] >= 44


@pytest.mark.parametrize("page", ["phone", "desktop", "dark"], indirect=True)
def test_the_demo_page_is_accessible(page: Page, widget_site: str) -> None:
    chat = WidgetPage(page).visit(widget_site)
    assert page.title().startswith("43rd Street Medical")
    for summary in page.locator("summary").all():
        summary.click()
    assert chat.axe_violations() == []
    assert (chat.policy_violations, chat.foreign_requests, chat.errors) == ([], [], [])
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("kind", list(QUESTIONS))
def test_every_input_is_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound, kind: str) -> None:
    api.asks(QUESTIONS[kind])
    chat.open()
    if kind == "knee_map":
        expect(chat.input.locator("form")).to_be_visible()
    assert chat.input_kind == kind
    assert chat.composer.is_visible()
    assert_sound(kind)


def test_the_read_back_is_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound) -> None:
    api.asks(READ_BACK)
    chat.open()
    expect(chat.log.get_by_role("button", name="Change 2. Signs")).to_be_visible()
    assert_sound("read_back")


def test_what_is_picked_is_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound) -> None:
    api.asks(QUESTIONS["knee_map"]).then(QUESTIONS["pain_scale"])
    chat.open()
    chat.tick("My right knee", "Inner side", "My hip")
    assert_sound("knee_map, picked")
    chat.done().input.locator("input[value='7']").check()
    assert_sound("pain_scale, picked")


@pytest.mark.parametrize("kind", ["multi_choice", "knee_map", "pain_scale", "contact"])
def test_an_incomplete_answer_is_explained_accessibly(
    chat: WidgetPage, api: ScriptedApi, assert_sound: Sound, kind: str
) -> None:
    api.asks(QUESTIONS[kind])
    chat.open().input.locator("button[type=submit]").click()
    expect(chat.input.get_by_role("alert")).to_be_in_viewport()
    assert api.received == []
    assert_sound(f"{kind}, incomplete")


def test_alerts_are_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound) -> None:
    api.then(SAME_DAY, ALERT)
    chat.open().say("my foot went cold and blue")
    assert_sound("alert, emergency")


def test_a_message_that_failed_is_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound) -> None:
    api.failures = [413]
    chat.open().type_only("a long story")
    expect(chat.log.get_by_text("Not sent")).to_be_visible()
    assert_sound("failed")


def test_waiting_for_an_answer_is_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound) -> None:
    chat.open()
    api.silent = True
    chat.type_only("hello")
    expect(chat.dialog.locator(".typing")).to_be_visible()
    assert_sound("sending")


def test_being_offline_is_accessible(chat: WidgetPage, assert_sound: Sound) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.dialog.get_by_text("You are offline")).to_be_visible()
    assert_sound("offline")


def test_the_page_without_the_api_is_accessible(chat: WidgetPage, assert_sound: Sound) -> None:
    chat.page.route("**/api/conversations", lambda route: route.abort())
    chat.launcher.click()
    expect(chat.dialog.get_by_text("not working right now")).to_be_visible()
    assert_sound("unreachable")


def test_menu_and_forgetting_are_accessible(chat: WidgetPage, assert_sound: Sound) -> None:
    chat.open().dialog.get_by_role("button", name="More").click()
    assert_sound("menu")
    chat.dialog.get_by_role("button", name="Forget me").click()
    assert_sound("forget")
    chat.dialog.get_by_role("button", name="Delete my chat").click()
    expect(chat.dialog.get_by_text("Your chat was deleted")).to_be_visible()
    assert_sound("forgotten")


def test_a_time_that_is_kept_a_little_longer_is_accessible(
    chat: WidgetPage, api: ScriptedApi, assert_sound: Sound
) -> None:
    def until(**ahead: float) -> dict[str, Any]:
        end = datetime.now(timezone.utc) + timedelta(**ahead)
        return {**QUESTIONS["contact"], "input": {"kind": "contact", "for": "contact", "hold_until": end.isoformat()}}

    api.asks(until(seconds=100)).then(until(seconds=-1))
    chat.open()
    expect(chat.kept.get_by_role("button", name="Keep it longer")).to_be_visible()
    assert_sound("time kept")
    chat.say("what is this for?")
    expect(chat.kept).to_contain_text("no longer kept")
    assert_sound("time no longer kept")


def test_an_answer_that_is_rated_is_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound) -> None:
    api.then({**QUESTIONS["multi_choice"], "down": False})
    chat.open().say("what does it cost?")
    assert_sound("to be rated")
    chat.dialog.get_by_role("button", name="Not what I meant").click()
    expect(chat.dialog.get_by_text("Thanks, noted.")).to_be_visible()
    assert_sound("rated")


def test_a_message_of_staff_is_accessible(chat: WidgetPage, api: ScriptedApi, assert_sound: Sound) -> None:
    api.events = [("message", {"seq": 2, "from": "staff", "text": "This is the front desk."})]
    chat.open()
    expect(chat.log.get_by_text("front desk")).to_be_visible()
    assert_sound("staff")


# beyond axe

FOCUSED = """() => {
  const root = document.querySelector("knee-intake").shadowRoot;
  const node = root.activeElement;
  if (!node) return null;
  const box = (node.closest("label") ?? node).getBoundingClientRect();
  const hit = root.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  const seen = hit === node || (node.closest("label") ?? node).contains(hit) || hit?.contains(node);
  const style = getComputedStyle(node.matches(".tick input, .degree input") ? node.closest("label") : node);
  return [node.getAttribute("aria-label") ?? node.value ?? node.className, seen, parseFloat(style.outlineWidth)];
}"""


@pytest.mark.parametrize("page", ["small", "large", "forced"], indirect=True)
def test_the_focus_is_always_seen_and_never_under_something_else(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["knee_map"])
    chat.open().tick("My right knee")
    chat.dialog.get_by_role("button", name="More").focus()
    names: list[str] = []
    for _ in range(20):
        chat.page.keyboard.press("Tab")
        name, seen, outline = chat.page.evaluate(FOCUSED)
        assert seen, name
        assert outline >= 3, name
        names.append(name)
        if chat.dialog.get_by_role("button", name="Send", exact=True).evaluate("(node) => node.matches(':focus')"):
            break
    assert {"left", "medial", "hip", "Send"} <= set(names)


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_nothing_moves_where_no_motion_is_wanted(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.page.emulate_media(reduced_motion="reduce")
    chat.open()
    api.silent = True
    chat.type_only("hello")
    expect(chat.dialog.locator(".typing")).to_be_visible()
    assert chat.page.evaluate("document.querySelector('knee-intake').shadowRoot.getAnimations().length") == 0


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_a_chat_that_is_taken_up_again_is_not_read_out_but_what_comes_next_is(chat: WidgetPage) -> None:
    chat.open().say("it hurts when I run")
    chat.page.reload()
    chat.open()
    expect(chat.log.locator(".message")).to_have_count(3)
    assert chat.log.get_attribute("aria-live") == "off"
    chat.say("and on stairs")
    assert chat.log.get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_a_line_of_the_read_back_is_changed_by_its_button(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(READ_BACK)
    chat.open().log.get_by_role("button", name="Change 2. Signs").click()
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert [text for _, text in api.received] == ["change 2"]
    assert chat.own_texts == ["Change: Signs"]
    expect(chat.log.locator(".edit").first).to_be_hidden()


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_the_knee_is_tapped_and_the_hip_is_told_in_words(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["knee_map"])
    chat.open()
    chat.input.locator(".zone[data-side=right][data-zone=posterior]").click()
    chat.input.locator(".names b[data-side=left]").first.click()
    expect(chat.input.locator(".zone.on")).to_have_count(2)
    chat.tick("My hip").done()
    assert [text for _, text in api.received] == ["both knees, back of the knee. My hip hurts too."]
    assert chat.own_texts == ["My left knee, My right knee, Back, My hip or groin hurts too"]


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_an_alert_has_the_calls_of_its_words_in_their_order(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then({"text": "Call 911 now. You can also call or text 988, or (212) 555-0143.", "alert": "emergency_911"})
    chat.open().say("I feel very bad")
    hrefs = chat.log.locator(".calls a").evaluate_all("(nodes) => nodes.map((node) => node.getAttribute('href'))")
    assert hrefs == ["tel:911", "tel:988", "sms:988", "tel:+12125550143"]
