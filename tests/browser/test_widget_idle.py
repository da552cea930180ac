"""Shared computers: a warning after a while without a touch, then a lock; by a clock that the test moves."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.scripted_api import ScriptedApi
from tests.browser.test_widget_listening import keep, second_tab
from tests.browser.widget_page import WidgetPage

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=timezone.utc)
WARNING = "Are you still there? To keep your words private, this chat will close in 2 minutes."
LOCKED = "Nobody used this chat for a while. It was closed to keep your words private."
SECRET = "my knee hurts since the fall"


@pytest.fixture
def tag() -> dict[str, str]:
    """What is in the script's tag beside the usual."""
    return {"shared": ""}


@pytest.fixture
def page(context: BrowserContext, tag: dict[str, str]) -> Page:
    """The demo page as on a computer at the desk, and a clock that shows NOW."""
    # the tag is whole then, and modules have not run yet
    context.add_init_script(
        f"""document.addEventListener("readystatechange", () => {{
          Object.assign(document.querySelector("script[data-clinic]")?.dataset ?? {{}}, {json.dumps(tag)});
        }}, {{ once: true }});"""
    )
    page = context.new_page()
    page.clock.install(time=NOW)
    return page


def at(chat: WidgetPage, minutes: float) -> None:
    """Set the clock of all tabs to so many minutes after NOW, as if the computer had slept till then."""
    chat.page.clock.pause_at(NOW + timedelta(minutes=minutes))


def axe(chat: WidgetPage) -> list[str]:
    """What axe finds; it needs a clock that runs."""
    chat.page.clock.resume()
    return chat.axe_violations()


def warning(chat: WidgetPage) -> str:
    return chat.dialog.locator(".idle [role=status]").inner_text()


def test_after_twenty_minutes_a_warning_and_after_two_more_the_lock(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say(SECRET).composer.fill("words that nobody sent")
    at(chat, 19.9)
    assert warning(chat) == ""
    at(chat, 20.3)
    assert warning(chat) == WARNING
    expect(chat.dialog.get_by_role("button", name="I’m still here")).to_be_visible()
    assert axe(chat) == []
    assert chat.small_targets() == []
    assert keep(chat) is not None
    at(chat, 22.5)
    expect(chat.dialog.get_by_text(LOCKED)).to_be_visible()
    assert axe(chat) == []
    assert keep(chat) is None
    assert chat.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert chat.page.get_by_text(SECRET).count() == 0
    assert chat.composer.input_value() == ""
    assert "DELETE conversations/c1" not in api.calls, "the clinic keeps it"
    chat.dialog.get_by_role("button", name="Start a new chat").click()
    expect(chat.log.get_by_text("Hello. How can we help?")).to_be_visible()
    assert chat.own_texts == []
    assert api.calls.count("POST conversations") == 2


@pytest.mark.parametrize("way", ["button", "tap", "key"])
def test_one_touch_is_enough_to_stay(chat: WidgetPage, api: ScriptedApi, way: str) -> None:
    chat.open().say(SECRET)
    at(chat, 21)
    assert warning(chat) == WARNING
    if way == "button":
        chat.dialog.get_by_role("button", name="I’m still here").focus()
        chat.page.keyboard.press("Enter")
        expect(chat.composer).to_be_focused()
    elif way == "tap":
        chat.log.click()
    else:
        chat.composer.press("ArrowLeft")
    assert warning(chat) == ""
    at(chat, 40.5)
    assert warning(chat) == ""
    assert chat.own_texts == [SECRET]
    at(chat, 43.5)
    expect(chat.dialog.get_by_text(LOCKED)).to_be_visible()


def test_a_computer_that_slept_locks_before_anybody_can_touch_it(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say(SECRET)
    at(chat, 600)
    expect(chat.dialog.get_by_text(LOCKED)).to_be_visible()
    assert chat.page.get_by_text(SECRET).count() == 0


def test_a_closed_chat_is_locked_too_and_says_so_when_opened(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say(SECRET).close()
    at(chat, 23)
    assert keep(chat) is None
    chat.launcher.click()
    expect(chat.dialog.get_by_text(LOCKED)).to_be_visible()


def test_a_page_that_is_loaded_too_late_finds_no_chat(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say(SECRET)
    at(chat, 10)
    chat.page.goto("about:blank")
    calls = len(api.calls)
    chat.page.clock.set_system_time(NOW + timedelta(minutes=23))
    chat.page.go_back()
    expect(chat.launcher).to_be_visible()
    assert keep(chat) is None
    assert len(api.calls) == calls
    assert chat.launcher.locator(".badge").is_hidden()


def test_a_touch_in_one_tab_counts_in_the_other_and_so_does_the_lock(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say(SECRET)
    other = second_tab(chat).open()
    at(chat, 15)
    other.composer.press("ArrowLeft")
    at(chat, 30)
    assert warning(chat) == ""
    at(chat, 38)
    expect(chat.dialog.get_by_text(LOCKED)).to_be_visible()
    expect(other.dialog.get_by_role("button", name="Start a new chat")).to_be_visible()
    assert other.page.get_by_text(SECRET).count() == 0


@pytest.mark.parametrize(
    ("tag", "minutes"),
    [
        ({}, None),
        ({"idleMinutes": "5"}, 5),
        ({"shared": "", "idleMinutes": "0"}, None),
        ({"shared": "", "idleMinutes": "30"}, 30),
    ],
)
def test_the_tag_says_whether_and_when(chat: WidgetPage, api: ScriptedApi, minutes: int | None) -> None:
    chat.open().say(SECRET)
    at(chat, (minutes or 100) + 1.9)
    chat.page.clock.run_for(5_000)
    assert chat.own_texts == [SECRET]
    at(chat, (minutes or 100) + 2.2)
    chat.page.clock.run_for(5_000)
    expect(chat.dialog.get_by_text(LOCKED)).to_have_count(0 if minutes is None else 1)
