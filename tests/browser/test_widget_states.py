"""Each thing that the widget can show: readable for axe, large enough for a thumb, within the page's strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

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
ALERT = {"text": "This could be an emergency. Please call 911 now.", "alert": "emergency_911"}


@pytest.fixture(params=["phone", "desktop", "small", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """The same state on a phone, on a desk, at 320 px, and in the dark."""
    sizes = {"phone": PHONE, "small": {"width": 320, "height": 560}}
    context = browser.new_context(
        viewport=sizes.get(request.param, DESKTOP),  # type: ignore[arg-type]  # a ViewportSize is such a dict
        color_scheme="dark" if request.param == "dark" else "light",
        locale="en-US",
    )
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()


def assert_sound(chat: WidgetPage) -> None:
    assert chat.axe_violations() == []
    assert chat.small_targets() == []
    assert chat.sideways() <= 0
    assert chat.policy_violations == []
    assert chat.foreign_requests == []
    assert chat.errors == []


def test_the_closed_page_is_accessible(chat: WidgetPage) -> None:
    assert chat.axe_violations() == []
    assert (chat.policy_violations, chat.foreign_requests, chat.errors) == ([], [], [])
    box = chat.launcher.bounding_box()
    assert box
    assert box["height"] >= 44


@pytest.mark.parametrize("kind", list(QUESTIONS))
def test_every_input_is_accessible(chat: WidgetPage, api: ScriptedApi, kind: str) -> None:
    api.asks(QUESTIONS[kind])
    chat.open()
    if kind == "knee_map":
        expect(chat.input.locator("form")).to_be_visible()
    assert chat.input_kind == kind
    assert chat.composer.is_visible()
    assert_sound(chat)


@pytest.mark.parametrize("kind", ["multi_choice", "knee_map", "pain_scale", "contact"])
def test_an_incomplete_answer_is_explained_accessibly(chat: WidgetPage, api: ScriptedApi, kind: str) -> None:
    api.asks(QUESTIONS[kind])
    chat.open().input.locator("button[type=submit]").click()
    expect(chat.input.get_by_role("alert")).not_to_be_empty()
    assert api.received == []
    assert_sound(chat)


def test_an_emergency_is_accessible(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then(ALERT)
    chat.open().say("my foot went cold and blue")
    assert_sound(chat)


def test_a_message_that_failed_is_accessible(chat: WidgetPage, api: ScriptedApi) -> None:
    api.failures = [413]
    chat.open().type_only("a long story")
    expect(chat.log.get_by_text("Not sent")).to_be_visible()
    assert_sound(chat)


def test_waiting_for_an_answer_is_accessible(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    api.silent = True
    chat.type_only("hello")
    expect(chat.dialog.locator(".typing")).to_be_visible()
    assert_sound(chat)


def test_being_offline_is_accessible(chat: WidgetPage) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    expect(chat.dialog.get_by_text("You are offline")).to_be_visible()
    assert_sound(chat)


def test_the_page_without_the_api_is_accessible(chat: WidgetPage, api: ScriptedApi) -> None:
    api.silent = True
    chat.launcher.click()
    expect(chat.dialog.get_by_text("not working right now")).to_be_visible()
    assert_sound(chat)


def test_menu_and_forgetting_are_accessible(chat: WidgetPage) -> None:
    chat.open().dialog.get_by_role("button", name="More").click()
    assert_sound(chat)
    chat.dialog.get_by_role("button", name="Forget me").click()
    assert_sound(chat)
    chat.dialog.get_by_role("button", name="Delete my chat").click()
    expect(chat.dialog.get_by_text("Your chat was deleted")).to_be_visible()
    assert_sound(chat)


def test_a_time_that_is_kept_a_little_longer_is_accessible(chat: WidgetPage, api: ScriptedApi) -> None:
    def until(**ahead: float) -> dict[str, Any]:
        end = datetime.now(timezone.utc) + timedelta(**ahead)
        return {**QUESTIONS["contact"], "input": {"kind": "contact", "for": "contact", "hold_until": end.isoformat()}}

    api.asks(until(seconds=100)).then(until(seconds=-1))
    chat.open()
    expect(chat.kept.get_by_role("button", name="Keep it longer")).to_be_visible()
    assert_sound(chat)
    chat.say("what is this for?")
    expect(chat.kept).to_contain_text("no longer kept")
    assert_sound(chat)


def test_a_message_of_staff_is_accessible(chat: WidgetPage, api: ScriptedApi) -> None:
    api.events = [("message", {"seq": 2, "from": "staff", "text": "This is the front desk."})]
    chat.open()
    expect(chat.log.get_by_text("front desk")).to_be_visible()
    assert_sound(chat)
