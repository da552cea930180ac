"""How long a picked time is kept: shown late, calmly and once, by a clock that the test moves."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=timezone.utc)
OVER = "Your time is no longer kept. You can still send this; if it was taken, you can pick another one."
COLLECT = """(node) => {
  window.heard = [];
  new MutationObserver(() => node.textContent && window.heard.push(node.textContent)).observe(node, {childList: true});
}"""


def question(minutes: int, field: str = "contact") -> dict[str, Any]:
    """A question at which the time is kept for so many minutes from NOW on."""
    kind, until = ("contact" if field == "contact" else "choices"), (NOW + timedelta(minutes=minutes)).isoformat()
    choices = {} if kind == "contact" else {"choices": [{"label": "Yes", "value": "yes"}]}
    return {"text": "Well?", **choices, "input": {"kind": kind, "for": field, "hold_until": until}}


def left(minutes: int) -> str:
    return f"I keep your time for {minutes} more {'minute' if minutes == 1 else 'minutes'}."


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page whose clock shows NOW."""
    page = context.new_page()
    page.clock.install(time=NOW)
    return page


def at(chat: WidgetPage, minutes: float) -> None:
    """Set the clock to so many minutes after NOW, as if the computer had slept till then; it stands still there."""
    chat.page.clock.pause_at(NOW + timedelta(minutes=minutes))


def listen(chat: WidgetPage) -> None:
    chat.dialog.locator(".hold + [role=status]").evaluate(COLLECT)


def heard(chat: WidgetPage) -> list[str]:
    """What a screen reader was given to say of it."""
    found: list[str] = chat.page.evaluate("window.heard")
    return found


def test_it_comes_two_minutes_before_the_end_and_is_said_once(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10))
    chat.open()
    listen(chat)
    at(chat, 7.999)
    expect(chat.kept).to_be_hidden()
    for minute, words in ((8, left(2)), (8.5, left(2)), (9, left(1)), (9.999, left(1)), (10, OVER), (600, OVER)):
        at(chat, minute)
        expect(chat.kept.locator("p")).to_have_text(words)
        assert chat.kept.get_by_role("button").is_visible() == (words != OVER)
    assert heard(chat) == [left(2), OVER]
    assert api.received == []


def test_with_time_going_by_it_changes_by_itself(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10))
    chat.open()
    at(chat, 7)
    listen(chat)
    chat.page.clock.run_for("01:00")
    expect(chat.kept.locator("p")).to_have_text(left(2))
    chat.page.clock.run_for("01:00")
    expect(chat.kept.locator("p")).to_have_text(left(1))
    chat.page.clock.run_for("01:00")
    expect(chat.kept.locator("p")).to_have_text(OVER)
    assert heard(chat) == [left(2), OVER]


def test_one_press_asks_to_keep_it_longer(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10)).then(question(18))
    chat.open()
    at(chat, 9)
    listen(chat)
    chat.kept.get_by_role("button", name="Keep it longer").click()
    expect(chat.log.locator(".bot")).to_have_count(2)
    assert [text for _, text in api.received] == ["keep it longer"]
    assert chat.own_texts == ["Keep it longer"]
    expect(chat.kept).to_be_hidden()
    expect(chat.composer).to_be_focused()
    at(chat, 16)
    expect(chat.kept.locator("p")).to_have_text(left(2))
    assert heard(chat) == [left(2)], "another end is said anew"


def test_the_same_end_is_not_said_again_with_the_next_question(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10)).then(question(10, "read_back"))
    chat.open()
    at(chat, 7)
    listen(chat)
    at(chat, 8)
    chat.type_only("Robin, 212 555 0147")
    expect(chat.input.get_by_role("button", name="Yes")).to_be_visible()
    expect(chat.kept.locator("p")).to_have_text(left(2))
    assert heard(chat) == [left(2)]


def test_it_survives_a_reload(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10))
    chat.open()
    at(chat, 9)
    chat.page.reload()
    chat.open()
    expect(chat.kept.locator("p")).to_have_text(left(1))


def test_it_goes_with_its_question(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10)).then(
        {"text": "Which time?", "choices": [], "input": {"kind": "slots", "for": "appointment"}}
    )
    chat.open()
    at(chat, 9)
    expect(chat.kept).to_be_visible()
    chat.type_only("another time please")
    expect(chat.log.get_by_text("Which time?")).to_be_visible()
    expect(chat.kept).to_be_hidden()
    at(chat, 11)
    expect(chat.kept).to_be_hidden()


def test_it_goes_with_the_chat(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10))
    chat.open()
    at(chat, 9)
    chat.menu("Forget me").dialog.get_by_role("button", name="Delete my chat").click()
    expect(chat.dialog.get_by_text("Your chat was deleted")).to_be_visible()
    expect(chat.kept).to_be_hidden()


def test_in_a_closed_chat_nothing_is_said_before_it_is_open_again(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10))
    chat.open()
    listen(chat)
    chat.close()
    at(chat, 8.5)
    assert heard(chat) == []
    chat.open()
    expect(chat.kept.locator("p")).to_have_text(left(2))
    assert heard(chat) == [left(2)]


def test_the_keyboard_is_not_lost_with_the_button(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(question(10))
    chat.open()
    at(chat, 9)
    chat.kept.get_by_role("button").focus()
    at(chat, 10)
    expect(chat.kept.locator("p")).to_have_text(OVER)
    expect(chat.composer).to_be_focused()


def test_the_field_that_is_being_filled_in_stays_in_sight(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.page.set_viewport_size({"width": 320, "height": 560})
    api.asks(question(10))
    chat.open()
    at(chat, 7)
    field = chat.input.get_by_label("Email")
    chat.dialog.locator(".scroller").evaluate("(node) => (node.scrollTop = 0)")
    field.focus()
    expect(field).to_be_in_viewport(ratio=0.95)  # just above the place where the line will be
    at(chat, 8)
    expect(chat.kept).to_be_visible()
    expect(field).to_be_in_viewport(ratio=0.95)


def test_a_value_that_is_no_time_shows_nothing(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks({"text": "Well?", "input": {"kind": "contact", "for": "contact", "hold_until": "soon"}})
    chat.open()
    at(chat, 9)
    expect(chat.kept).to_be_hidden()
    assert chat.errors == []


@pytest.mark.parametrize(("wish", "movement"), [("reduce", "none"), ("no-preference", "rise")])
def test_it_moves_only_for_those_who_do_not_mind(browser: Browser, widget_site: str, wish: Any, movement: str) -> None:
    context = browser.new_context(viewport=PHONE, reduced_motion=wish)  # type: ignore[arg-type] # a ViewportSize
    page = context.new_page()
    page.clock.install(time=NOW)
    ScriptedApi(page).asks(question(1))
    chat = WidgetPage(page).visit(widget_site).open()
    expect(chat.kept).to_be_visible()
    assert chat.kept.evaluate("(node) => getComputedStyle(node).animationName") == movement
    context.close()
