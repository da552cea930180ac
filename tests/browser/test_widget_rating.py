""" "Not what I meant": one quiet button under the last answer, pressed and taken back by hand or by key."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage

ANSWER = {"text": "Please ask the clinic what it costs.", "down": False}
ALERT = {"text": "Please call 911 now.", "alert": "emergency_911"}


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return page


def button(chat: WidgetPage) -> Locator:
    return chat.dialog.get_by_role("button", name="Not what I meant")


def note(chat: WidgetPage) -> Locator:
    return chat.dialog.locator(".rating [role=status]")


def thumbs(api: ScriptedApi) -> list[Any]:
    return [call for call in api.calls if call.endswith("/thumb")]


def test_it_is_pressed_by_key_said_once_taken_back_and_known_after_a_reload(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then({"text": "An answer.", "down": False}, ANSWER)
    chat.open()
    expect(button(chat)).to_have_count(0)
    chat.say("what does it cost?")
    expect(button(chat)).to_have_count(1)
    expect(button(chat)).to_have_attribute("aria-pressed", "false")
    button(chat).focus()
    chat.page.keyboard.press("Enter")
    expect(note(chat)).to_have_text("Thanks, noted.")
    expect(button(chat)).to_have_attribute("aria-pressed", "true")
    expect(button(chat)).to_be_focused()
    assert thumbs(api) == ["POST conversations/c1/messages/4/thumb"], "the last of the answers"
    assert chat.axe_violations() == []
    chat.page.reload()
    chat.open()
    expect(button(chat)).to_have_attribute("aria-pressed", "true")
    expect(note(chat)).to_be_empty()
    button(chat).focus()
    chat.page.keyboard.press("Space")
    expect(button(chat)).to_have_attribute("aria-pressed", "false")
    expect(note(chat)).to_be_empty()
    assert [message["down"] for message in api.messages[2:]] == [False, False]
    assert (chat.policy_violations, chat.errors) == ([], [])


def test_without_a_connection_it_is_not_noted_and_can_be_pressed_again(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then(ANSWER)
    chat.open().say("what does it cost?")
    chat.page.route("**/thumb", lambda route: route.abort("internetdisconnected"))
    button(chat).click()
    expect(note(chat)).to_have_text("Not noted. Try again.")
    expect(button(chat)).to_have_attribute("aria-pressed", "false")
    chat.page.unroute("**/thumb")
    button(chat).click()
    expect(note(chat)).to_have_text("Thanks, noted.")


def test_it_stands_under_nothing_else_and_the_focus_stays_in_the_chat(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then(ANSWER).then(ALERT).then(ANSWER).then({"text": "Who is this about?"})
    chat.open().say("what does it cost?")
    expect(button(chat)).to_be_visible()
    chat.say("my chest hurts")
    expect(button(chat)).to_have_count(0)
    chat.say("I am fine again")
    button(chat).focus()
    api.add("bot", {"text": "You are talking with the front desk now."})
    api.add("staff", {"text": "Hello, this is the front desk."})
    chat.page.evaluate("dispatchEvent(new Event('online'))")
    chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(chat.log.get_by_text("Hello, this is the front desk.")).to_be_visible()
    expect(button(chat)).to_have_count(0)
    expect(chat.dialog.get_by_role("group", name="Chat", exact=True)).to_be_focused()
    chat.say("thank you")
    expect(button(chat)).to_have_count(0)
