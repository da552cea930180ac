"""What becomes of a message: sending, sent, not sent; offline and online again; behind one that is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.scripted_api import ScriptedApi
from tests.browser.test_widget_listening import pass_time
from tests.browser.widget_page import WidgetPage

HEARD = """(log) => {
  window.heard = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const { textContent } of addedNodes) if (log.ariaLive === "polite") window.heard.push(textContent);
  }).observe(log, { childList: true, subtree: true });
}"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.clock.install()
    return page


def texts(api: ScriptedApi) -> list[str]:
    return [text for _, text in api.received]


def test_each_step_of_a_message_is_shown_and_said_politely(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().log.evaluate(HEARD)
    api.failures = [503] * 11
    chat.type_only("three weeks")
    expect(chat.log.locator(".delivery")).to_have_text("Still trying to send…")
    pass_time(chat, 80)
    expect(chat.log.locator(".delivery")).to_contain_text("Not sent.")
    assert chat.axe_violations() == []
    again = chat.log.get_by_role("button", name="Try again")
    api.handled_by = "staff"
    api.script = [[]]
    again.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.log.locator(".delivery")).to_have_text("Sent")
    assert len(set(api.received)) == 1
    assert chat.page.evaluate("window.heard") == [
        "You: three weeksSending…", "Sending…", "Still trying to send…", "Not sent.  Try again", "Sending…", "Sent",
    ]  # fmt: skip


def test_a_message_typed_offline_is_sent_when_online_again(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    chat.page.context.set_offline(True)
    banner = chat.dialog.get_by_text("You are offline. We send your words when you are back.")
    expect(banner).to_be_visible()
    assert banner.get_attribute("role") == "status"
    chat.page.route("**/messages", lambda route: route.abort("internetdisconnected"))
    chat.type_only("typed on the train").type_only("and another")
    pass_time(chat, 200)
    expect(chat.log.locator(".delivery").first).to_have_text("Still trying to send…")
    expect(chat.log.get_by_text("Not sent")).to_have_count(0)
    chat.page.unroute("**/messages")
    chat.page.context.set_offline(False)
    expect(chat.log.get_by_text("Thank you.")).to_have_count(2)
    expect(banner).to_be_hidden()
    assert texts(api) == ["typed on the train", "and another"]


def test_what_failed_is_sent_in_order_as_soon_as_the_server_is_back(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    chat.page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    chat.type_only("one").type_only("two")
    pass_time(chat, 80)
    expect(chat.log.get_by_role("button", name="Try again")).to_have_count(2)
    chat.page.unroute("**/api/**")
    pass_time(chat, 40)
    expect(chat.log.get_by_text("Thank you.")).to_have_count(2)
    assert texts(api) == ["one", "two"]


def test_a_message_that_is_refused_does_not_hold_up_the_next(chat: WidgetPage, api: ScriptedApi) -> None:
    api.failures = [413]
    chat.open().type_only("a long story")
    expect(chat.log.get_by_role("button", name="Try again")).to_be_visible()
    chat.type_only("in short: my knee hurts")
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert texts(api) == ["a long story", "in short: my knee hurts"]
    expect(chat.log.locator(".visitor", has_text="a long story")).to_contain_text("Not sent.")


def test_a_server_that_names_a_time_is_asked_then_and_not_before(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    tries: list[int] = []

    def busy(route: object, request: object) -> None:
        tries.append(1)
        if len(tries) > 1:
            route.fallback()  # type: ignore[attr-defined]
        else:
            route.fulfill(status=429, headers={"Retry-After": "20"}, json={"code": "rate_limited"})  # type: ignore[attr-defined]

    chat.page.route("**/c1/messages", busy)
    chat.type_only("quick")
    pass_time(chat, 13)
    assert len(tries) == 1
    pass_time(chat, 14)
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_gate_before_the_server_cannot_end_a_conversation(chat: WidgetPage, api: ScriptedApi, status: int) -> None:
    chat.open().say("keep this")
    chat.page.route("**/messages**", lambda route: route.fulfill(status=status, body="<h1>Please wait</h1>"))
    chat.page.reload()
    chat.launcher.click()
    expect(chat.dialog.get_by_text("not working right now")).to_be_visible()
    chat.page.unroute("**/messages**")
    chat.dialog.get_by_role("button", name="Try again").click()
    expect(chat.log.get_by_text("keep this")).to_be_visible()
    assert api.calls.count("POST conversations") == 1


def test_opening_survives_requests_that_are_lost_on_the_way(chat: WidgetPage, api: ScriptedApi) -> None:
    left = [1, 1]

    def lose(route: object) -> None:
        if left:
            left.pop()
            route.abort("connectionreset")  # type: ignore[attr-defined]
        else:
            route.fallback()  # type: ignore[attr-defined]

    chat.page.route("**/api/conversations", lose)
    chat.open()
    assert chat.bot_texts == ["Hello. How can we help?"]
