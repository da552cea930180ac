"""The reading position, larger text, and what the menu gives: nobody is pulled away from what they read or type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted_api import ScriptedApi
from tests.browser.test_widget_listening import second_tab
from tests.browser.test_widget_states import ALERT, QUESTIONS
from tests.browser.widget_page import WidgetPage

LONG = "A long answer. " * 120


def top(chat: WidgetPage) -> int:
    return int(chat.dialog.locator(".scroller").evaluate("(node) => node.scrollTop"))


def in_view(chat: WidgetPage, text: str) -> bool:
    return bool(
        chat.log.get_by_text(text).first.evaluate(
            """(node) => {
              const [line, box] = [node, node.closest(".scroller")].map((one) => one.getBoundingClientRect());
              return line.top >= box.top - 1 && line.top < box.bottom;
            }"""
        )
    )


def news(chat: WidgetPage, api: ScriptedApi, *messages: dict[str, Any], sender: str = "staff") -> None:
    """Staff write; the page hears of it."""
    for message in messages:
        api.add(sender, message)
    chat.page.evaluate("dispatchEvent(new Event('online'))")
    expect(chat.log.get_by_text(str(messages[-1]["text"]))).to_have_count(1)


def long_chat(chat: WidgetPage, api: ScriptedApi) -> WidgetPage:
    for number in range(3):
        api.then({"text": f"{number}. {LONG}"})
        chat.open().say(f"question {number}") if number == 0 else chat.say(f"question {number}")
    chat.page.wait_for_timeout(100)
    return chat


def more(chat: WidgetPage) -> Any:
    return chat.dialog.get_by_role("button", name="New message")


@pytest.mark.parametrize("way", ["wheel", "keys", "script"])
def test_who_scrolled_up_stays_there_and_is_told(chat: WidgetPage, api: ScriptedApi, way: str) -> None:
    long_chat(chat, api)
    if way == "wheel":
        chat.dialog.locator(".scroller").hover()
        chat.page.mouse.wheel(0, -900)
    elif way == "keys":
        chat.dialog.locator(".scroller").focus()
        for _ in range(3):
            chat.page.keyboard.press("PageUp")
    else:  # a dragged scroll bar, or a screen reader
        chat.dialog.locator(".scroller").evaluate("(node) => { node.scrollTop = 200; }")
    chat.page.wait_for_timeout(400)
    place = top(chat)
    news(chat, api, {"text": "First news."})
    news(chat, api, {"text": "Second news."})
    chat.page.wait_for_timeout(100)
    assert abs(top(chat) - place) < 3
    expect(more(chat)).to_be_visible()
    assert chat.axe_violations() == []
    more(chat).focus()
    chat.page.keyboard.press("Enter")
    expect(more(chat)).to_be_hidden()
    chat.page.wait_for_timeout(100)
    assert in_view(chat, "First news.")
    expect(chat.dialog.locator(".scroller")).to_be_focused()
    news(chat, api, {"text": "Third news."})
    chat.page.wait_for_timeout(100)
    assert in_view(chat, "Third news.")


def test_who_is_back_at_the_end_follows_again(chat: WidgetPage, api: ScriptedApi) -> None:
    scroller = long_chat(chat, api).dialog.locator(".scroller")
    scroller.evaluate("(node) => { node.scrollTop = 100; }")
    chat.page.wait_for_timeout(100)
    news(chat, api, {"text": "First news."})
    expect(more(chat)).to_be_visible()
    scroller.evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    expect(more(chat)).to_be_hidden()


def test_who_reads_at_the_end_is_never_thrown_back(chat: WidgetPage, api: ScriptedApi) -> None:
    long_chat(chat, api).dialog.locator(".scroller").evaluate("(node) => { node.scrollTop = node.scrollHeight; }")
    chat.page.wait_for_timeout(100)
    place = top(chat)
    news(chat, api, {"text": "Short news."})
    chat.page.wait_for_timeout(100)
    assert top(chat) >= place
    assert in_view(chat, "Short news.")


def test_an_answer_whose_lines_come_one_by_one_is_shown_from_its_first_line(chat: WidgetPage, api: ScriptedApi) -> None:
    """A stream brings them so: the question behind a long answer must not push the answer out of view."""
    long_chat(chat, api).page.evaluate("const now = Date.now(); Date.now = () => now")
    chat.say("what does it cost?")
    for text in ("First line.", f"Then: {LONG}", "Last line."):
        news(chat, api, {"text": text}, sender="bot")
    chat.page.wait_for_timeout(100)
    assert in_view(chat, "what does it cost?")
    assert in_view(chat, "First line.")


def test_a_long_answer_is_shown_from_its_first_line(chat: WidgetPage, api: ScriptedApi) -> None:
    long_chat(chat, api)
    assert in_view(chat, "question 2")
    expect(more(chat)).to_be_hidden()


def test_news_take_neither_focus_nor_words_from_who_is_typing(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["contact"])
    name = chat.open().input.get_by_label("First name")
    name.press_sequentially("An")
    news(chat, api, {"text": LONG})
    expect(name).to_be_focused()
    name.press_sequentially("na")
    assert name.input_value() == "Anna"
    expect(more(chat)).to_be_visible()
    chat.composer.fill("half a sen")
    news(chat, api, {"text": "One more thing."})
    expect(chat.composer).to_be_focused()
    chat.composer.press_sequentially("tence")
    assert chat.composer.input_value() == "half a sentence"


def test_a_question_that_changes_under_the_hand_keeps_the_keyboard_in_the_chat(
    chat: WidgetPage, api: ScriptedApi
) -> None:
    api.asks(QUESTIONS["contact"])
    chat.open().input.get_by_label("First name").focus()
    news(chat, api, {**QUESTIONS["slots"], "text": "Here are other times."})
    expect(chat.dialog.locator(".scroller")).to_be_focused()


def test_a_chat_that_is_opened_again_is_where_it_was_left(chat: WidgetPage, api: ScriptedApi) -> None:
    long_chat(chat, api).dialog.locator(".scroller").evaluate("(node) => { node.scrollTop = 300; }")
    chat.page.wait_for_timeout(100)
    chat.close()
    chat.launcher.click()
    chat.page.wait_for_timeout(100)
    assert abs(top(chat) - 300) < 3


# larger text


@pytest.mark.parametrize("kind", list(QUESTIONS))
def test_the_layout_holds_with_the_largest_text_at_320_px(
    page: Page, chat: WidgetPage, api: ScriptedApi, kind: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 560})
    api.asks(QUESTIONS[kind])
    chat.open()
    if kind == "knee_map":
        expect(chat.input.locator("form")).to_be_visible()
    for _ in range(2):
        chat.dialog.get_by_role("button", name="Larger text").click()
    assert chat.sideways() <= 0
    assert chat.small_targets() == []
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert chat.axe_violations() == []


def test_who_makes_the_text_larger_still_sees_the_newest_answer(chat: WidgetPage, api: ScriptedApi) -> None:
    for number in range(3):
        api.then({"text": f"{number}. Tell me more about it. " * 8})
    chat.open().say("one").say("two").say("three")
    chat.menu("Larger text").dialog.get_by_role("button", name="Larger text").click()
    chat.page.wait_for_timeout(200)
    assert in_view(chat, "2. Tell me more")


def test_larger_text_is_kept_for_the_next_page_and_goes_round(chat: WidgetPage, api: ScriptedApi) -> None:
    def size() -> float:
        return float(chat.log.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)"))

    usual = chat.open() and size()
    for name, larger in (("Larger text", 1.25), ("Larger text", 1.5), ("Normal text", 1)):
        button = chat.dialog.get_by_role("button", name=name)
        button.click()
        expect(chat.dialog.locator(".head button:focus")).to_have_count(1)
        assert size() == pytest.approx(usual * larger)
    chat.dialog.get_by_role("button", name="Larger text").click()
    chat.page.reload()
    chat.open()
    assert size() == pytest.approx(usual * 1.25)
    other = second_tab(chat).open().log.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")
    assert other == pytest.approx(usual * 1.25)


# what the menu gives


def test_the_transcript_says_what_it_is_and_marks_what_was_urgent(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then(ALERT)
    chat.open().say("chest pain")
    api.messages[1]["text"] = None
    api.add("staff", {"text": "This is the front desk."})
    chat.page.reload()
    chat.open()
    api.failures = [413]
    chat.type_only("one that does not go")
    expect(chat.log.get_by_text("Not sent")).to_be_visible()
    chat.page.keyboard.press("Shift+Tab")
    with chat.page.expect_download() as download:
        by_keyboard(chat, 2)
    expect(chat.dialog.get_by_role("button", name="More")).to_be_focused()
    today = chat.page.evaluate(
        "[new Date().getFullYear(), new Date().getMonth() + 1, new Date().getDate()]"
        ".map((part) => String(part).padStart(2, '0')).join('-')"
    )
    assert download.value.suggested_filename == f"knee-chat-{today}.txt"
    head, what, *lines = [line for line in Path(download.value.path()).read_text().splitlines() if line]
    assert head.startswith("43rd Street Medical: a copy of your chat, saved on ")
    assert what == "This is not a medical record. Times are those of your device."
    at = "[Dec 1, 2026, 4:00 PM] "  # 10 AM in New York, in the browser's zone
    assert [line.replace(" ", " ") for line in lines] == [
        f"{at}Helper: Hello. How can we help?",
        f"{at}You: (your earlier words)",
        f"{at}Helper: *** URGENT *** {ALERT['text']}",
        f"{at}Clinic staff: This is the front desk.",
        "You (not sent): one that does not go",
    ]


def by_keyboard(chat: WidgetPage, place: int) -> None:
    """Open the menu and press its n-th entry, with keys alone."""
    chat.dialog.get_by_role("button", name="More").focus()
    chat.page.keyboard.press("Enter")
    for _ in range(place):
        chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Enter")


def test_the_transcript_can_be_had_when_the_way_to_the_server_is_gone(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("my knee hurts").dialog.get_by_role("button", name="More").click()
    chat.page.wait_for_timeout(200)
    chat.page.context.set_offline(True)
    with chat.page.expect_download() as download:
        chat.dialog.get_by_role("button", name="Save this chat").click()
    assert "You: my knee hurts" in Path(download.value.path()).read_text()


def test_start_over_and_forget_me_by_keyboard(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    by_keyboard(chat, 1)
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert [text for _, text in api.received] == ["Start over"]
    expect(chat.composer).to_be_focused()
    by_keyboard(chat, 3)
    keys = chat.page.keyboard
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(chat.composer).to_be_focused()
    assert "DELETE conversations/c1" not in api.calls
    by_keyboard(chat, 3)
    keys.press("Tab")
    keys.press("Enter")
    expect(chat.dialog.get_by_text("Your chat was deleted.")).to_be_visible()
    keys.press("Tab")
    keys.press("Enter")
    expect(chat.log.get_by_text("Hello. How can we help?")).to_be_visible()
    expect(chat.composer).to_be_focused()
