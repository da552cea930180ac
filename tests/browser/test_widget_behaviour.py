"""What the widget does: opening, sending, failing, coming back, and answering without the keyboard or with it alone."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.scripted_api import ScriptedApi
from tests.browser.test_widget_states import ALERT, QUESTIONS
from tests.browser.widget_page import WidgetPage


def sent(api: ScriptedApi) -> list[str]:
    return [text for _, text in api.received]


# opening and closing


def test_the_first_load_is_two_requests_of_this_host(chat: WidgetPage) -> None:
    urls = chat.page.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    urls = [url for url in urls if "/widget/" in url and "/demo/" not in url]
    assert urls[0] == "/widget/knee-intake.js"
    assert re.fullmatch(r"/widget/element\.[0-9a-f]{16}\.js", urls[1])
    assert len(urls) == 2
    assert chat.foreign_requests == []


def test_the_chat_opens_with_a_greeting_and_esc_gives_the_focus_back(chat: WidgetPage) -> None:
    chat.open()
    expect(chat.composer).to_be_focused()
    assert chat.dialog.get_attribute("aria-labelledby") == "title"
    assert chat.bot_texts == ["Hello. How can we help?"]
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    assert chat.launcher.get_attribute("aria-expanded") == "false"


def test_esc_closes_the_menu_first(chat: WidgetPage) -> None:
    chat.open().dialog.get_by_role("button", name="More").click()
    chat.page.keyboard.press("Escape")
    expect(chat.dialog.get_by_role("button", name="Forget me")).to_be_hidden()
    expect(chat.dialog).to_be_visible()


def test_the_phone_is_always_one_tap_away(chat: WidgetPage) -> None:
    chat.open()
    assert chat.dialog.get_by_role("link", name="Call (212) 555-0143").get_attribute("href") == "tel:+12125550143"
    assert chat.dialog.get_by_role("link", name="Emergency: 911").get_attribute("href") == "tel:911"


def test_opening_starts_one_conversation_and_a_reload_takes_it_up_again(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("it hurts when I run")
    chat.page.reload()
    chat.open()
    expect(chat.log.locator(".message")).to_have_count(3)
    assert chat.own_texts == ["it hurts when I run"]
    assert chat.last_bot_text == "Thank you."
    assert api.calls.count("POST conversations") == 1


def test_a_conversation_that_is_gone_is_replaced_by_a_new_one(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    api.gone = True
    chat.page.reload()
    chat.open()
    assert api.calls.count("POST conversations") == 2
    assert chat.bot_texts == ["Hello. How can we help?"]


def test_without_the_api_phone_and_hours_are_shown_after_three_seconds(chat: WidgetPage, api: ScriptedApi) -> None:
    api.silent = True
    chat.launcher.click()
    expect(chat.dialog.get_by_text("Opening the chat")).to_be_visible()
    expect(chat.dialog.get_by_text("not working right now")).to_be_visible(timeout=4_000)
    expect(chat.dialog.locator(".card").get_by_role("link", name="Call (212) 555-0143")).to_be_visible()
    expect(chat.dialog.get_by_text("Monday to Friday, 9 AM to 5 PM")).to_be_visible()
    api.silent = False
    chat.dialog.get_by_role("button", name="Try again").click()
    expect(chat.log.get_by_text("Hello. How can we help?")).to_be_visible()
    expect(chat.composer).to_be_focused()


# sending


def test_a_message_travels_with_a_uuid_and_the_token_in_a_header_only(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("hello there")
    [(identity, text)] = api.received
    assert (uuid.UUID(identity).version, text) == (4, "hello there")
    assert api.headers[api.calls.index("POST conversations/c1/messages")]["authorization"] == "Bearer t1"
    assert not [call for call in api.calls if "t1" in call]


@pytest.mark.parametrize("failure", [500, 503, 429, "cut", "lost"])
def test_a_failing_server_is_asked_again_with_the_same_id(chat: WidgetPage, api: ScriptedApi, failure: Any) -> None:
    api.failures = [failure, failure]
    chat.open().say("three weeks")
    assert len(api.received) == 3
    assert len(set(api.received)) == 1
    assert chat.own_texts == ["three weeks"]
    assert chat.bot_texts == ["Hello. How can we help?", "Thank you."]


def test_a_message_that_cannot_be_sent_says_why_and_can_be_tried_again(chat: WidgetPage, api: ScriptedApi) -> None:
    api.failures = [413]
    chat.open().type_only("a long story")
    expect(chat.log.locator(".delivery")).to_contain_text("Not sent. Please send it in shorter parts.")
    chat.log.get_by_role("button", name="Try again").click()
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert len(set(api.received)) == 1


def test_an_id_that_was_used_is_never_used_again(chat: WidgetPage, api: ScriptedApi) -> None:
    api.failures = [409]
    chat.open().type_only("hello")
    chat.log.get_by_role("button", name="Try again").click()
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert len(set(api.received)) == 2


def test_quick_messages_are_delivered_in_the_order_typed(chat: WidgetPage, api: ScriptedApi) -> None:
    api.failures = [503]
    chat.open()
    for text in ("one", "two", "three"):
        chat.type_only(text)
    expect(chat.log.get_by_text("Thank you.")).to_have_count(3)
    assert sent(api) == ["one", "one", "two", "three"]
    assert chat.own_texts == ["one", "two", "three"]


def test_words_that_were_not_delivered_survive_a_reload(chat: WidgetPage, api: ScriptedApi) -> None:
    api.failures = [400]
    chat.open().type_only("do not lose this")
    expect(chat.log.get_by_text("Not sent")).to_be_visible()
    chat.page.reload()
    chat.open()
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert len(set(api.received)) == 1
    assert chat.page.evaluate("sessionStorage.length") == 0


def test_the_typing_sign_waits_for_400_ms(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open()
    api.silent = True
    chat.type_only("hello")
    expect(chat.log.get_by_text("Sending…")).to_be_visible()
    chat.page.wait_for_timeout(200)
    assert chat.dialog.locator(".typing").is_hidden()
    expect(chat.dialog.locator(".typing")).to_be_visible()


# news


def test_news_by_events_and_by_asking_are_shown_once_and_in_order(chat: WidgetPage, api: ScriptedApi) -> None:
    third = {"seq": 3, "from": "bot", "text": "Third.", "at": ""}
    api.events = [("message", third), ("message", third)]
    chat.open()
    expect(chat.log.get_by_text("Third.")).to_have_count(1)
    api.messages += [{"seq": 2, "from": "staff", "text": "Second."}, third]
    expect(chat.log.get_by_text("Second.")).to_have_count(1)
    assert chat.log.locator(".text").all_inner_texts() == ["Hello. How can we help?", "Second.", "Third."]
    stream = [head for call, head in zip(api.calls, api.headers, strict=True) if call.endswith("/events")]
    assert stream[0]["last-event-id"] == "1"
    assert stream[0]["authorization"] == "Bearer t1"


def test_own_words_stay_as_typed_even_where_the_server_keeps_them_back(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("my knee hurts when I run")
    api.messages[1]["text"] = None
    chat.page.reload()
    chat.open()
    assert chat.own_texts == ["(your earlier words)"]
    api.failures = ["lost"]
    chat.say("on stairs too")
    assert chat.own_texts == ["(your earlier words)", "on stairs too"]


# answers without typing


def test_a_choice_sends_its_value_and_shows_its_label(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().choose("My knee hurts")
    assert sent(api) == ["my knee hurts"]
    assert chat.own_texts == ["My knee hurts"]
    assert chat.offered == []


def test_several_choices_are_joined_and_none_excludes_the_others(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["multi_choice"]).then(QUESTIONS["multi_choice"])
    chat.open().tick("None of these").tick("Swollen", "It gives way")
    assert not chat.input.get_by_label("None of these").is_checked()
    chat.done().tick("Swollen").tick("None of these")
    assert not chat.input.get_by_label("Swollen").is_checked()
    chat.done()
    assert sent(api) == ["swelling, giving_way", "none"]
    assert chat.own_texts == ["Swollen, It gives way", "None of these"]


def test_a_number_on_the_scale_is_sent_as_it_is(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["pain_scale"])
    chat.open()
    assert chat.input.get_by_role("radio").count() == 11
    expect(chat.input.get_by_role("radio", name="10, worst pain")).to_have_count(1)
    chat.rate(7)
    assert sent(api) == ["7"]


def test_free_times_stand_under_their_day_in_the_clinics_time(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["slots"])
    chat.open()
    assert chat.input.locator(".day").all_inner_texts() == ["Tuesday, December 1", "Wednesday, December 2"]
    assert chat.offered == ["9:00 AM", "2:30 PM", "9:00 AM", "Other times"]
    chat.choose("Tue, Dec 1, 2:30 PM")
    assert sent(api) == ["2026-12-01T14:30:00-05:00"]
    assert chat.own_texts == ["Tue, Dec 1, 2:30 PM"]


@pytest.mark.parametrize(
    ("phone", "email", "line"),
    [
        ("212 555 0100", "", "Ann, 212 555 0100"),
        ("", "ann@example.com", "Ann, ann@example.com"),
        ("2125550100", "ann@example.com", "Ann, 2125550100, ann@example.com"),
    ],
)
def test_contact_goes_out_in_one_line(chat: WidgetPage, api: ScriptedApi, phone: str, email: str, line: str) -> None:
    api.asks(QUESTIONS["contact"])
    chat.open().leave_contact("Ann", phone, email)
    assert sent(api) == [line]


def test_contact_without_a_way_to_reach_asks_for_one(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["contact"])
    chat.open().input.get_by_label("First name").fill("Ann")
    chat.input.locator("button[type=submit]").click()
    expect(chat.input.get_by_role("alert")).to_have_text("Please give a phone number or an email.")
    expect(chat.input.get_by_label("Phone")).to_be_focused()
    assert chat.input.get_by_label("Phone").get_attribute("autocomplete") == "tel"


def test_every_question_can_be_answered_by_typing_as_well(chat: WidgetPage, api: ScriptedApi) -> None:
    for question in QUESTIONS.values():
        api.then(question)
    chat.open()
    for number in range(len(QUESTIONS)):
        chat.say(f"words {number}")
    assert sent(api) == [f"words {number}" for number in range(len(QUESTIONS))]


# the knee picture


def test_the_picture_comes_only_when_it_is_asked_for(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then(QUESTIONS["knee_map"])
    requests: list[str] = []
    chat.page.on("request", lambda request: requests.append(request.url))
    chat.open()
    assert not [url for url in requests if "knee-map" in url]
    chat.choose("My knee hurts")
    expect(chat.input.locator("form")).to_be_visible()
    assert len([url for url in requests if "knee-map" in url]) == 2


def test_boxes_say_side_and_places(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["knee_map"]).then(QUESTIONS["knee_map"])
    chat.open().knee("My left knee", "Inner side")
    expect(chat.input.locator("form")).to_be_visible()
    chat.knee("My left knee", "My right knee", "Front", "Back")
    assert sent(api) == ["left, medial", "both, anterior, posterior"]


@pytest.mark.parametrize(
    ("side", "zone", "text"),
    [
        ("left", "lateral", "left, lateral"),
        ("left", "medial", "left, medial"),
        ("right", "anterior", "right, anterior"),
        ("right", "posterior", "right, posterior"),
    ],
)
def test_a_tap_on_the_picture_ticks_the_boxes(
    chat: WidgetPage, api: ScriptedApi, side: str, zone: str, text: str
) -> None:
    api.asks(QUESTIONS["knee_map"])
    chat.open().input.locator(f".zone[data-side={side}][data-zone={zone}]").click()
    assert chat.input.get_by_role("checkbox", checked=True).count() == 2
    expect(chat.input.locator(".zone.on")).to_have_count(1)
    chat.done()
    assert sent(api) == [text]


def test_the_patients_own_right_is_on_the_right_in_every_picture(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["knee_map"])
    chat.open()
    for zone in ("anterior", "lateral", "medial", "posterior"):
        left, right = (
            chat.input.locator(f".zone[data-side={side}][data-zone={zone}]").bounding_box()
            for side in ("left", "right")
        )
        assert left
        assert right
        assert left["x"] + left["width"] <= right["x"], zone
    assert chat.input.get_by_text("Your right", exact=True).count() == 2


def test_who_cannot_point_to_it_says_so(chat: WidgetPage, api: ScriptedApi) -> None:
    api.asks(QUESTIONS["knee_map"])
    chat.open().tick("Front").knee("My right knee", "I can’t point to it")
    assert sent(api) == ["right, not sure"]


# alerts, links, hostile words


def test_an_alert_is_announced_at_once_with_its_numbers_as_links(chat: WidgetPage, api: ScriptedApi) -> None:
    words = "You matter. Please call or text 988 now. If you might hurt yourself, call 911."
    api.then(ALERT).then({"text": words, "alert": "emergency_911"})
    chat.open().say("chest pain").say("I feel hopeless")
    assert chat.alerts == [ALERT["text"], words]
    assert chat.log.get_by_role("alert").count() == 2
    links = [link.get_attribute("href") for link in chat.log.get_by_role("alert").last.get_by_role("link").all()]
    assert links == ["tel:988", "sms:988", "tel:911"]


def test_an_alert_from_before_is_shown_but_not_announced_again(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then(ALERT)
    chat.open().say("chest pain")
    chat.page.reload()
    chat.open()
    assert chat.alerts == [ALERT["text"]]
    assert chat.log.get_by_role("alert").count() == 0


def test_an_alert_is_shown_even_where_the_turn_failed(chat: WidgetPage, api: ScriptedApi) -> None:
    api.failures = [503, 503]
    api.problem = {"detail": ALERT["text"], "alert": "emergency_911"}
    chat.open().type_only("my foot is cold and blue")
    expect(chat.log.get_by_role("alert")).to_contain_text("call 911 now")
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert chat.alerts == []


def hrefs(chat: WidgetPage) -> list[str]:
    links = chat.log.get_by_role("link").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    return [str(link) for link in links]


def test_addresses_and_the_clinics_number_are_links_and_nobody_elses(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then({"text": "Call (212) 555-0143. I have your number: 212-555-0188. More: https://example.com/knees."})
    chat.open().say("is it https://example.org or (212) 555-0143?")
    assert hrefs(chat) == ["tel:+12125550143", "https://example.com/knees"]


@pytest.mark.parametrize(
    ("words", "links"),
    [
        (
            "https://example.com/knee_(joint). (https://example.com/)",
            ["https://example.com/knee_(joint)", "https://example.com/"],
        ),
        ("https://example.com:8443/a?b=c#d!", ["https://example.com:8443/a?b=c#d"]),
        ("HTTPS://EXAMPLE.COM/", []),
        ("https://example.com@evil.example/", []),
        ("https://user:pass@example.com/", []),
        ("https://example.com%2eevil.example/", []),
        ("https://\u0441linic.example/", []),
        ("https://example.com/\u202emoc", ["https://example.com/"]),
        ("https://example.com/\u200bpay", ["https://example.com/"]),
        ("http://example.com ftp://example.com //example.com javascript:alert(1)", []),
        ("https://", []),
        ("https://999.999.999.999/", []),
    ],
)
def test_a_link_goes_where_it_says_or_is_none(chat: WidgetPage, api: ScriptedApi, words: str, links: list[str]) -> None:
    api.then({"text": words})
    chat.open().say("hello")
    assert hrefs(chat) == links
    assert chat.last_bot_text == words
    for link in chat.log.get_by_role("link").all():
        assert link.inner_text() == link.get_attribute("href")
        assert link.get_attribute("rel") == "noopener noreferrer"


def test_a_download_carries_the_token_and_never_leaves_the_server(chat: WidgetPage, api: ScriptedApi) -> None:
    path = "/api/conversations/c1/booking.ics"
    api.then({"text": "Requested.", "link": {"label": "Add to my calendar", "path": path}})
    api.then({"text": "Other.", "link": {"label": "Elsewhere", "path": "https://evil.example/api/x"}})
    chat.open().say("book")
    with chat.page.expect_download() as download:
        chat.log.get_by_role("button", name="Add to my calendar").click()
    assert download.value.suggested_filename == "booking.ics"
    assert api.headers[api.calls.index("GET conversations/c1/booking.ics")]["authorization"] == "Bearer t1"
    chat.say("again").log.get_by_role("button", name="Elsewhere").click()
    expect(chat.dialog.get_by_text("could not be loaded")).to_be_visible()
    assert chat.foreign_requests == []


# leaving


def test_forget_me_deletes_and_clears_the_browser(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().say("my name is Ann").menu("Forget me")
    chat.dialog.get_by_role("button", name="Delete my chat").click()
    expect(chat.dialog.get_by_text("Your chat was deleted.")).to_be_visible()
    assert "DELETE conversations/c1" in api.calls
    assert chat.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert chat.page.get_by_text("my name is Ann").count() == 0
    chat.dialog.get_by_role("button", name="Start a new chat").click()
    expect(chat.log.get_by_text("Hello. How can we help?")).to_be_visible()


def test_where_the_clinic_must_keep_records_the_wish_is_passed_on(chat: WidgetPage, api: ScriptedApi) -> None:
    api.forget_status = 202
    chat.open().menu("Forget me")
    chat.dialog.get_by_role("button", name="Delete my chat").click()
    expect(chat.dialog.get_by_text("I have asked the clinic to delete what it may.")).to_be_visible()


def test_starting_over_is_said_in_words(chat: WidgetPage, api: ScriptedApi) -> None:
    chat.open().menu("Start over")
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert sent(api) == ["Start over"]


# the keyboard alone


def test_a_whole_chat_works_by_keyboard_alone(chat: WidgetPage, api: ScriptedApi) -> None:
    api.then(QUESTIONS["multi_choice"]).then(QUESTIONS["pain_scale"])
    keys = chat.page.keyboard
    chat.launcher.focus()
    keys.press("Enter")
    expect(chat.log.get_by_text("How can we help?")).to_be_visible()
    expect(chat.composer).to_be_focused()
    for _ in range(3):
        keys.press("Shift+Tab")
    keys.press("Enter")
    expect(chat.input.get_by_label("Swollen")).to_be_visible()
    expect(chat.composer).to_be_focused()
    for key in ("Shift+Tab", "Shift+Tab", "Space", "Tab", "Enter"):
        keys.press(key)
    expect(chat.input.get_by_role("radio").first).to_be_visible()
    for key in ("Shift+Tab", "Shift+Tab", "ArrowRight", "ArrowRight", "Enter"):
        keys.press(key)
    expect(chat.log.get_by_text("Thank you.")).to_be_visible()
    assert sent(api)[1:] == ["none", sent(api)[2]]
    assert sent(api)[2].isdigit()
    keys.press("Escape")
    expect(chat.launcher).to_be_focused()
