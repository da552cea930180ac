"""Reloads, second tabs, sleep, networks that hold streams back, and news while the chat is closed."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.scripted_api import ScriptedApi
from tests.browser.widget_page import WidgetPage

GREETING = "Hello. How can we help?"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page whose time can be moved on; until then it goes by as it does."""
    page = context.new_page()
    page.clock.install()
    return page


NOTE_REQUESTS = """() => {
  window.asked = [];
  window.unanswered = 0;
  const real = window.fetch;
  window.fetch = (url, options) => {
    const answer = real(url, options);
    if (!String(url).includes("after=")) return answer;
    window.asked.push(Date.now());
    window.unanswered += 1;
    answer.finally(() => { window.unanswered -= 1; }).catch(() => {});
    return answer;
  };
}"""


def pauses(chat: WidgetPage) -> list[float]:
    """The seconds between one look for news and the next, by the page's clock, since NOTE_REQUESTS."""
    asked = chat.page.evaluate("window.asked")
    return [(later - sooner) / 1000 for sooner, later in pairwise(asked)]


def second_tab(chat: WidgetPage) -> WidgetPage:
    return WidgetPage(chat.page.context.new_page()).visit(chat.page.url)


def gets(api: ScriptedApi) -> int:
    return api.calls.count("GET conversations/c1/messages")


def streams(api: ScriptedApi) -> int:
    return api.calls.count("GET conversations/c1/events")


def pass_time(chat: WidgetPage, seconds: int) -> None:
    """Time goes by in steps, and answers from the network come between: each, where NOTE_REQUESTS counts them."""
    for _ in range(seconds):
        chat.page.clock.run_for(1_000)
        chat.page.wait_for_timeout(10)
        sooner_or_later = time.monotonic() + 8
        while chat.page.evaluate("window.unanswered ?? 0") and time.monotonic() < sooner_or_later:
            chat.page.wait_for_timeout(10)


def is_hidden(chat: WidgetPage, hidden: bool) -> None:
    """As if the visitor went to another tab, or came back."""
    chat.page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def keep(chat: WidgetPage) -> dict[str, Any] | None:
    """What this browser keeps of the chat."""
    kept: dict[str, Any] | None = chat.page.evaluate(
        "JSON.parse(localStorage.getItem(`knee-intake:${location.host}`) ?? 'null')"
    )
    return kept


# two tabs


def test_two_tabs_show_one_conversation_and_stay_in_step(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("from the first")
    other = second_tab(chat).open()
    expect(other.log.locator(".message")).to_have_count(3)
    other.say("from the second")
    expect(chat.log.locator(".visitor .text")).to_have_text(["from the first", "from the second"])
    chat.say("again from the first")
    for tab in (chat, other):
        expect(tab.log.locator(".visitor .text")).to_have_text(
            ["from the first", "from the second", "again from the first"]
        )
        expect(tab.log.locator(".bot .text")).to_have_text([GREETING, "Thank you.", "Thank you.", "Thank you."])
    assert api.calls.count("POST conversations") == 1
    assert [text for _, text in api.received] == ["from the first", "from the second", "again from the first"]


def test_tabs_that_begin_at_the_same_moment_end_up_in_one_conversation(chat: WidgetPage, api: ScriptedApi) -> None:
    other = second_tab(chat)
    chat.open()
    # what the other tab would have written, had it been the last of the two
    other.page.evaluate(
        "localStorage.setItem(`knee-intake:${location.host}`, JSON.stringify({conversation: 'c2', token: 't2'}))"
    )
    expect(chat.log.locator(".message")).to_have_count(1)
    chat.say("in the one that stayed")
    assert [call for call in api.calls if call.startswith("POST") and "messages" in call] == [
        "POST conversations/c2/messages"
    ]


def test_forgetting_in_one_tab_ends_it_in_the_other(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("my name is Ann")
    other = second_tab(chat).open()
    closed = second_tab(chat)
    chat.menu("Forget me").dialog.get_by_role("button", name="Delete my chat").click()
    expect(other.dialog.get_by_text("This chat has ended.")).to_be_visible()
    for tab in (chat, other):
        assert tab.page.get_by_text("my name is Ann").count() == 0
        assert tab.page.evaluate("localStorage.length + sessionStorage.length") == 0
    closed.open()
    assert closed.bot_texts == [GREETING]
    assert api.calls.count("POST conversations") == 2
    other.dialog.get_by_role("button", name="Start a new chat").click()
    expect(other.log.get_by_text(GREETING)).to_be_visible()
    assert api.calls.count("POST conversations") == 2, "it joins the one that was begun meanwhile"


def test_a_late_tab_does_not_take_away_the_new_conversation(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("the old one")
    kept = {"conversation": "c9", "token": "t9", "seen": 0}
    api.gone = True
    chat.page.evaluate("(kept) => localStorage.setItem(`knee-intake:${location.host}`, JSON.stringify(kept))", kept)
    is_hidden(chat, True)
    is_hidden(chat, False)
    expect(chat.dialog.get_by_text("This chat has ended.")).to_be_visible()
    assert keep(chat) == kept


# sleep and coming back


@pytest.mark.parametrize("sign", ["shown again", "online again", "out of the cache", "the clock alone"])
def test_after_a_sleep_what_was_missed_is_asked_for_at_once(chat: WidgetPage, api: ScriptedApi, sign: str) -> None:
    api.stream = "held"  # the connection died with the sleep, and nobody said so
    chat.open()
    chat.page.wait_for_timeout(100)
    chat.page.clock.pause_at(chat.page.evaluate("Date.now() + 2000"))
    api.add("staff", {"text": "Are you there?"})
    asked = gets(api)
    if sign == "shown again":
        is_hidden(chat, True)
        is_hidden(chat, False)
    elif sign == "online again":
        chat.page.evaluate("dispatchEvent(new Event('online'))")
    elif sign == "out of the cache":
        chat.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    else:
        chat.page.clock.fast_forward("07:00:00")
    expect(chat.log.get_by_text("Are you there?")).to_be_visible(timeout=2_000)
    assert gets(api) <= asked + 2


def test_a_hidden_tab_asks_for_nothing(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    chat.page.wait_for_timeout(100)
    is_hidden(chat, True)
    before = len(api.calls)
    pass_time(chat, 120)
    assert len(api.calls) == before
    api.add("staff", {"text": "Still with us?"})
    is_hidden(chat, False)
    expect(chat.log.get_by_text("Still with us?")).to_be_visible()


# where no stream comes through


@pytest.mark.parametrize("stream", ["held", "page", 406])
def test_where_no_stream_comes_through_it_asks_less_and_less_often(
    chat: WidgetPage, api: ScriptedApi, stream: str | int
) -> None:
    api.stream = stream
    chat.page.evaluate(NOTE_REQUESTS)
    chat.open()
    pass_time(chat, 45)
    quiet = pauses(chat)
    assert min(quiet) < 4
    assert all(later > 0.7 * sooner for sooner, later in pairwise(quiet[1:]))
    assert 7 < quiet[-1] < 20
    assert streams(api) == 1
    api.add("staff", {"text": "Hello from the desk."})
    pass_time(chat, 50)  # up to twenty till it looks, ten more till the held stream is given up again
    expect(chat.log.get_by_text("Hello from the desk.")).to_be_visible()
    assert min(pauses(chat)[len(quiet) + 1 :]) < 4, "after news it looks more often again"
    assert streams(api) == 2, "the stream gets another chance"


# the closed chat


def badge(chat: WidgetPage) -> str:
    return chat.launcher.locator(".badge").inner_text() if chat.launcher.locator(".badge").is_visible() else ""


def test_what_comes_while_the_chat_is_closed_is_counted_on_the_launcher(chat: WidgetPage, api: ScriptedApi) -> None:
    title = chat.open().say("can I speak to somebody").page.title()
    api.handled_by = "staff"
    chat.close()
    expect(chat.launcher).to_have_accessible_name("Knee pain? Chat")
    api.add("staff", {"text": "Hello, this is the front desk."})
    pass_time(chat, 40)
    expect(chat.launcher).to_have_accessible_name("Knee pain? Chat 1 new message")
    expect(chat.page.locator("knee-intake [role=status]").first).to_have_text("1 new message")
    assert badge(chat) == "1"
    api.add("staff", {"text": "When may we call?"})
    pass_time(chat, 40)
    expect(chat.launcher).to_have_accessible_name("Knee pain? Chat 2 new messages")
    assert chat.axe_violations() == []
    chat.page.reload()
    expect(chat.launcher).to_have_accessible_name("Knee pain? Chat 2 new messages")
    chat.open()
    expect(chat.log.get_by_text("When may we call?")).to_be_visible()
    chat.close()
    expect(chat.launcher).to_have_accessible_name("Knee pain? Chat")
    assert chat.page.title() == title


def test_reading_in_one_tab_clears_the_badge_of_the_other(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().close()
    api.add("staff", {"text": "Hello."})
    other = second_tab(chat)
    expect(other.launcher).to_have_accessible_name("Knee pain? Chat 1 new message")
    chat.open()
    expect(other.launcher).to_have_accessible_name("Knee pain? Chat")


def test_who_never_chatted_is_never_asked_about(chat: WidgetPage, api: ScriptedApi) -> None:
    pass_time(chat, 120)
    is_hidden(chat, True)
    is_hidden(chat, False)
    assert api.calls == []


@pytest.mark.parametrize(("handled_by", "days", "goes_on"), [("bot", 0, True), ("bot", 2, False), ("staff", 2, True)])
def test_a_closed_chat_asks_only_while_an_answer_may_be_expected(
    chat: WidgetPage, api: ScriptedApi, handled_by: str, days: int, goes_on: bool
) -> None:
    chat.open()
    now = chat.page.evaluate(f"new Date(Date.now() - {days} * 86400e3).toISOString()")
    for message in api.messages:
        message["at"] = now
    api.handled_by = handled_by
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    chat.page.wait_for_timeout(100)
    before = len(api.calls)
    pass_time(chat, 90)
    assert (2 <= len(api.calls) - before <= 5) == goes_on
    assert (len(api.calls) == before) == (not goes_on)


# who writes


def test_staff_who_write_are_named_and_the_helper_keeps_quiet_then(chat: WidgetPage, api: ScriptedApi) -> None:
    api.handled_by = "staff"
    api.events = [("typing", {})]
    chat.open()
    chat.page.wait_for_timeout(150)
    expect(chat.dialog.locator(".typing")).to_be_hidden()
    api.events = [("typing", {"from": "staff"})]
    is_hidden(chat, False)
    expect(chat.dialog.locator(".typing")).to_have_text("Clinic staff is writing")
    pass_time(chat, 7)
    expect(chat.dialog.locator(".typing")).to_be_hidden()
